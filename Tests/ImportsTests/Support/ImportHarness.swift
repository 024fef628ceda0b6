// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Foundation
import Imports
import Logging
import Synchronization
import Tasks
import TestSupport

/// A whole installation as far as imports see it: database, spool, transferbox, clock and worker.
final class ImportHarness: Sendable {
    let workspace = WorkspaceID(1)
    let time = ManualTime()
    let database: Database
    let spool: Spool
    let locations: LocationStore
    let recorder = FailpointRecorder()
    let listener = RecordingListener()
    let folder: TemporaryFolder
    let worker: Worker
    private let uploads = Mutex(0)

    /// Opens an installation with the default table, the given further attributes and two lists.
    init(_ engine: TestEngine, attributes: [NewAttribute] = []) throws {
        folder = try TemporaryFolder()
        spool = try Spool(root: folder.path("spool"))
        locations = LocationStore(transferboxRoot: folder.path("transferbox"))
        database = try engine.open(
            migrations: TaskSchema.migrations + FilesSchema.migrations + AudienceSchema.migrations
                + ImportSchema.migrations,
            time: time
        )
        let job = ProfileImportJob(spool: spool, locations: locations, listeners: [listener]) {
            _,
            _ in "32"
        }
        worker = Worker(
            database: database,
            jobs: [job, CustomTableImportJob(job), FeedAlertJob()],
            randomness: SeededRandomness(),
            failpoints: recorder.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try database.writeBlocking { try prepare(attributes, in: $0) }
    }

    private func prepare(_ attributes: [NewAttribute], in transaction: Transaction) throws {
        let store = ProfileTableStore(workspace)
        var table = try store.createDefault(by: context, in: transaction)
        for attribute in attributes {
            table.attributes.append(try store.add(attribute, to: table, in: transaction))
        }
        for name in ["newsletter", "offers"] {
            try ListStore(workspace)
                .create(name: name, table: table.id, by: context, in: transaction)
        }
    }

    /// A person at the console, now.
    var context: Context {
        Context(workspace: workspace, actor: "tester", source: .manualImport, moment: time.now())
    }

    var table: ProfileTable {
        get throws {
            let workspace = workspace
            return try database.readBlocking { connection in
                try ProfileTableStore(workspace).table(named: "profiles", in: connection)
            }
        }
    }
}

// What tests do with it.
extension ImportHarness {
    /// Puts bytes into the spool as an upload does.
    func spooled(_ bytes: [UInt8], kind: SpoolKind = .upload) throws -> SpoolFile {
        let number = uploads.withLock { count in
            count += 1
            return count
        }
        let writer = try spool.create(kind, name: "file-\(number)")
        try writer.write(bytes)
        return try writer.finish()
    }

    /// Enqueues the import of a file.
    func enqueue(
        _ bytes: [UInt8],
        _ plan: ImportPlan = ImportPlan(),
        isDryRun: Bool = false
    ) throws -> TaskID {
        let file = try spooled(bytes)
        return try database.writeBlocking { transaction in
            try ImportStarter(workspace)
                .upload(
                    file,
                    name: "people.csv",
                    plan: plan,
                    isDryRun: isDryRun,
                    by: context,
                    in: transaction
                )
        }
    }

    /// Imports a file from beginning to end.
    func run(
        _ text: String,
        _ plan: ImportPlan = ImportPlan(),
        isDryRun: Bool = false
    ) async throws -> Ended {
        try await run(bytes: Array(text.utf8), plan, isDryRun: isDryRun)
    }

    /// Imports a file from beginning to end.
    func run(
        bytes: [UInt8],
        _ plan: ImportPlan = ImportPlan(),
        isDryRun: Bool = false
    ) async throws -> Ended {
        let task = try enqueue(bytes, plan, isDryRun: isDryRun)
        try await worker.runUntilIdle()
        return try ended(task)
    }

