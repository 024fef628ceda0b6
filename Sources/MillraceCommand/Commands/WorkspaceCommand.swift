// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Millrace

struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace",
        abstract: "Workspaces, their settings, lists and bans.",
        subcommands: [Create.self, List.self, Set.self, AddList.self, Ban.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a workspace with its default profile table."
        )

        @Argument(help: "Its technical name.") var name: String
        @Option(help: "The name that people see.") var displayName: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let installation = try common.open()
            let made = try await installation.database.write { transaction in
                try installation.createWorkspace(
                    displayName ?? name,
                    technicalName: name,
                    by: CommonOptions.actor,
                    in: transaction
                )
            }
            try Output(isJSON: common.json).show(WorkspaceView(made))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List workspaces.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let installation = try common.open()
            let all = try await installation.database.read { connection in
                try WorkspaceStore().all(in: connection)
            }
            try Output(isJSON: common.json)
                .show(all.map { WorkspaceView($0) }, empty: "There is no workspace.")
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a setting, such as importTriggersEnabled."
        )

        @Argument(help: "The setting.") var name: String
        @Argument(help: "Its value.") var value: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.installation.database.write { transaction in
                try SettingStore(session.workspace.id).set(
                    name,
                    toText: value,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "\(name) is \(value)."))
        }
    }

    struct AddList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-list",
            abstract: "Create a list."
        )

        @Argument(help: "Its technical name.") var name: String
        @Option(help: "The profile table.") var table = "profiles"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("list.create", of: name) { transaction in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                try ListStore(session.workspace.id).create(
                    name: name,
                    table: table.id,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "The list \(name) exists."))
        }
    }

    struct Ban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an e-mail address on the do-not-contact list."
        )

        @Argument(help: "The address.") var address: String
        @Option(help: "Why.") var reason = "command line"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("doNotContact.add", of: "an address") { transaction in
                _ = try DoNotContactStore(session.workspace.id).add(
                    .email,
                    address,
                    reason: reason,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(Sentence(message: "Nobody writes to this address any more."))
        }
    }
}

/// A workspace as the command line shows it.
struct WorkspaceView: Shown {
    var id: Int64
    var name: String
    var technicalName: String

    init(_ workspace: Workspace) {
        id = workspace.id.value
        name = workspace.name
        technicalName = workspace.technicalName
    }

    var lines: [String] { ["\(technicalName): \(name)"] }
}
