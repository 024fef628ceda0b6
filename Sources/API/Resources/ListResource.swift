// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/list`: what a profile can be subscribed to.
    static let list = Resource(
        name: "list",
        summary: "What a profile can be subscribed to.",
        attributes: [
            .id,
            .init("name", .text(limit: 64), "Its technical name, unique.", example: "newsletter")
                .filterable.sortable.requiredToPost.changeable,
            .init(
                "profile_table",
                .text(limit: 64),
                "The profile table; profiles unless given.",
                example: "profiles"
            ).filterable.postable,
            .init("folder_id", .integer, "The number of a folder.", example: 3)
                .orNull.filterable.postable.changeable,
            .init("note", .text(limit: 2_000), "What people note about it.", example: "Weekly.")
                .orNull.postable.changeable,
            .init(
                "subscription_count",
                .integer,
                "How many are subscribed; of a large list, at most a minute ago.",
                example: 1_204
            ).filled.from("zero"),
            .init(
                "optin",
                .boolean,
                "Whether a subscription counts only once it was confirmed.",
                example: false
            ).filterable.postable.changeable,
            .init("deletable", .boolean, "Whether nothing uses it.", example: true),
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000.5)
                .sortable,
        ],
        listing: CampaignStore.listsWithUse,
        fill: { ids, call, connection in
            let counts = try call.services.subscriptionCounts.counts(
                of: ids.map { ListID($0) },
                call.workspace,
                at: call.services.database.time.now(),
                in: connection
            )
            return Dictionary(
                counts.map { ($0.key.value, ["subscription_count": Int64($0.value)]) },
                uniquingKeysWith: { first, _ in first }
            )
        },
        create: { draft, change in
            let store = ListStore(change.workspace)
            let table = try ProfileTableStore(change.workspace)
                .table(named: draft.text("profile_table") ?? "profiles", in: change.transaction)
            let name = draft.text("name") ?? ""
            try refuseTaken(name, besides: nil, store, change)
            return try store.create(
                name: name,
                table: table.id,
                needsConfirmation: draft.boolean("optin") ?? false,
                folder: draft.integer("folder_id"),
                note: draft.text("note"),
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let store = ListStore(change.workspace)
            guard var list = try store.list(ListID(id), in: change.transaction) else { return }
            if let name = draft.text("name") { list.name = name }
            if let optin = draft.boolean("optin") { list.needsConfirmation = optin }
            if draft.has("folder_id") { list.folder = draft.integer("folder_id") }
            if draft.has("note") { list.note = draft.text("note") }
            try refuseTaken(list.name, besides: list.id, store, change)
            try store.update(list, by: change.context, in: change.transaction)
        },
        delete: { id, _, change in
            guard try !CampaignStore(change.workspace).uses(ListID(id), in: change.transaction)
            else { throw Problem(409, "a campaign uses the list; finish it first") }
            try ListStore(change.workspace)
                .delete(ListID(id), by: change.context, in: change.transaction)
            return [:]
        }
    )

    private static func refuseTaken(
        _ name: String,
        besides own: ListID?,
        _ store: ListStore,
        _ change: Change
    ) throws {
        guard let holder = try? store.list(named: name, in: change.transaction), holder.id != own
        else { return }
        throw Problem.conflict("the name \(name) is taken", with: holder.id.value)
    }
}
