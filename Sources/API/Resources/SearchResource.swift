// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/search`: a saved filter over a profile table.
    static let search = Resource(
        name: "search",
        summary: "A saved filter over a profile table.",
        attributes: [
            .id,
            .init("name", .text(limit: 128), "Its name, unique.", example: "French openers")
                .filterable.sortable.requiredToPost.changeable,
            .init("profile_table", .text(limit: 64), "The profile table.", example: "profiles")
                .filterable.postable,
            .init(
                "expression",
                .structure(schema: ["type": "object"]),
                "What it looks for: docs/searches.md.",
                example: ["attribute": "language", "is": "fr"]
            ).requiredToPost.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000).sortable,
        ],
        listing: SearchStore.listing,
        create: { draft, change in
            let store = SearchStore(change.workspace, change.services.searches)
            let table = try ProfileTableStore(change.workspace)
                .table(named: draft.text("profile_table") ?? "profiles", in: change.transaction)
            let expression = try draft.structure("expression", as: SearchExpression.self)
            let name = draft.text("name") ?? ""
            try refuseTaken(name, besides: nil, store, change)
            return try store.create(
                name: name,
                over: table,
                expression ?? SearchExpression(.null),
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let store = SearchStore(change.workspace, change.services.searches)
            let present = try store.search(SearchID(id), in: change.transaction)
            let name = draft.text("name") ?? present.name
            try refuseTaken(name, besides: present.id, store, change)
            try store.update(
                present.id,
                name: name,
                try draft.structure("expression", as: SearchExpression.self) ?? present.expression,
                by: change.context,
                in: change.transaction
            )
        },
        delete: { id, _, change in
            guard try !CampaignStore(change.workspace).uses(SearchID(id), in: change.transaction)
            else { throw Problem(409, "a campaign or a send uses the search; finish it first") }
            let store = SearchStore(change.workspace, change.services.searches)
            try store.delete(SearchID(id), in: change.transaction)
            return [:]
        }
    )

    private static func refuseTaken(
        _ name: String,
        besides own: SearchID?,
        _ store: SearchStore,
        _ change: Change
    ) throws {
        guard let holder = try? store.search(named: name, in: change.transaction),
            holder.id != own
        else { return }
        throw Problem.conflict("the name \(name) is taken", with: holder.id.value)
    }
}
