// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

extension Resource {
    /// `/v1/subscription`: one profile's standing on one list.
    static let subscription = Resource(
        name: "subscription",
        summary: "One profile's standing on one list.",
        attributes: [
            .id,
            .init("list_id", .integer, "The list.", example: 1).filterable.requiredToPost,
            .init("subscriber_id", .integer, "The profile.", example: 77)
                .filterable.requiredToPost,
            .init(
                "confirmed",
                .boolean,
                "Whether it was confirmed, which never goes back.",
                example: true
            ).filterable.postable.changeable,
            .init("subscribed", .boolean, "Whether the profile is subscribed.", example: true)
                .filterable.postable.changeable,
            .init("source", .text(limit: 255), "Where it was collected.", example: "checkout")
                .orNull.postable.changeable,
            .init("way", .text(limit: 255), "By which means.", example: "https://example.com/f")
                .orNull.postable.changeable,
            .init("moment", .moment, "When it was collected.", example: 1_780_000_000)
                .orNull.postable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000),
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000),
        ],
        listing: SubscriptionStore.listing,
        readNeedsOneOf: ["list_id", "subscriber_id"],
        create: { draft, change in
            let id = ListingKey.packed(
                draft.integer("list_id") ?? 0,
                draft.integer("subscriber_id") ?? 0
            )
            let standing = try Standing(id, change)
            guard try standing.present(change) == nil else {
                throw Problem.conflict("the subscription is there already", with: id)
            }
            try standing.set(draft.boolean("subscribed") ?? true, draft, change)
            if draft.boolean("confirmed") == true { try standing.confirm(change) }
            return id
        },
        update: { id, draft, change in
            let standing = try Standing(id, change)
            let present = try standing.present(change)
            if draft.boolean("confirmed") == false, present?.isConfirmed == true {
                throw Problem.unacceptable("confirmed", "cannot go back to false")
            }
            if let wanted = draft.boolean("subscribed") { try standing.set(wanted, draft, change) }
            if draft.boolean("confirmed") == true { try standing.confirm(change) }
        },
        delete: { id, draft, change in
            let standing = try Standing(id, change)
            try standing.set(false, draft, change)
            try SubscriptionStore(change.workspace)
                .remove(standing.profile, from: standing.list.id, in: change.transaction)
            return [:]
        },
        deleteAttributes: [
            .init("source", .text(limit: 255), "Where it was collected.", example: "support")
                .orNull.postable,
            .init("way", .text(limit: 255), "By which means.", example: "ticket 12").orNull
                .postable,
            .init("moment", .moment, "When it was collected.", example: 1_780_000_000)
                .orNull.postable,
        ],
        isPersonal: true
    )
}

/// A profile and a list that exist, and what is done with the one on the other.
private struct Standing {
    let list: MailingList
    let profile: ProfileID
    private let table: ProfileTable

    init(_ id: Int64, _ change: Change) throws {
        let parts = ListingKey.unpacked(id)
        let found = try ListStore(change.workspace)
            .list(ListID(parts.first), in: change.transaction)
        guard let found else { throw Problem.unacceptable("list_id", ": there is no such list") }
        list = found
        profile = ProfileID(parts.second)
        table = try ProfileTableStore(change.workspace).table(list.table, in: change.transaction)
        guard try ProfileStore(table).profile(profile, in: change.transaction) != nil else {
            throw Problem.unacceptable(
                "subscriber_id",
                ": there is no such profile in the list's table"
            )
        }
    }

    func present(_ change: Change) throws -> Subscription? {
        try SubscriptionStore(change.workspace).all(of: profile, in: change.transaction)
            .first { $0.list == list.id }
    }

    func set(_ isSubscribed: Bool, _ draft: Draft, _ change: Change) throws {
        let collection = Collection(
            source: draft.text("source"),
            way: draft.text("way"),
            moment: draft.moment("moment")
        )
        let store = SubscriptionStore(change.workspace)
        let isChanged = try store.set(
            isSubscribed,
            of: profile,
            on: list,
            collection,
            table: table,
            by: change.context,
            in: change.transaction
        )
        guard !isChanged, !isSubscribed, try present(change) == nil else { return }
        try store.note(profile, on: list, collection, by: change.context, in: change.transaction)
    }

    func confirm(_ change: Change) throws {
        try SubscriptionStore(change.workspace).confirm(
            profile,
            on: list,
            table: table,
            by: change.context,
            in: change.transaction
        )
    }
}
