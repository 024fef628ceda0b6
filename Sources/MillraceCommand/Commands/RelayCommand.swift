// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace

struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "The SMTP servers that take a workspace's mails.",
        discussion: """
            The first in order takes mails as long as it works and its cap allows; the next takes \
            what it cannot. Without any, mails go where MILLRACE_SMTP says, or to the outbox.
            """,
        subcommands: [
            Create.self, List.self, Pause.self, Resume.self, Cap.self, Delete.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a relay.")

        @Argument(help: "Its name.") var name: String
        @Option(help: "Its host name or address.") var host: String
        @Option(help: "Its port.") var port = 25
        @Option(help: "plain, startTLS or tls.")
        var security = SMTPOptions.Security.startTLS.rawValue
        @Option(help: "The user name of its login.") var login: String?
        @Option(help: "A file whose first line is the password.") var passwordFile: String?
        @Option(help: "The name that this side gives.") var clientName = "localhost"
        @Option(help: "How many connections a node opens at most.") var connections = 2
        @Option(help: "Its place in the order: lower first.") var position = 0
        @Option(help: "How many messages it takes in any hour.") var cap: Int?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            guard let security = SMTPOptions.Security(rawValue: security) else {
                throw ValidationError("\(security) is none of plain, startTLS, tls")
            }
            let password = try passwordFile.map(Self.firstLine)
            let relay = Relay(
                name,
                host: host,
                port: port,
                security: security,
                login: login,
                clientName: clientName,
                connections: connections,
                position: position
            )
            let made = try await session.change("relay.create", of: name) { transaction in
                let made = try RelayStore(session.workspace.id)
                    .create(relay, by: session.context, in: transaction)
                if let cap {
                    try ProviderGate(session.workspace.id, .relay(made.id))
                        .setCap(cap, in: transaction)
                }
                try session.keep(password, of: made, in: transaction)
                return try session.view(made, in: transaction)
            }
            try session.output.show(made)
        }

        private static func firstLine(_ path: String) throws -> String {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8),
                let line = text.split(whereSeparator: \.isNewline).first
            else { throw CommandFailure("\(path) has no password") }
            return String(line)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List relays in their order, with their caps and pauses."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let views = try await session.installation.database.read { connection in
                try RelayStore(session.workspace.id).all(in: connection)
                    .map { try session.view($0, in: connection) }
            }
            try session.output.show(views, empty: "There is no relay.")
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send nothing through a relay until it is resumed."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "Why, for those who wait.") var reason: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let words = reason ?? "\(session.context.actor) paused it"
            try await session.changeRelay("pause", name) { gate, transaction in
                try gate.pause(reason: words, in: transaction)
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a relay go on, whoever or whatever paused it."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.session().changeRelay("resume", name) { gate, transaction in
                try gate.resume(in: transaction)
            }
        }
    }

    struct Cap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how many messages a relay takes in any hour, of all sends and nodes."
        )

        @Argument(help: "Its name.") var name: String
        @Argument(help: "Messages in any hour; without it, no limit.") var messages: Int?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (messages ?? 1) > 0 else { throw ValidationError("a cap is 1 or more") }
        }

        func run() async throws {
            let cap = messages
            try await common.session().changeRelay("cap", name) { gate, transaction in
                try gate.setCap(cap, in: transaction)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a relay with its sealed password."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("relay.delete", of: name) { transaction in
                let store = RelayStore(session.workspace.id)
                let relay = try store.relay(named: name, in: transaction)
                try session.installation.apiServices.secrets(session.workspace.id)
                    .remove(relay.secretName, by: session.context, in: transaction)
                try store.delete(relay.id, in: transaction)
            }
            try session.output.show(Sentence(message: "The relay is gone."))
        }
    }
}

extension Session {
    /// Changes the gate of a relay and shows the relay.
    func changeRelay(
        _ verb: String,
        _ name: String,
        _ body: @escaping @Sendable (ProviderGate, Transaction) throws -> Void
    ) async throws {
        let changed = try await change("relay.\(verb)", of: name) { transaction in
            let relay = try RelayStore(workspace.id).relay(named: name, in: transaction)
            try body(ProviderGate(workspace.id, .relay(relay.id)), transaction)
            return try view(relay, in: transaction)
        }
        try output.show(changed)
    }

    func view(_ relay: Relay, in connection: Connection) throws -> RelayView {
        let state = try ProviderGate(workspace.id, .relay(relay.id)).state(in: connection)
        return RelayView(relay, state)
    }

    /// Seals the password of a relay.
    func keep(_ password: String?, of relay: Relay, in transaction: Transaction) throws {
        guard let password else { return }
        guard relay.login != nil else { throw CommandFailure("a password needs a --login") }
        try installation.apiServices.secrets(workspace.id)
            .set(relay.secretName, to: Secret(password), by: context, in: transaction)
    }
}

/// A relay as the command line shows it.
struct RelayView: Shown {
    var id: Int64
    var name: String
    var host: String
    var port: Int
    var security: String
    var cap: Int?
    var isActive: Bool
    var pause: String?

    init(_ relay: Relay, _ state: ProviderState) {
        id = relay.id.value
        name = relay.name
        host = relay.host
        port = relay.port
        security = relay.security.rawValue
        cap = state.cap
        isActive = relay.isActive
        guard state.pausedAt != nil else { return }
        let end = state.pausedUntil.map { "until \($0)" } ?? "until it is resumed"
        pause = "paused \(end): \(state.reason ?? "no reason given")"
    }

    var lines: [String] {
        let limit = cap.map { ", at most \($0) an hour" } ?? ""
        let state = pause.map { ", \($0)" } ?? (isActive ? "" : ", not used")
        return ["\(id)  \(name): \(host):\(port), \(security)\(limit)\(state)"]
    }
}
