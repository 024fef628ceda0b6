// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Exports
import Imports

extension Resource {
    /// `/v1/entity`: a division of the workspace.
    static let entity = Resource(
        name: "entity",
        summary: "A division of the workspace.",
        attributes: [
            .id,
            .init("name", .text(limit: 200), "Its name, unique.", example: "Retail")
                .filterable.sortable.requiredToPost.changeable,
            .init("created", .moment, "When it was made.", example: 1_780_000_000),
        ],
        listing: EntityStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            try EntityStore(change.workspace).create(
                name: draft.text("name") ?? "",
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            guard let name = draft.text("name") else { return }
            try EntityStore(change.workspace)
                .rename(EntityID(id), to: name, by: change.context, in: change.transaction)
        },
        delete: { id, _, change in
            try change.refuseUsed(EntityID(id))
            try EntityStore(change.workspace)
                .delete(EntityID(id), by: change.context, in: change.transaction)
            return [:]
        },
        isAuditedByStore: true
    )

    /// `/v1/user`: a person who works in the workspace.
    static let user = Resource(
        name: "user",
        summary: "A person who works in the workspace.",
        attributes: [
            .id,
            .init("name", .text(limit: 200), "The name that people see.", example: "Grace")
                .sortable.requiredToPost.changeable,
            .init("email", .text(limit: 254), "The address, unique.", example: "grace@example.org")
                .filterable.sortable.requiredToPost.changeable,
            .init(
                "role",
                .choice(Accounts.Role.allCases.map(\.rawValue)),
                "What the user may do.",
                example: "manager"
            ).filterable.requiredToPost.changeable,
            .init("active", .boolean, "Whether the user may sign in.", example: true)
                .filterable.changeable,
            .init("created", .moment, "When the user was made.", example: 1_780_000_000).sortable,
        ],
        listing: UserStore.listing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer,
        create: { draft, change in
            try UserStore(change.workspace).create(
                name: draft.text("name") ?? "",
                email: draft.text("email") ?? "",
                role: draft.text("role").flatMap(Accounts.Role.init) ?? .viewer,
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let store = UserStore(change.workspace)
            var user = try store.user(UserID(id), in: change.transaction)
            if let name = draft.text("name") { user.name = name }
            if let email = draft.text("email") { user.email = email }
            if let role = draft.text("role").flatMap(Accounts.Role.init) { user.role = role }
            if let isActive = draft.boolean("active") { user.isActive = isActive }
            try store.update(user, by: change.context, in: change.transaction)
        },
        delete: { id, _, change in
            try UserStore(change.workspace)
                .delete(UserID(id), by: change.context, in: change.transaction)
            return [:]
        },
        isAuditedByStore: true
    )

    /// `/v1/token`: what lets a program act as a user; its text is answered by `issue` alone.
    static let token = Resource(
        name: "token",
        summary: "What lets a program act as a user.",
        attributes: [
            .id, .init("user", .integer, "The user.", example: 2).filterable,
            .init("name", .text(limit: 200), "What people call it.", example: "loader").sortable,
            .init("scopes", .text(limit: 200), "What it may do.", example: "read imports"),
            .init("expires", .moment, "When it stops working.", example: 1_790_000_000).orNull,
            .init("created", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: TokenStore.listing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer,
        delete: { id, _, change in
            try TokenStore(change.workspace)
                .delete(TokenID(id), by: change.context, in: change.transaction)
            return [:]
        },
        actions: [issue],
        isAuditedByStore: true
    )

    /// The text stands in this answer and nowhere else, so a repeated request makes another token.
    private static let issue = ResourceAction(
        name: "issue",
        method: .post,
        target: .collection,
        summary: "Make a token; its text is answered once.",
        attributes: [
            .init("user", .integer, "The user.", example: 2).requiredToPost,
            .init("name", .text(limit: 200), "What people call it.", example: "loader")
                .requiredToPost,
            .init(
                "scopes",
                .several(.choice(Scope.allCases.map(\.rawValue))),
                "What it may do; all that concerns data unless given.",
                example: ["read", "imports"]
            ).postable,
            .init(
                "expires",
                .moment,
                "When it stops working; never unless given.",
                example: 1_900_000_000
            )
            .postable,
        ],
        status: 201,
        run: .direct { _, draft, call in
            let chosen: [Scope]? = try draft.structure("scopes", as: [Scope].self)
            let made = try await call.services.database.write { transaction in
                try TokenStore(call.workspace).create(
                    for: UserID(draft.integer("user") ?? 0),
                    name: draft.text("name") ?? "",
                    scopes: chosen.map { Set($0) } ?? Scope.standard,
                    expiresAt: draft.moment("expires"),
                    by: call.context(transaction),
                    in: transaction
                )
            }
            let data: JSONValue = [
                "id": .integer(made.token.id.value), "token": .string(made.text.reveal()),
            ]
            return .ok(201, data: try JSONBytes(data).bytes)
        }
    )
}

extension Change {
    /// The entity that a draft names; nil when it names none.
    ///
    /// - Throws: `AccountsError.noSuchEntity`.
    func entity(_ draft: Draft) throws -> EntityID? {
        guard let id = draft.integer("entity_id").map({ EntityID($0) }) else { return nil }
        return try EntityStore(workspace).entity(id, in: transaction).id
    }

    /// What belongs to an entity keeps it.
    fileprivate func refuseUsed(_ entity: EntityID) throws {
        func refuse(_ what: String, _ id: Int64? = nil) -> Problem {
            .conflict("\(what) belongs to the entity; it stays as long as that does", with: id)
        }
        if try CampaignStore(workspace).uses(entity, in: transaction) {
            throw refuse("a campaign")
        }
        let automated = try AutomatedImportStore(workspace).all(in: transaction)
        if let found = automated.first(where: { $0.definition.entity == entity }) {
            throw refuse("the automated import \(found.definition.name)", found.id.value)
        }
        let all = try exports.all(in: transaction)
        if let found = all.first(where: { $0.definition.entity == entity }) {
            throw refuse("the export \(found.definition.name)", found.id.value)
        }
    }
}
