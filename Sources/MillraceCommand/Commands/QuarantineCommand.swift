// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Millrace

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Addresses that are not written to: why, and until when; service domains.",
        subcommands: [
            Show.self, Lift.self, Domains.self, AddDomain.self, RemoveDomain.self,
        ]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show why an address or number is not contacted, and until when."
        )

        @Argument(help: "email or sms.") var channel: String
        @Argument(help: "The address or number.") var address: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let channel = try QuarantineCommand.channel(channel)
            let found = try await session.installation.database.read { connection in
                try QuarantineStore(session.workspace.id)
                    .entries(of: channel, address, in: connection)
            }
            try session.output
                .show(found.map { QuarantineView($0) }, empty: "It is not in quarantine.")
        }
    }

    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an address or number be contacted again."
        )

        @Argument(help: "email or sms.") var channel: String
        @Argument(help: "The address or number.") var address: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let channel = try QuarantineCommand.channel(channel)
            let isLifted = try await session.change(
                "quarantine.lift",
                of: channel.rawValue
            ) { transaction in
                try QuarantineStore(session.workspace.id).lift(channel, address, in: transaction)
            }
            let words = isLifted ? "It can be contacted again." : "It was not in quarantine."
            try session.output.show(Sentence(message: words))
        }
    }

    struct Domains: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the service domains, whose addresses are not written to."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let all = try await session.installation.database.read { connection in
                try ServiceDomainStore(session.workspace.id).all(in: connection)
            }
            try session.output
                .show(all.map { DomainView(domain: $0) }, empty: "There is no service domain.")
        }
    }

    struct AddDomain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-domain",
            abstract: "Write to no address of a domain that takes mail for any name."
        )

        @Argument(help: "The domain.") var domain: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("serviceDomain.create", of: domain) { transaction in
                _ = try ServiceDomainStore(session.workspace.id)
                    .add(domain, by: session.context, in: transaction)
            }
            try session.output.show(DomainView(domain: domain))
        }
    }

    struct RemoveDomain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-domain",
            abstract: "Write to the addresses of a domain again."
        )

        @Argument(help: "The domain.") var domain: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let isRemoved = try await session.change(
                "serviceDomain.delete",
                of: domain
            ) { transaction in
                try ServiceDomainStore(session.workspace.id).remove(domain, in: transaction)
            }
            guard isRemoved else { throw CommandFailure("\(domain) is no service domain") }
            try session.output.show(Sentence(message: "\(domain) is no service domain any more."))
        }
    }

    private static func channel(_ text: String) throws -> ContactChannel {
        guard let channel = ContactChannel(rawValue: text) else {
            throw ValidationError("\(text) is none of email, sms")
        }
        return channel
    }
}

/// A quarantine as the command line shows it.
private struct QuarantineView: Shown {
    var id: Int64
    var cause: String
    var occurrences: Int
    var since: Instant
    var until: Instant?

    init(_ found: Quarantine) {
        id = found.id
        cause = found.cause.rawValue
        occurrences = found.occurrences
        since = found.since
        until = found.until
    }

    var lines: [String] {
        let end = until.map { "until \($0)" } ?? "until it is lifted"
        return ["\(cause), \(occurrences) times, since \(since), \(end)"]
    }
}

/// A service domain as the command line shows it.
private struct DomainView: Shown {
    var domain: String
    var lines: [String] { [domain] }
}
