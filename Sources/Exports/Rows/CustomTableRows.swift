// SPDX-License-Identifier: Apache-2.0
import Audience
import Database

/// Rows of a custom table with their present values, one line each.
///
/// As with profiles, a row that changes between the tick and the read is left to the next file.
struct CustomTableRows: RowSource {
    /// Which stamp cuts the window.
    let stamp: String
    /// Whether rows that never changed since their creation are left out.
    let skipsUnchanged: Bool

    var keyOfDeletedProfile: String? { nil }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "\(tables.rows?.physicalName ?? "") c",
            alias: "c",
            stamp: stamp,
            event: nil,
            profile: tables.rows?.belongsToProfiles == true ? "c.profile_id" : nil,
            isScoped: false,
            filters: ["c.created_stamp", "c.updated_stamp"]
        )
    }

    /// The columns of rows are those of their table.
    func cell(_ column: String) -> CellSource? { nil }

    func judge(_ facts: JudgingFacts) -> RowJudge {
        guard skipsUnchanged else { return { _ in .keep } }
        let created = SourceRelation.firstFilter
        return { $0.integer(created) == $0.integer(created + 1) ? .notOurs : .keep }
    }
}

extension RowSource where Self == CustomTableRows {
    /// Rows that were created in the window.
    static var createdRows: Self { Self(stamp: "created_stamp", skipsUnchanged: false) }

    /// Rows that were changed in the window, after their creation.
    static var updatedRows: Self { Self(stamp: "updated_stamp", skipsUnchanged: true) }

    /// Rows that were created or changed in the window: a creation sets both stamps.
    static var createdOrUpdatedRows: Self { Self(stamp: "updated_stamp", skipsUnchanged: false) }

    /// All rows, as with ``ProfileRows/presentProfiles``.
    static var presentRows: Self { Self(stamp: "created_stamp", skipsUnchanged: false) }
}
