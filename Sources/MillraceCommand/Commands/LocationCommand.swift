// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Files
import Millrace

struct LocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location",
        abstract: "Places where files come from and go to: folders, SFTP and FTPS servers.",
        subcommands: [
            Create.self, Set.self, List.self, Test.self, Trust.self, Files.self, Delete.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Define a location.",
            discussion: """
                folder: path. sftp: host, port, user, path, hostKey; secrets password, or privateKey \
                and passphrase. ftps: host, port, user, path, mode, tls, authority; secret \
                password. Both: connectSeconds, stallSeconds.
                """
        )

        @Argument(help: "Its name.") var name: String
        @Argument(help: "Its kind: folder, sftp or ftps.") var kind: String
        @OptionGroup var changes: LocationOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let location = Location(kind: kind, settings: try changes.settings())
            let secrets = try changes.secrets()
            let made = try await session.change("location.create", of: name) { transaction in
                try session.installation.locations.create(
                    name,
                    location,
                    secrets: secrets,
                    context: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(LocationView(made))
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change settings and secrets of a location.",
            discussion: """
                Another host, port or user makes it forget the secrets that are not given anew. \
                A setting or secret that is empty is removed.
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var changes: LocationOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let present = try await session.location(name)
            let given = try changes.settings()
            let settings = present.location.settings.merging(given) { $1 }
                .filter { given[$0.key]?.isEmpty != true }
            let location = Location(kind: present.location.kind, settings: settings)
            let secrets = try changes.secrets()
            try await session.change("location.update", of: name) { transaction in
                try session.installation.locations.update(
                    present.id,
                    name: name,
                    location,
                    secrets: secrets,
                    context: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(LocationView(try await session.location(name)))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List locations.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let records = try await session.installation.database.read { connection in
                try session.installation.locations.list(session.workspace.id, in: connection)
            }
            try session.output.show(records.map(LocationView.init), empty: "There is none.")
        }
    }

    struct Trust: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Note the key by which a server proves itself, after you compared it."
        )

        @Argument(help: "The location's name.") var name: String
        @Argument(help: "The fingerprints, as `test` or ssh-keygen -l print them.")
        var fingerprints: [String]
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let present = try await session.location(name)
            try await session.change("location.trust", of: name) { transaction in
                try session.installation.locations.trust(
                    fingerprints.joined(separator: " "),
                    present.id,
                    context: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "\(name) trusts this key."))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a location and its secrets; its files stay."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let present = try await session.location(name)
            try await session.change("location.delete", of: name) { transaction in
                try session.installation.locations.delete(
                    present.id,
                    context: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "\(name) was removed."))
        }
    }
}

extension Session {
    /// A location by its name.
    func location(_ name: String) async throws -> LocationRecord {
        try await installation.database.read { [installation, workspace] connection in
            try installation.locations.find(named: name, workspace.id, in: connection)
        }
    }
}

/// A location as the command line shows it.
struct LocationView: Shown {
    var id: Int64
    var name: String
    var kind: String
    var settings: [String: String]

    init(_ record: LocationRecord) {
        id = record.id.value
        name = record.name
        kind = record.location.kind
        settings = record.location.settings
    }

    var lines: [String] {
        // A certificate has many lines; that there is one says enough.
        let words = settings.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(value.contains("\n") ? "…" : value)"
        }
        return ["\(name): \(([kind] + words).joined(separator: " "))"]
    }
}
