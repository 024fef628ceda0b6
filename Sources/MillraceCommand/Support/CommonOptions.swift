// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Foundation
import Logging
import Millrace

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: """
            The database, sqlite:PATH or postgres://USER@HOST/NAME; MILLRACE_DATABASE or \
            sqlite:millrace.db without it.
            """
    )
    var database: String?

    @Option(
        help: """
            The folder of what is kept besides; MILLRACE_DATA, or else PATH-data beside an SQLite \
            file and millrace-data with PostgreSQL.
            """
    )
    var data: String?

    @Option(help: "The workspace's technical name, when there are several.")
    var workspace: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// Opens the installation.
    func open(
        logging level: Logger.Level = .warning,
        _ adapt: (inout Configuration) throws -> Void = { _ in }
    ) throws -> Installation {
        var configuration = try Configuration(
            address: database,
            dataFolder: data,
            environment: ProcessInfo.processInfo.environment
        )
        try adapt(&configuration)
        return try Installation(
            configuration,
            failpoints: DebugFailpoints.fromEnvironment(),
            logLevel: level
        )
    }

    /// Opens the installation and finds the workspace.
    func session(
        _ source: ChangeSource = .manualEdit,
        logging level: Logger.Level = .warning,
        _ adapt: (inout Configuration) throws -> Void = { _ in }
    ) async throws -> Session {
        let installation = try open(logging: level, adapt)
        let actor = CommonOptions.actor
        return Session(
            installation: installation,
            workspace: try await installation.workspace(named: workspace, by: actor),
            actor: actor,
            source: source,
            output: Output(isJSON: json)
        )
    }

    /// Who uses the command line.
    static var actor: String {
        ProcessInfo.processInfo.environment["USER"].map { "\($0) (command line)" } ?? "command line"
    }
}

/// One use of the command line: an installation, a workspace, a person.
struct Session: Sendable {
    let installation: Installation
    let workspace: Workspace
    let actor: String
    let source: ChangeSource
    let output: Output

    /// A context for a change now.
    var context: Context {
        Context(
            workspace: workspace.id,
            actor: actor,
            source: source,
            moment: installation.database.time.now()
        )
    }
}
