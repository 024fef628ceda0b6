// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Millrace

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Tokens by which programs call the API as a user.",
        subcommands: [Create.self, List.self, Delete.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a token and print it; it can't be printed again."
        )

        @Argument(help: "The user's e-mail address.") var email: String
        @Option(help: "What people call it.") var name = "command line"
        @Option(help: ArgumentHelp(TokenCommand.scopeHelp))
        var scopes: String?
        @Option(help: "Days until it stops working; never without it.") var days: Int?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            _ = try chosen()
            guard days ?? 1 > 0 else { throw ValidationError("--days is below 1.") }
        }

        func run() async throws {
            let session = try await common.session()
            let scopes = try chosen()
            let made = try await session.installation.database.write { transaction in
                let context = session.context.at(transaction.moment)
                return try TokenStore(session.workspace.id).create(
                    for: try session.user(email, in: transaction).id,
                    name: name,
                    scopes: scopes,
                    expiresAt: days.map { context.moment + .days(Int64($0)) },
                    by: context,
                    in: transaction
                )
            }
            try session.output.show(NewTokenView(made.token, made.text))
        }

        private func chosen() throws -> Set<Scope> {
            guard let scopes else { return Scope.standard }
            return Set(
                try scopes.split(separator: ",").map { word in
                    guard let scope = Scope(rawValue: String(word)) else {
                        throw ValidationError("\"\(word)\" is no scope.")
                    }
                    return scope
                }
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tokens.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let tokens = try await session.installation.database.read { connection in
                try TokenStore(session.workspace.id).all(in: connection)
            }
            try session.output.show(tokens.map(TokenView.init), empty: "There is no token.")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a token.")

        @Argument(help: "Its number.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.installation.database.write { transaction in
                try TokenStore(session.workspace.id).delete(
                    TokenID(id),
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "Token \(id) is gone."))
        }
    }

    private static let scopeHelp: String = {
        let all = Scope.allCases.map(\.rawValue).joined(separator: ", ")
        return "What it may be used for, separated by commas: \(all); all that concerns data"
            + " without it."
    }()
}

/// A token as the command line shows it.
struct TokenView: Shown {
    var id: Int64
    var user: Int64
    var name: String
    var scopes: [String]
    var createdAt: String
    var expiresAt: String?

    init(_ token: AccessToken) {
        id = token.id.value
        user = token.user.value
        name = token.name
        scopes = Scope.allCases.filter(token.scopes.contains).map(\.rawValue)
        createdAt = token.createdAt.description
        expiresAt = token.expiresAt?.description
    }

    var lines: [String] {
        ["\(id)  user \(user)  \(name)  \(scopes.joined(separator: ",")) until \(expiresAt ?? "-")"]
    }
}

/// A token with its text, the one time that it is shown.
struct NewTokenView: Shown {
    var id: Int64
    var token: String

    init(_ made: AccessToken, _ text: Secret) {
        id = made.id.value
        token = text.reveal()
    }

    var lines: [String] { [token] }
}
