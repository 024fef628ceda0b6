// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Millrace

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "One person: everything held and done, or erasure.",
        subcommands: [Show.self, Erase.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show everything that is held on a person and was done with it."
        )

        @Argument(help: "The business key, or with --email the address.") var key: String
        @Flag(help: "Find by e-mail address.") var email = false
        @Option(help: "The profile table.") var table = "profiles"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let view = try await session.installation.database.read { connection in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: connection)
                let profile = try session.profile(key, byEmail: email, in: table, connection)
                return DossierView(
                    profileId: profile.id.value,
                    chapters: try session.installation.dossier.chapters(
                        of: profile,
                        in: connection
                    )
                )
            }
            try session.output.show(view)
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase a person everywhere, for good."
        )

        @Argument(help: "The business key, or with --email the address.") var key: String
        @Flag(help: "Find by e-mail address.") var email = false
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "Where the request came from.") var source: String?
        @Option(help: "The technical trace of the request.") var way: String?
        @Flag(help: "Do it.") var yes = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard yes else { throw ValidationError("this cannot be undone; say --yes") }
            let session = try await common.session()
            let database = session.installation.database
            let found = try await database.blocking {
                let profile = try database.readBlocking { connection in
                    let table = try ProfileTableStore(session.workspace.id)
                        .table(named: table, in: connection)
                    return try session.profile(key, byEmail: email, in: table, connection)
                }
                return try Erasure.lookAhead(for: profile.id, in: profile.table, of: database)
            }
            let report = try await session.change("profile.erase", of: "a profile") { transaction in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                let profile = try session.profile(key, byEmail: email, in: table, transaction)
                let request = Collection(source: source, way: way, moment: transaction.moment)
                return try Erasure(session.installation.dossier).erase(
                    profile.id,
                    from: table,
                    request,
                    found: found,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(ErasureView(profileId: report.profile.value, left: report.left))
        }
    }
}

/// Everything held on a person, as the command line shows it.
struct DossierView: Shown {
    var profileId: Int64
    var chapters: [Dossier.Chapter]

    var lines: [String] {
        ["Profile \(profileId)"] + chapters.flatMap(Self.lines)
    }

    private static func lines(_ chapter: Dossier.Chapter) -> [String] {
        let entries = chapter.entries.map { entry in
            let moment = entry.moment.map { "\($0)  " } ?? ""
            let fields = entry.fields.compactMap { field in
                field.value.map { "\(field.name): \($0)" }
            }
            return "  \(moment)\(entry.kind)  \(fields.joined(separator: ", "))"
        }
        return ["", chapter.title] + (entries.isEmpty ? ["  nothing"] : entries)
    }
}

/// What an erasure left, as the command line shows it.
struct ErasureView: Shown {
    var profileId: Int64
    var left: [String]
    var lines: [String] { ["Profile \(profileId) is erased."] + left }
}

extension Session {
    /// A profile by its business key or its address.
    func profile(
        _ key: String,
        byEmail: Bool = false,
        in table: ProfileTable,
        _ connection: Connection
    ) throws -> Profile {
        let attribute = byEmail ? table.attribute(.emailAddress) : table.businessKey
        guard let attribute else { throw AudienceError.noSuchProfile("without a key") }
        let found = try ProfileStore(table).find(
            attribute: attribute.name,
            value: key,
            in: connection
        )
        guard let found else { throw AudienceError.noSuchProfile(key) }
        return found
    }
}
