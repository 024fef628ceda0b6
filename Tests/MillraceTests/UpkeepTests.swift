// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Files
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

@Suite struct UpkeepTests {
    @Test(arguments: TestEngine.lasting)
    func `an old task goes with its steps and lines, a younger one stays`(
        _ engine: TestEngine
    ) async throws {
        let home = try await Home(engine)
        let old = try await home.endedTask("profile_import", lines: 2_500)
        home.time.advance(by: .days(10))
        let young = try await home.endedTask("profile_import", lines: 3)
        home.time.advance(by: .days(395))
        let retention = try await home.retain()
        #expect(retention?.status == .completed)
        #expect(
            retention?.outcome
                == "Removed task records: 1. Removed lines of imported files: 2501."
        )
        #expect(try await home.exists(old) == false)
        #expect(try await home.exists(young))
        let left = try await home.counts(["import_row", "import_problem", "task_step"])
        #expect(left["import_row"] == 3)
        #expect(left["import_problem"] == 1)
    }

    @Test(arguments: TestEngine.lasting, ["trigger", "run", "follower"])
    func `a task that something still waits for is kept`(
        _ engine: TestEngine,
        what: String
    ) async throws {
        let home = try await Home(engine)
        let old = try await home.endedTask("profile_import", lines: 1)
        try await home.await(what, old)
        home.time.advance(by: .days(500))
        try await home.retain()
        #expect(try await home.exists(old))
        try await home.settle(what, old)
        home.time.advance(by: .days(1))
        try await home.retain()
        #expect(try await home.exists(old) == false)
    }

    @Test(arguments: TestEngine.lasting)
    func `a task that is interrupted among the lines is taken up again`(
        _ engine: TestEngine
    ) async throws {
        let home = try await Home(engine)
        let old = try await home.endedTask("profile_import", lines: 2_500)
        let workspace = home.workspace
        let removed = try await home.installation.database.write { transaction in
            try ImportLedger(workspace).removeSome(of: old, in: transaction)
        }
        #expect(removed == 1_000)
        home.time.advance(by: .days(401))
        try await home.retain()
        #expect(try await home.exists(old) == false)
        #expect(try await home.counts(["import_row"])["import_row"] == 0)
    }

    @Test(arguments: TestEngine.lasting)
    func `old transferbox files go, by the workspace's setting`(_ engine: TestEngine) async throws {
        let home = try await Home(engine)
        let old = try home.drop("old.csv", daysAgo: 6)
        let young = try home.drop("young.csv", daysAgo: 4)
        let retention = try await home.retain()
        #expect(retention?.outcome == "Removed transferbox files: 1.")
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: young))
        #expect(try await home.steps(retention) == ["Removed transferbox files: 1."])
    }

    @Test(arguments: TestEngine.lasting)
    func `a quiet workspace has one task a day, a busy one an hour`(
        _ engine: TestEngine
    ) async throws {
        let home = try await Home(engine)
        let upkeep = Upkeep(home.installation)
        var tasks = 0
        for _ in 0..<48 {
            tasks += try await upkeep.clear().count
            tasks += try await upkeep.clear().count
            try await home.installation.worker.runUntilIdle()
            home.time.advance(by: .hours(1))
        }
        #expect(tasks == 2)
        try home.drop("old.csv", daysAgo: 30)
        #expect(try await upkeep.clear().count == 1)
        #expect(try await upkeep.clear().isEmpty)
        home.time.advance(by: .hours(1))
        #expect(try await upkeep.clear().count == 1)
    }

    @Test(arguments: TestEngine.lasting)
    func `change records stay, and ticks but for one a day`(_ engine: TestEngine) async throws {
        let home = try await Home(engine)
        let upkeep = Upkeep(home.installation)
        try await home.deletionRecord()
        for _ in 0..<6 {
            try await upkeep.tick()
            home.time.advance(by: .hours(1))
        }
        home.time.advance(by: .days(500))
        try await home.retain()
        let counts = try await home.counts(["profile_deletion", "tick"])
        #expect(counts["profile_deletion"] == 1)
        #expect(counts["tick"] == 1)
    }
}

/// An installation in a folder of its own, whose clock stands still.
private final class Home: Sendable {
    let folder: TemporaryFolder
    let place: DatabasePlace
    let time = ManualTime()
    let installation: Installation
    let workspace: WorkspaceID

    init(_ engine: TestEngine) async throws {
        folder = try TemporaryFolder()
        place = try engine.place(migrations: MillraceSchema.migrations)
        installation = try Installation(
            Configuration(
                database: place.address,
                dataFolder: folder.path("data")
            ),
            time: time
        )
        workspace = try await installation.workspace(named: nil, by: "tester").id
    }

    private var context: Context {
        Context(workspace: workspace, actor: "tester", source: .automation, moment: time.now())
    }

