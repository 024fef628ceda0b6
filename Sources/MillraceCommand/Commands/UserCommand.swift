// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Millrace

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Users of a workspace.",
        subcommands: [Create.self, Invite.self, List.self, Delete.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a user.")

        @Argument(help: "The e-mail address.") var email: String
        @Option(help: "The name that people see; the address without it.") var name: String?
        @Option(help: "administrator, manager, author or viewer.")
        var role = Accounts.Role.manager.rawValue
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard Accounts.Role(rawValue: role) != nil else {
                let roles = Accounts.Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(role)\" is no role; use \(roles).")
            }
        }

        func run() async throws {
            let session = try await common.session()
            let user = try await session.installation.database.write { transaction in
                try UserStore(session.workspace.id).create(
                    name: name ?? email,
                    email: email,
                    role: Accounts.Role(rawValue: role) ?? .viewer,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(UserView(user))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let users = try await session.installation.database.read { connection in
                try UserStore(session.workspace.id).all(in: connection)
            }
            try session.output.show(users.map(UserView.init), empty: "There is no user.")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a user with all tokens; what the user did stays in the audit log."
        )

        @Argument(help: "The e-mail address.") var email: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.installation.database.write { transaction in
                let store = UserStore(session.workspace.id)
                let user = try session.user(email, in: transaction)
                try store.delete(
                    user.id,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "The user is gone."))
        }
    }
}

extension UserCommand {
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link by which a user sets a password, once, within three days.",
            discussion: """
                The link begins with the address of the console, which --address names; \
                MILLRACE_CONSOLE_URL or http://127.0.0.1:8080 without it.
                """
        )

        @Argument(help: "The e-mail address.") var email: String
        @Option(help: "Where people reach the console, such as https://millrace.example.org.")
        var address: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let link = try await session.installation.database.write { transaction in
                try SignInLinkStore(session.workspace.id).create(
                    for: try session.user(email, in: transaction).id,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            let place =
                address ?? session.installation.configuration.consoleURL
                ?? "http://127.0.0.1:8080"
            try session.output.show(
                Sentence(message: "\(place)/console/welcome/\(link.reveal())")
            )
        }
    }
}

extension Session {
    /// A link for the first administrator; nil when somebody can sign in.
    func firstLink() async throws -> String? {
        try await installation.database.write { [workspace, context] transaction in
            guard try !PasswordStore(workspace.id).hasAny(in: transaction) else { return nil }
            return try SignInLinkStore(workspace.id)
                .create(for: nil, by: context.at(transaction.moment), in: transaction).reveal()
        }
    }

    /// The user with an address.
    func user(_ email: String, in connection: Connection) throws -> User {
        guard let user = try UserStore(workspace.id).user(email: email, in: connection) else {
            throw CommandFailure("there is no user with this address")
        }
        return user
    }
}

/// A user as the command line shows it.
struct UserView: Shown {
    var id: Int64
    var email: String
    var name: String
    var role: String
    var isActive: Bool

    init(_ user: User) {
        id = user.id.value
        email = user.email
        name = user.name
        role = user.role.rawValue
        isActive = user.isActive
    }

    var lines: [String] {
        ["\(id)  \(email)  \(role)  \(name)" + (isActive ? "" : "  (may not sign in)")]
    }
}
