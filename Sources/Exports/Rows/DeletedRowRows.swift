// SPDX-License-Identifier: Apache-2.0
import Audience

/// Deletions of rows of a custom table, one line each, also those of a deleted profile's rows.
struct DeletedRowRows: RowSource {
    var keyOfDeletedProfile: String? { "x.profile_key" }

    var keyOfDeletedRow: String? { "x.business_key" }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "row_deletion x",
            alias: "x",
            stamp: "stamp",
            event: "x.event_at",
            profile: nil,
            isScoped: true,
            filters: [],
            conditions: ["x.table_id = \(tables.id)"]
        )
    }

    func cell(_ column: String) -> CellSource? {
        switch column {
        case "eventTime": .moment("x.event_at")
        case "id": .integer("x.row_id")
        case "profileId": .integer("x.profile_id")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge { { _ in .keep } }
}

extension RowSource where Self == DeletedRowRows {
    /// Rows that were deleted in the window.
    static var deletedRows: Self { Self() }
}