    /// A task that has ended now, with lines in the ledger.
    func endedTask(_ type: String, lines: Int64) async throws -> TaskID {
        let (context, workspace) = (context, workspace)
        let type = try #require(installation.taskTypes.first { $0.name == type })
        return try await installation.database.write { transaction in
            let task = try NewTask(type, info: "old", parameters: [String: String]())
            let id = try #require(
                try TaskStore(workspace).enqueue(task, by: context, in: transaction)
            )
            try TaskStore(workspace).log("Something happened.", of: id, in: transaction)
            try transaction.execute(
                """
                UPDATE task SET status = 'completed', finished_at = $3
                WHERE workspace_id = $1 AND id = $2
                """,
                [workspace, id, context.moment]
            )
            try Home.insertLines(lines, of: id, workspace, transaction)
            return id
        }
    }

    private static func insertLines(
        _ lines: Int64,
        of task: TaskID,
        _ workspace: WorkspaceID,
        _ transaction: Transaction
    ) throws {
        for line in 1...lines {
            try transaction.execute(
                """
                INSERT INTO import_row (workspace_id, task_id, profile_id, line, outcome, batch)
                VALUES ($1, $2, $3, $3, 1, 0)
                """,
                [workspace, task, line]
            )
        }
        let problem = ImportProblem(
            line: lines + 1,
            number: 1,
            batch: 0,
            outcome: "notSaved",
            column: nil,
            code: "code",
            message: "words",
            fields: ["a"],
            identifier: "a",
            profile: nil
        )
        try ImportLedger(workspace).record([problem], of: task, in: transaction)
    }

    /// Lets something wait for a task.
    func await(_ what: String, _ task: TaskID) async throws {
        let (context, workspace) = (context, workspace)
        let type = try #require(installation.taskTypes.first { $0.name == "send" })
        try await installation.database.write { transaction in
            let scope: [any SQLConvertible] = [workspace, task, context.moment]
            switch what {
            case "trigger":
                try transaction.execute(
                    """
                    INSERT INTO import_trigger (workspace_id, import_task_id, batch, batches,
                        campaign_id, zone, started_at, state)
                    VALUES ($1, $2, 0, '[0]', 1, 'UTC', $3, 'pending')
                    """,
                    scope
                )
            case "run":
                try transaction.execute(
                    """
                    INSERT INTO export_run (workspace_id, export_id, seq, task_id, state, plan,
                        file_name, is_put_begun, is_file_kept, planned_at)
                    VALUES ($1, 1, 1, $2, 'sealed', $5, 'a.csv', $4, $4, $3)
                    """,
                    scope + [false, Home.plan]
                )
            default:
                var follower = try NewTask(type, info: "later", parameters: [String: String]())
                follower.subjects.parentID = task
                follower.runAt = context.moment + .days(1_000)
                try TaskStore(workspace).enqueue(follower, by: context, in: transaction)
            }
        }
    }

    /// The plan of an export run.
    private static let plan = """
        {"dueAt": 1772438400000000, "epoch": 1, "innerName": "a.csv", "window": {
            "from": {"id": 0, "moment": 0,
                "bounds": {"min": 0, "max": 0, "open": []}},
            "to": {"id": 1, "moment": 1772438400000000,
                "bounds": {"min": 1, "max": 1, "open": []}}}}
        """

    /// Ends what waits for a task.
    func settle(_ what: String, _ task: TaskID) async throws {
        let workspace = workspace
        let statement =
            switch what {
            case "trigger":
                "UPDATE import_trigger SET state = 'stopped' WHERE workspace_id = $1 AND import_task_id = $2"
            case "run":
                "DELETE FROM export_run WHERE workspace_id = $1 AND task_id = $2"
            default:
                "UPDATE task SET status = 'completed' WHERE workspace_id = $1 AND parent_id = $2"
            }
        try await installation.database.write { transaction in
            try transaction.execute(statement, [workspace, task])
        }
    }

    /// Runs the upkeep and gives the task of retention that it made.
    @discardableResult
    func retain() async throws -> TaskRecord? {
        let workspace = workspace
        let made = try await Upkeep(installation).clear()
        try await installation.worker.runUntilIdle()
        return try await installation.database.read { connection in
            try made.first.map { try TaskStore(workspace).task($0, in: connection) }
        }
    }

    func exists(_ task: TaskID) async throws -> Bool {
        let workspace = workspace
        return try await installation.database.read { connection in
            try TaskStore(workspace).history(limit: 1_000, in: connection)
                .contains { $0.id == task }
        }
    }

    /// What a task logged, without its ending.
    func steps(_ task: TaskRecord?) async throws -> [String] {
        let workspace = workspace
        let id = try #require(task?.id)
        return try await installation.database.read { connection in
            try TaskStore(workspace).steps(of: id, in: connection).map(\.words).dropLast()
        }
    }

    func counts(_ relations: [String]) async throws -> [String: Int] {
        try await installation.database.read { connection in
            var counts: [String: Int] = [:]
            for relation in relations {
                counts[relation] = try connection.value("SELECT count(*) FROM \(relation)")
            }
            return counts
        }
    }

    /// A file in the transferbox that was put there some days ago.
    @discardableResult
    func drop(_ name: String, daysAgo days: Int64) throws -> String {
        let access = try installation.locations.access(for: .transferbox, workspace: workspace)
        try access.putData([97], to: name)
        let path = "\(installation.configuration.transferboxFolder)/\(workspace)/\(name)"
        let moment = time.now() - .days(days)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: TimeInterval(moment.seconds))],
            ofItemAtPath: path
        )
        return path
    }

    /// The record of a deletion.
    func deletionRecord() async throws {
        let (context, workspace) = (context, workspace)
        try await installation.database.write { transaction in
            let table = try ProfileTableStore(workspace).table(named: "profiles", in: transaction)
            let made = try ProfileStore(table)
                .create(values: ["userId": "ann"], by: context, in: transaction)
            try Erasure(Dossier()).erase(
                made.profile.id,
                from: table,
                Collection(source: "letter", way: "desk", moment: context.moment),
                by: context,
                in: transaction
            )
        }
    }
}
