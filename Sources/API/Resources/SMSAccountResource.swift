// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/smsAccount`: a gateway of text messages; its secret is never answered.
    static let smsAccount = Resource(
        name: "smsAccount",
        summary: "A gateway that carries text messages; the active one made first is used.",
        attributes: [
            .id,
            .init("name", .text(limit: 255), "Its name, unique.", example: "Kannel")
                .filterable.sortable.requiredToPost.changeable,
            .init("kind", .choice(SMSProvider.kinds), "Its kind.", example: "kannel")
                .filterable.requiredToPost.changeable,
            .init(
                "settings",
                .structure(schema: ["type": "object"]),
                "Of Kannel: url, user, route. Of http: url, method, headers, body, success, "
                    + "permanentFailure.",
                example: ["url": "https://sms.example.org/cgi-bin/sendsms", "user": "shop"]
            ).requiredToPost.changeable,
            .init(
                "secret",
                .text(limit: 2_000),
                "Kannel's password, or an API key. Another kind, url or user forgets it.",
                example: "x"
            ).postable.changeable.writeOnly,
            .init("connections", .integer, "Connections at once, 1 to 16.", example: 2)
                .postable.changeable,
            .init("active", .boolean, "Whether it may be used.", example: true)
                .filterable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: SMSAccountStore.listing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer,
        create: { draft, change in
            guard let provider = try provider(draft, draft.text("kind")) else {
                throw Problem.unacceptable("settings", "is required")
            }
            let account = try SMSAccountStore(change.workspace).create(
                name: draft.text("name") ?? "",
                provider,
                connections: Int(clamping: draft.integer("connections") ?? 1),
                by: change.context,
                in: change.transaction
            )
            try keep(draft.text("secret"), of: account, change)
            return account.id.value
        },
        update: { id, draft, change in
            let store = SMSAccountStore(change.workspace)
            guard var account = try store.account(SMSAccountID(id), in: change.transaction) else {
                return
            }
            let kind = draft.text("kind") ?? account.provider.kind
            if let provider = try provider(draft, kind) {
                account.provider = provider
            } else if kind != account.provider.kind {
                throw Problem.unacceptable("settings", "are needed for another kind")
            }
            if let name = draft.text("name") { account.name = name }
            if let isActive = draft.boolean("active") { account.isActive = isActive }
            if let count = draft.integer("connections") {
                account.connections = Int(clamping: count)
            }
            try store.update(account, in: change.transaction, forgetting: change.forget)
            try keep(draft.text("secret"), of: account, change)
        },
        delete: { id, _, change in
            let store = SMSAccountStore(change.workspace)
            if let account = try store.account(SMSAccountID(id), in: change.transaction) {
                try change.services.secrets(change.workspace)
                    .remove(account.secretName, by: change.context, in: change.transaction)
            }
            try store.delete(SMSAccountID(id), in: change.transaction)
            return [:]
        },
        actions: [callbacks]
    )

    private static func provider(_ draft: Draft, _ kind: String?) throws -> SMSProvider? {
        switch kind {
        case "kannel":
            try draft.structure("settings", as: KannelSettings.self).map { .kannel($0) }
        default:
            try draft.structure("settings", as: HTTPProviderDescription.self).map { .http($0) }
        }
    }

    private static func keep(_ secret: String?, of account: SMSAccount, _ change: Change) throws {
        guard let secret else { return }
        try change.services.secrets(change.workspace).set(
            account.secretName,
            to: Secret(secret),
            by: change.context,
            in: change.transaction
        )
    }

    private static let callbacks = ResourceAction(
        name: "callbacks",
        method: .get,
        target: .item,
        summary: "The addresses for the gateway: replies of recipients, and stops of the operator.",
        permission: .administer,
        scope: .administer,
        run: .read { id, _, call, _ in
            let ground = call.services.texts
            guard let base = ground.publicAddress else {
                throw Problem(409, "the installation has no public address")
            }
            let key = try ground.key(call.workspace)
            func address(_ address: TextAddress) -> JSONValue {
                .string("\(base)/\(address.path(key))")
            }
            return [
                "replies": address(.replies(call.workspace, SMSAccountID(id))),
                "stops": address(.stops(call.workspace, SMSAccountID(id))),
            ]
        }
    )
}
