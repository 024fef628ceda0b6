// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/relay`: an SMTP server that takes the workspace's mails.
    static let relay = Resource(
        name: "relay",
        summary: "An SMTP server that takes mails; the next in order takes what it cannot.",
        attributes: [
            .id,
            .init("name", .text(limit: 255), "Its name, unique.", example: "main")
                .filterable.sortable.requiredToPost.changeable,
            .init("host", .text(limit: 253), "Its name or address.", example: "smtp.example.org")
                .filterable.requiredToPost.changeable,
            .init("port", .integer, "Its port; 25 unless given.", example: 587)
                .postable.changeable,
            .init(
                "security",
                .choice(["plain", "startTLS", "tls"]),
                "How the connection is encrypted; startTLS unless given.",
                example: "startTLS"
            ).postable.changeable,
            .init("login", .text(limit: 255), "The user name; null for none.", example: "millrace")
                .orNull.postable.changeable,
            .init(
                "password",
                .text(limit: 1_000),
                "Sealed, never answered. Another host, port or login forgets it.",
                example: "secret"
            ).postable.changeable.writeOnly,
            .init(
                "client_name",
                .text(limit: 253),
                "The name that this side gives; localhost unless given.",
                example: "mail.example.org"
            ).postable.changeable,
            .init("connections", .integer, "How many a node opens at most.", example: 4)
                .postable.changeable,
            .init("position", .integer, "Its place in the order: lower first.", example: 0)
                .sortable.postable.changeable,
            .init("active", .boolean, "Whether it is used.", example: true)
                .filterable.postable.changeable,
            .init(
                "cap",
                .integer,
                "How many messages it takes in any hour, of all sends; null for no limit.",
                example: 36_000
            ).orNull.postable.changeable,
            .init("failures", .integer, "How many messages in a row failed.", example: 0),
            .init("paused_at", .moment, "When it was paused.", example: .null).orNull,
            .init(
                "paused_until",
                .moment,
                "When it is tried again; null while paused for when someone resumes it.",
                example: .null
            ).orNull,
            .init("pause_reason", .text(limit: 2_000), "Why it is paused.", example: .null).orNull,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: RelayStore.listing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer,
        create: { draft, change in
            let login = draft.text("login")
            let relay = Relay(
                draft.text("name") ?? "",
                host: draft.text("host") ?? "",
                port: try RelayActions.small(draft, "port", 1...65_535) ?? 25,
                security: draft.text("security").flatMap(SMTPOptions.Security.init) ?? .startTLS,
                login: login,
                clientName: draft.text("client_name") ?? "localhost",
                connections: try RelayActions.small(draft, "connections", 1...100) ?? 2,
                position: try RelayActions.small(draft, "position", 0...1_000) ?? 0,
                isActive: draft.boolean("active") ?? true
            )
            let made = try RelayStore(change.workspace)
                .create(relay, by: change.context, in: change.transaction)
            try RelayActions.keepRest(of: made, draft, change)
            return made.id.value
        },
        update: { id, draft, change in
            let store = RelayStore(change.workspace)
            var relay = try store.relay(RelayID(id), in: change.transaction)
            relay.name = draft.text("name") ?? relay.name
            relay.host = draft.text("host") ?? relay.host
            relay.port = try RelayActions.small(draft, "port", 1...65_535) ?? relay.port
            relay.security =
                draft.text("security").flatMap(SMTPOptions.Security.init) ?? relay.security
            if draft.values["login"] != nil { relay.login = draft.text("login") }
            relay.clientName = draft.text("client_name") ?? relay.clientName
            relay.connections =
                try RelayActions.small(draft, "connections", 1...100) ?? relay.connections
            relay.position = try RelayActions.small(draft, "position", 0...1_000) ?? relay.position
            relay.isActive = draft.boolean("active") ?? relay.isActive
            try store.update(relay, in: change.transaction, forgetting: change.forget)
            try RelayActions.keepRest(of: relay, draft, change)
        },
        delete: { id, _, change in
            let store = RelayStore(change.workspace)
            let relay = try store.relay(RelayID(id), in: change.transaction)
            try change.services.secrets(change.workspace)
                .remove(relay.secretName, by: change.context, in: change.transaction)
            try store.delete(relay.id, in: change.transaction)
            return [:]
        },
        actions: [RelayActions.pause, RelayActions.resume]
    )
}

/// What can be done with relays.
enum RelayActions {
    static let pause = ResourceAction(
        name: "pause",
        method: .post,
        target: .item,
        summary: "Send nothing through it until someone resumes it.",
        attributes: [
            .init("reason", .text(limit: 500), "Why, for those who wait.", example: "maintenance")
                .postable
        ],
        run: .change { id, draft, change in
            let relay = try RelayStore(change.workspace)
                .relay(RelayID(id), in: change.transaction)
            let words = draft.text("reason") ?? "\(change.context.actor) paused it"
            try ProviderGate(change.workspace, .relay(relay.id))
                .pause(reason: words, in: change.transaction)
            return ["id": .integer(id), "paused": true]
        }
    )

    static let resume = ResourceAction(
        name: "resume",
        method: .post,
        target: .item,
        summary: "Let it go on, whoever or whatever paused it; sends that wait go on at once.",
        run: .change { id, _, change in
            let relay = try RelayStore(change.workspace)
                .relay(RelayID(id), in: change.transaction)
            try ProviderGate(change.workspace, .relay(relay.id)).resume(in: change.transaction)
            return ["id": .integer(id), "paused": false]
        }
    )

    /// A number within limits; nil when it is not given.
    static func small(_ draft: Draft, _ name: String, _ range: ClosedRange<Int64>) throws -> Int? {
        guard let value = draft.integer(name) else { return nil }
        guard range.contains(value) else {
            throw Problem.unacceptable(
                name,
                "must be \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return Int(value)
    }

    /// The cap and the password, which lie elsewhere.
    static func keepRest(of relay: Relay, _ draft: Draft, _ change: Change) throws {
        if draft.values["cap"] != nil {
            try ProviderGate(change.workspace, .relay(relay.id)).setCap(
                try small(draft, "cap", 1...1_000_000_000),
                in: change.transaction
            )
        }
        guard let password = draft.text("password") else { return }
        guard relay.login != nil else {
            throw Problem.unacceptable("password", "needs a login")
        }
        try change.services.secrets(change.workspace).set(
            relay.secretName,
            to: Secret(password),
            by: change.context,
            in: change.transaction
        )
    }
}
