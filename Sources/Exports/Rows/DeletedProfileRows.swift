// SPDX-License-Identifier: Apache-2.0
import Audience

/// Deletions of profiles, one line each.
struct DeletedProfileRows: RowSource {
    var keyOfDeletedProfile: String? { "x.business_key" }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "profile_deletion x",
            alias: "x",
            stamp: "stamp",
            event: "x.event_at",
            profile: nil,
            isScoped: true,
            filters: ["x.change_source"],
            conditions: ["x.table_id = \(tables.id)"]
        )
    }

    func cell(_ column: String) -> CellSource? {
        switch column {
        case "dataCollectionMoment": .moment("x.collection_moment")
        case "profileId": .integer("x.profile_id")
        case "dataCollectionWay": .text("x.collection_way")
        case "eventTime": .moment("x.event_at")
        case "dataCollectionSource": .text("x.collection_source")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge { facts.changeJudge }
}

extension RowSource where Self == DeletedProfileRows {
    /// Profiles that were deleted in the window.
    static var deletedProfiles: Self { Self() }
}
