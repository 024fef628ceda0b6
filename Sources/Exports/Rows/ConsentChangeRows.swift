// SPDX-License-Identifier: Apache-2.0
import Audience

/// Changes of the marketing consent, one line each; the value is empty when it became null.
struct ConsentChangeRows: RowSource {
    var keyOfDeletedProfile: String? { DeletedKey.of("x.profile_id") }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "consent_change x",
            alias: "x",
            stamp: "stamp",
            event: "x.event_at",
            profile: "x.profile_id",
            isScoped: true,
            filters: ["x.change_source"],
            conditions: ["x.table_id = \(tables.id)"]
        )
    }

    func cell(_ column: String) -> CellSource? {
        switch column {
        case "collectionSource": .text("x.collection_source")
        case "profileId": .integer("x.profile_id")
        case "collectionMoment": .moment("x.collection_moment")
        case "eventTime": .moment("x.event_at")
        case "collectionWay": .text("x.collection_way")
        case "consentValue": .boolean("x.consent_value")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge { facts.changeJudge }
}

extension RowSource where Self == ConsentChangeRows {
    /// Changes of the marketing consent in the window.
    static var consentChanges: Self { Self() }
}
