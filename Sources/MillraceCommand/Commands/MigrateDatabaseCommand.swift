// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Database
import Foundation
import Millrace

struct MigrateDatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-database",
        abstract: "Move the installation, or one workspace, to another database.",
        discussion: """
            Freezes the source, copies everything, compares both sides and opens the target. A move \
            that was cut is repeated with the same arguments and goes on where it was. The spool's \
            place is MILLRACE_SPOOL for the target and --from-spool for the source.
            """
    )

    @Argument(help: "The source, sqlite:PATH or postgres://USER@HOST/NAME.") var from: String
    @Argument(help: "The target, likewise; empty, or never used but by this move.") var to: String
    @Option(help: "Move one workspace only, by its technical name.") var workspace: String?
    @Option(help: "The source's data folder; PATH-data, or millrace-data with PostgreSQL.")
    var fromData: String?
    @Option(help: "The target's data folder; PATH-data, or millrace-data with PostgreSQL.")
    var toData: String?
    @Option(help: "The place of the source's spool, database or folder:PATH.")
    var fromSpool: String?
    @Flag(help: "Move though nodes seem to be running; with --give-up, though the move has ended.")
    var force = false
    @Flag(help: "Give a move up: the source can be used again, the target stays closed.")
    var giveUp = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let output = Output(isJSON: json)
        let move = try InstallationMove(
            from: try configuration(from, fromData, fromSpool),
            to: try configuration(
                to,
                toData,
                ProcessInfo.processInfo.environment["MILLRACE_SPOOL"]
            ),
            workspace: workspace,
            failpoints: DebugFailpoints.fromEnvironment()
        )
        if giveUp {
            try move.giveUp(isForced: force)
            return try output.show(Sentence(message: "The source can be used again."))
        }
        let outcome = try await move.source.blocking {
            try move.run(isForced: force) { output.replaceLine($0) }
        }
        output.replaceLine("")
        try output.show(MoveView(outcome))
        guard outcome.isComplete else { throw ExitCodes.checkFailed }
    }

    private func configuration(
        _ address: String,
        _ data: String?,
        _ spool: String?
    ) throws -> Configuration {
        let database = try DatabaseAddress(address)
        let usual: String
        switch database {
        case .sqlite(let path): usual = path + "-data"
        case .postgres: usual = "millrace-data"
        case .memory: throw ConfigurationError.noMemoryDatabase
        }
        return Configuration(
            database: database,
            dataFolder: data ?? usual,
            spool: try spool.map(SpoolPlace.init) ?? .standard
        )
    }
}

/// A move as the command line shows it.
struct MoveView: Shown {
    var tables: [TableLedger]
    var spoolFiles: Int
    var otherFiles: Int
    var epoch: Int64
    var isComplete: Bool

    init(_ outcome: InstallationMove.Outcome) {
        tables = outcome.tables
        spoolFiles = outcome.spoolFiles
        otherFiles = outcome.otherFiles
        epoch = outcome.epoch
        isComplete = outcome.isComplete
    }

    var lines: [String] {
        let head = tables.isEmpty ? [] : [["table", "rows", "target", "hash"]]
        let rows = tables.map {
            [$0.table, "\($0.rows)", "\($0.rowsInTarget)", $0.isEqual ? "equal" : "DIFFERS"]
        }
        let differences = tables.flatMap { ledger in
            ledger.differences.map { "DIFFERS: \(ledger.table), \($0)" }
        }
        let end =
            isComplete
            ? "Moved. The target goes on in epoch \(epoch); the source is frozen."
            : "Both sides differ. The target stays closed and the source frozen: put the rows "
                + "right and repeat, or give the move up with --give-up."
        return Columns.aligned(head + rows) + differences
            + ["\(spoolFiles) files of the spool, \(otherFiles) other files copied.", end]
    }
}