    /// The rejects file of a task.
    func rejects(of task: TaskID, failedOnly: Bool = true) throws -> String {
        let header = try ended(task).result?.header ?? []
        let file = RejectsFile(workspace: workspace, task: task, header: header)
        var bytes: [UInt8] = []
        try database.readBlocking { connection in
            try file.write(failedOnly: failedOnly, in: connection) { bytes += $0 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Enqueues a replay of a rejects file.
    func enqueueReplay(_ text: String, into task: TaskID) throws -> TaskID {
        let file = try spooled(Array(text.utf8), kind: .rejects)
        return try database.writeBlocking { transaction in
            try ImportStarter(workspace)
                .replay(
                    file,
                    name: "rejects.csv",
                    into: try TaskStore(workspace).task(task, in: transaction),
                    by: context,
                    in: transaction
                )
        }
    }

    /// Replays a rejects file and returns the replay's own task.
    func replay(_ text: String, into task: TaskID) async throws -> Ended {
        let replay = try enqueueReplay(text, into: task)
        try await worker.runUntilIdle()
        return try ended(replay)
    }

    /// Lets leases lapse and pauses end, then works until nothing is due.
    func recover() async throws {
        time.advance(by: .minutes(31))
        try await worker.runUntilIdle()
    }
}

/// A task with all it left behind.
struct Ended {
    var task: TaskRecord
    var result: ImportResult?
    var problems: [ImportProblem]
    var accepted: [Accepted]
    /// Accepted lines that became rows of a custom table.
    var acceptedRows: [Accepted]
    var steps: [String]

    /// An accepted line.
    struct Accepted: Hashable {
        var line: Int64
        var outcome: Int
        var batch: Int
    }

    var breakdown: ImportBreakdown { result?.breakdown ?? ImportBreakdown() }

    /// The breakdown's lines as people see them.
    var lines: [String] { breakdown.lines.map { "\($0.label): \($0.count)" } }

    /// Line, outcome and code of each problem.
    var verdicts: [String] { problems.map { "\($0.line) \($0.outcome) \($0.code)" } }
}

extension ImportHarness {
    func ended(_ task: TaskID) throws -> Ended {
        try database.readBlocking { connection in
            let record = try TaskStore(workspace).task(task, in: connection)
            return Ended(
                task: record,
                result: try record.result(),
                problems: try ImportLedger(workspace)
                    .problems(of: task, limit: 1_000_000, in: connection),
                accepted: try accepted("import_row", task, connection),
                acceptedRows: try accepted("custom_import_row", task, connection),
                steps: try TaskStore(workspace).steps(of: task, in: connection).map(\.words)
            )
        }
    }

    private func accepted(
        _ relation: String,
        _ task: TaskID,
        _ connection: Connection
    ) throws -> [Ended.Accepted] {
        try connection.rows(
            """
            SELECT line, outcome, batch FROM \(relation)
            WHERE workspace_id = $1 AND task_id = $2 ORDER BY line
            """,
            [workspace, task]
        ).map { row in
            Ended.Accepted(
                line: try row.get("line"),
                outcome: try row.get("outcome"),
                batch: try row.get("batch")
            )
        }
    }

    /// The profiles' values as text, in the order of their ids; attributes without value are absent.
    func profiles() throws -> [[String: String]] {
        let table = try table
        return try database.readBlocking { connection in
            try connection.rows(
                "SELECT \(Profile.columns(of: table)) FROM \(table.physicalName) p ORDER BY p.id"
            ).map { row in
                let profile = try Profile(row, of: table)
                var values: [String: String] = [:]
                for attribute in table.attributes {
                    values[attribute.name] = profile.text(attribute)
                }
                return values
            }
        }
    }

    /// The value of an attribute by the user id of its profile.
    func values(of name: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for profile in try profiles() {
            values[profile["userId"] ?? "-"] = profile[name] ?? ""
        }
        return values
    }

    /// All rows of a query, printed.
    func rows(_ sql: String) throws -> [String] {
        try database.readBlocking { connection in
            try connection.rows(sql).map { row in
                row.values.map { "\($0.plain)" }.joined(separator: " | ")
            }
        }
    }

    /// Every table but those of tasks, the ledger and the allocator, printed.
    func dump() throws -> [String] {
        let own: Set = ["task", "task_step", "import_problem", "id_block", "change_clock", "tick"]
        let tables = try database.readBlocking { try $0.tableNames() }
        return try tables.filter { !own.contains($0) }.flatMap { table in
            [table] + (try rows("SELECT * FROM \(table)").sorted())
        }
    }

    /// The names of a profile table's indexes as they exist.
    func indexes() throws -> [String] {
        let name = try table.physicalName
        return try database.readBlocking { try $0.indexNames(of: name) }
    }
}

/// Notes who was told what.
final class RecordingListener: ImportListener {
    private let calls = Mutex<[String]>([])

    /// The calls so far, such as `started 1/0`: task and batch.
    var heard: [String] { calls.withLock { $0 } }

    func importStarted(_ run: ImportRun, by context: Context, in transaction: Transaction) throws {
        note("started \(run.task)/\(run.batch)", transaction)
    }

    func importEnded(_ run: ImportRun, by context: Context, in transaction: Transaction) throws {
        note("ended \(run.task)/\(run.batch)", transaction)
    }

    private func note(_ words: String, _ transaction: Transaction) {
        transaction.afterCommit { [self] in calls.withLock { $0.append(words) } }
    }
}
