// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// A person's standing on lists, with how it was collected.
struct SubscriptionSection: DossierSection {
    let title = "Subscriptions"
    let relations = ["subscription"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        let lists = ListStore(person.table.workspace)
        let subscriptions = SubscriptionStore(person.table.workspace)
        return try subscriptions.all(of: person.profile, in: connection).map { subscription in
            DossierEntry(
                "subscription",
                at: subscription.changedAt,
                [
                    .init("list", try lists.list(subscription.list, in: connection)?.name),
                    .init("subscribed", "\(subscription.isSubscribed)"),
                    .init("confirmed", "\(subscription.isConfirmed)"),
                ] + DossierEntry.fields(of: subscription.collection)
            )
        }
    }

    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try SubscriptionStore(context.workspace).delete(of: person.profile, in: transaction)
        return []
    }
}

extension DossierEntry {
    /// The collection trio as fields.
    static func fields(of collection: Collection) -> [Field] {
        [
            Field("source", collection.source), Field("way", collection.way),
            Field("moment", collection.moment?.description),
        ]
    }
}
