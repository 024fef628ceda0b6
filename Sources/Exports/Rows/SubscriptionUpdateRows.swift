// SPDX-License-Identifier: Apache-2.0
import Audience

/// Subscriptions to lists and cancellations, one line each.
struct SubscriptionUpdateRows: RowSource {
    var keyOfDeletedProfile: String? { DeletedKey.of("x.profile_id") }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "subscription_change x",
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
        case "type":
            .words("x.is_subscribed", ifTrue: "SUBSCRIBE", ifFalse: "UNSUBSCRIBE")
        case "profileId": .integer("x.profile_id")
        case "collectionMoment": .moment("x.collection_moment")
        case "subscription":
            .text("(SELECT l.name FROM list l WHERE l.workspace_id = $5 AND l.id = x.list_id)")
        case "eventTime": .moment("x.event_at")
        case "collectionWay": .text("x.collection_way")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge { facts.changeJudge }
}

extension RowSource where Self == SubscriptionUpdateRows {
    /// Changes of subscriptions in the window.
    static var subscriptionUpdates: Self { Self() }
}
