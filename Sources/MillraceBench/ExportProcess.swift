// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Millrace
import Tasks

/// `export TASK DATABASE FOLDER …`: fills a workspace, or exports from it as the product does.
///
/// `fill ROWS` makes as many sent e-mails as rows, `events` exports them all and prints seconds, peak
/// of memory in MB and rows; `profiles ROWS` makes profiles, `deltas ROWS RUNS` changes 10,000 of
/// them before each export and prints the median of the seconds.
struct ExportProcess {
    private let task: String
    private let address: String
    private let folder: String
    private let numbers: [Int]

    init(_ arguments: [String]) {
        task = arguments[1]
        address = arguments[2]
        folder = arguments[3]
        numbers = arguments.dropFirst(4).compactMap(Int.init)
    }

    func run() async throws {
        let installation = try Installation(
            Configuration(database: DatabaseAddress(address), dataFolder: folder)
        )
        let workspace = try await BenchWorkspace.open(installation)
        let filling = ExportFilling(database: installation.database, workspace: workspace)
        switch task {
        case "fill":
            try await filling.profiles(numbers[0])
            try await filling.events(numbers[0])
            try await filling.note(keyColumnIn: folder)
        case "profiles": try await filling.profiles(numbers[0])
        case "events": try await exportEvents(installation, workspace)
        default: try await exportDeltas(installation, filling)
        }
        try await installation.database.write { try $0.execute("ANALYZE") }
    }

    /// The physical column of the business key, as ``ExportFilling`` noted it.
    static func keyColumn(_ folder: String) -> String {
        (try? String(contentsOfFile: folder + "/key-column", encoding: .utf8)) ?? "id"
    }

    private func exportEvents(
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws {
        let export = try await create(.emailSent, .everything, installation, workspace)
        let (seconds, ledger) = try await execute(export, installation, workspace)
        print("\(seconds) \(BenchWorkspace.peakMegabytes()) \(ledger.rows)")
    }

    private func exportDeltas(
        _ installation: Installation,
        _ filling: ExportFilling
    ) async throws {
        let workspace = filling.workspace
        let tick = try await ChangeClock(installation.database).tick(unlessSince: nil)
        let export = try await create(
            .profileUpdated,
            .from(tick.moment),
            installation,
            workspace
        )
        var times: [Double] = []
        for round in 0..<numbers[1] {
            try await filling.change(10_000, of: numbers[0], round: round)
            try settle()
            let (seconds, ledger) = try await execute(export, installation, workspace)
            guard ledger.rows == 10_000 else {
                throw BenchError.exportFailed("\(ledger.rows) rows")
            }
            times.append(seconds)
        }
        print(times.sorted()[times.count / 2])
    }

    /// Lets the engine write what was changed to its files: that is no part of the figure.
    private func settle() throws {
        let sqlite = "sqlite:"
        guard address.hasPrefix(sqlite) else {
            let psql = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address]
            return try Shell(program: "/usr/bin/psql", arguments: psql).run("CHECKPOINT;")
        }
        let path = String(address.dropFirst(sqlite.count))
        try Shell(program: "/usr/bin/sqlite3", arguments: [path])
            .run("PRAGMA wal_checkpoint(PASSIVE);")
    }

    private func create(
        _ pair: ExportPair,
        _ firstRun: FirstRun,
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws -> ExportID {
        guard let time = TimeOfDay("03:00"), let daily = Recurrence(.daily(at: time), in: .utc)
        else { throw BenchError.exportFailed("no recurrence") }
        var definition = ExportDefinition(
            name: UUID().uuidString,
            pair: pair,
            table: ProfileTableID(1),
            transfer: Transfer(fileName: UUID().uuidString, compression: .gzip),
            recurrence: daily
        )
        definition.firstRun = firstRun
        let context = context(workspace)
        let store = ExportStore(workspace, locations: installation.locations)
        return try await installation.database.write { [definition] transaction in
            let made = try store.create(definition, by: context, in: transaction)
            try store.activate(made.id, by: context, in: transaction)
            return made.id
        }
    }

    private func execute(
        _ export: ExportID,
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws -> (Double, ExportLedger) {
        let context = context(workspace)
        let store = ExportStore(workspace, locations: installation.locations)
        let task = try await installation.database.write { transaction in
            try store.runNow(export, by: context, in: transaction)
        }
        guard let task else { throw BenchError.exportFailed("it runs already") }
        let start = Date()
        try await installation.worker.run(task, of: workspace)
        let seconds = Date().timeIntervalSince(start)
        let record = try await installation.database.read { connection in
            try TaskStore(workspace).task(task, in: connection)
        }
        guard record.status == .completed, let text = record.result else {
            throw BenchError.exportFailed(record.failure ?? record.outcome ?? "no outcome")
        }
        return (seconds, try JSONText.decode(ExportLedger.self, from: text))
    }

    private func context(_ workspace: WorkspaceID) -> Context {
        Context(
            workspace: workspace,
            actor: "bench",
            source: .manualEdit,
            moment: SystemTime().now()
        )
    }
}
