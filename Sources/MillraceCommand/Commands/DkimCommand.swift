// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Messaging
import Millrace

struct DkimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dkim",
        abstract: "Keys by which sender domains sign their mails.",
        subcommands: [Create.self, List.self, Show.self, Activate.self, Remove.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a key and print its DNS record; it signs once it is activated."
        )

        @Argument(help: "The domain of senders.") var domain: String
        @Option(help: "Which of the domain's keys.") var selector = "millrace"
        @Option(help: "rsa or ed25519.") var algorithm = "rsa"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard let algorithm = DKIMAlgorithm(rawValue: algorithm) else {
                throw ValidationError("\(algorithm) is neither rsa nor ed25519.")
            }
            let session = try await common.session()
            let key = try DKIMKey(algorithm)
            let secrets = try session.installation.secretStore(session.workspace.id)
            let made = try await session.change("dkim.create", of: domain) { transaction in
                let context = session.context.at(transaction.moment)
                let made = try DKIMStore(session.workspace.id).create(
                    domain: domain,
                    selector: selector,
                    key,
                    by: context,
                    in: transaction
                )
                try secrets.set(
                    made.secretName,
                    to: Secret(key.reveal()),
                    by: context,
                    in: transaction
                )
                return made
            }
            try session.output.show(DkimView(made))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all keys.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try session.output.show(
                try await session.dkimKeys().map { DkimView($0) },
                empty: "There is no key."
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a key's DNS record.")

        @Argument(help: "The key's number.") var key: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try session.output.show(DkimView(try await session.dkimKey(key)))
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign by a key from now on, once its record is in the DNS."
        )

        @Argument(help: "The key's number.") var key: Int64
        @Flag(help: "Sign by it no more.") var off = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("dkim.activate", of: "key \(key)") { transaction in
                try DKIMStore(session.workspace.id).setActive(key, !off, in: transaction)
            }
            try session.output.show(DkimView(try await session.dkimKey(key)))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget a key.")

        @Argument(help: "The key's number.") var key: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let found = try await session.dkimKey(key)
            let secrets = try session.installation.secretStore(session.workspace.id)
            try await session.change("dkim.remove", of: "key \(key)") { transaction in
                let context = session.context.at(transaction.moment)
                try secrets.remove(found.secretName, by: context, in: transaction)
                try DKIMStore(session.workspace.id).delete(key, in: transaction)
            }
            try session.output.show(Sentence(message: "Key \(key) is forgotten."))
        }
    }
}

extension Session {
    fileprivate func dkimKeys() async throws -> [DKIMDomain] {
        try await installation.database.read { [workspace] connection in
            try DKIMStore(workspace.id).all(in: connection)
        }
    }

    fileprivate func dkimKey(_ id: Int64) async throws -> DKIMDomain {
        guard let key = try await dkimKeys().first(where: { $0.id == id }) else {
            throw CommandFailure("there is no key \(id)")
        }
        return key
    }
}

/// A signing key as the command line shows it.
struct DkimView: Shown {
    var id: Int64
    var domain: String
    var selector: String
    var algorithm: String
    var active: Bool
    var recordName: String
    var record: String

    init(_ key: DKIMDomain) {
        id = key.id
        domain = key.domain
        selector = key.selector
        algorithm = key.algorithm.rawValue
        active = key.isActive
        recordName = key.recordName
        record = key.record
    }

    var lines: [String] {
        [
            "\(id)  \(domain), \(algorithm): \(active ? "signs" : "does not sign")",
            "  \(recordName) TXT \"\(record)\"",
        ]
    }
}
