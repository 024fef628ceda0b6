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

struct SMSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sms",
        abstract: "Gateways of text messages, their credit, and how long a text is.",
        subcommands: [
            AddKannel.self, AddProvider.self, List.self, Switch.self, Delete.self,
            Credit.self, Price.self, TopUp.self, Preview.self,
        ]
    )

    struct AddKannel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-kannel",
            abstract: "Add Kannel as a gateway."
        )

        @Argument(help: "A name, unique in the workspace.") var name: String
        @Option(help: "The address of sendsms, http://HOST:PORT/cgi-bin/sendsms.") var url: String
        @Option(help: "The name of the sendsms-user.") var user: String
        @Option(help: "A file with its password on the first line.") var passwordFile: String
        @Option(help: "The smsc-id to send by.") var route: String?
        @Option(help: "How many connections are used at once.") var connections = 1
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let settings = KannelSettings(url: url, user: user, route: route)
            try await SMSCommand.add(name, .kannel(settings), passwordFile, connections, common)
        }
    }

    struct AddProvider: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-provider",
            abstract: "Add a gateway with an HTTP interface of its own."
        )

        @Argument(help: "A name, unique in the workspace.") var name: String
        @Option(
            help: """
                A JSON file with url, method, headers, body, success and permanentFailure.
                """
        )
        var file: String
        @Option(help: "A file with its API key on the first line.") var secretFile: String?
        @Option(help: "How many connections are used at once.") var connections = 1
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let description = try JSONText.decode(HTTPProviderDescription.self, from: text)
            try await SMSCommand.add(name, .http(description), secretFile, connections, common)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List gateways, with the addresses that they are to call."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let accounts = try await session.installation.database.read { connection in
                try SMSAccountStore(session.workspace.id).all(in: connection)
            }
            let views = try accounts.map { try SMSAccountView($0, session) }
            try session.output.show(views, empty: "There is no gateway; the outbox is used.")
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Switch a gateway on or off.")

        @Argument(help: "Its number.") var id: Int64
        @Argument(help: "on or off.") var state: State
        @OptionGroup var common: CommonOptions

        enum State: String, ExpressibleByArgument, CaseIterable, Sendable {
            case on
            case off
        }

        func run() async throws {
            let session = try await common.session()
            try await session.change("smsAccount.change", of: "\(id)") { [id, state] transaction in
                let store = SMSAccountStore(session.workspace.id)
                guard var account = try store.account(SMSAccountID(id), in: transaction) else {
                    throw CampaignError.noSuchSMSAccount(SMSAccountID(id))
                }
                account.isActive = state == .on
                try store.update(account, in: transaction) { secret in
                    let context = session.context.at(transaction.moment)
                    try session.secrets().remove(secret, by: context, in: transaction)
                }
            }
            try session.output.show(Sentence(message: "Gateway \(id) is \(state.rawValue)."))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a gateway.")

        @Argument(help: "Its number.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("smsAccount.delete", of: "\(id)") { [id] transaction in
                let store = SMSAccountStore(session.workspace.id)
                if let account = try store.account(SMSAccountID(id), in: transaction) {
                    try session.secrets().remove(
                        account.secretName,
                        by: session.context.at(transaction.moment),
                        in: transaction
                    )
                }
                try store.delete(SMSAccountID(id), in: transaction)
            }
            try session.output.show(Sentence(message: "Gateway \(id) is gone."))
        }
    }

    /// Keeps an account with its secret.
    private static func add(
        _ name: String,
        _ provider: SMSProvider,
        _ secretFile: String?,
        _ connections: Int,
        _ common: CommonOptions
    ) async throws {
        let secret = try secretFile.map { path in
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return Secret(text.split(separator: "\n").first.map(String.init) ?? "")
        }
        let session = try await common.session()
        let made = try await session.change("smsAccount.create", of: name) { transaction in
            let context = session.context.at(transaction.moment)
            let account = try SMSAccountStore(session.workspace.id)
                .create(
                    name: name,
                    provider,
                    connections: connections,
                    by: context,
                    in: transaction
                )
            if let secret {
                try session.secrets()
                    .set(account.secretName, to: secret, by: context, in: transaction)
            }
            return account
        }
        try session.output.show(try SMSAccountView(made, session))
    }
}

extension Session {
    /// The sealed secrets of the workspace.
    func secrets() throws -> SecretStore { try installation.apiServices.secrets(workspace.id) }
}

/// A gateway as the command line shows it.
struct SMSAccountView: Shown {
    var id: Int64
    var name: String
    var kind: String
    var url: String
    var isActive: Bool
    var replies: String?
    var stops: String?

    init(_ account: SMSAccount, _ session: Session) throws {
        id = account.id.value
        name = account.name
        kind = account.provider.kind
        url = account.provider.url
        isActive = account.isActive
        let ground = session.installation.texts
        guard let base = ground.publicAddress else { return }
        let key = try ground.key(session.workspace.id)
        let workspace = session.workspace.id
        replies = "\(base)/\(TextAddress.replies(workspace, account.id).path(key))"
        stops = "\(base)/\(TextAddress.stops(workspace, account.id).path(key))"
    }

    var lines: [String] {
        ["\(id)  \(name)  \(kind)  \(url)  \(isActive ? "on" : "off")"]
            + [("replies", replies), ("stops", stops)].compactMap { name, address in
                address.map { "    \(name): \($0)" }
            }
    }
}
