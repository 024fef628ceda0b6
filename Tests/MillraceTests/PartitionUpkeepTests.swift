// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Exports
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

@Suite struct PartitionUpkeepTests {
    /// What databases have recorded since before tables were partitioned.
    @Test(arguments: [
        ("tasks-1", "10a72050cda167f4"), ("audience-1", "b5e65086d5e7df5"),
        ("campaigns-1", "8e21d380356df6d5"), ("exports-1", "400836ec99a1e427"),
    ])
    func `partitions leave the checksums of applied migrations as they were`(
        id: String,
        checksum: String
    ) throws {
        let all =
            TaskSchema.migrations + AudienceSchema.migrations + CampaignSchema.migrations
            + ExportsSchema.migrations
        let migration = try #require(all.first { $0.id == id })
        #expect(migration.checksum == checksum)
    }

    @Test(arguments: TestEngine.allCases)
    func `partitions are made ahead by a task, where the engine has them`(
        _ engine: TestEngine
    ) async throws {
        let home = try await PartitionHome(engine)
        #expect(try await home.upkeep().isEmpty)
        try await home.use("task", 12_000)
        try await home.use("interaction", 1_000_000)
        let outcomes = try await home.upkeep()
        let hasPartitions = engine == .postgres
        #expect(
            outcomes == (hasPartitions ? ["Made partitions: 19. Dropped empty partitions: 0."] : [])
        )
        #expect(try await home.upkeep().isEmpty)
    }

    @Test func `lines of a range without a kept task go with their partition`() async throws {
        let home = try await PartitionHome(.postgres)
        try await home.use("task", 4_990)
        try await home.upkeep()
        let old = try await home.endedTask(after: 30)
        let young = try await home.endedTask(after: 5_000)
        #expect(old > 5_000 && young > 10_000)
        #expect(try await home.lines() == 20)
        home.time.advance(by: .hours(2))
        try await home.upkeep()
        home.time.advance(by: .days(399))
        try await home.touch(young)
        home.time.advance(by: .days(2))
        let outcomes = try await home.upkeep()
        #expect(outcomes.count == 1)
        #expect(outcomes.first?.hasSuffix("Removed partitions of such lines: 1.") == true)
        #expect(try await home.lines() == 10)
        #expect(try await home.exists("import_row_w\(home.workspace)_5000") == false)
        #expect(try await home.exists("import_row_w\(home.workspace)_10000"))
    }

    @Test func `change records stay with their partition, an empty one goes`() async throws {
        let home = try await PartitionHome(.postgres)
        try await home.use("change", 9_000_000)
        try await home.upkeep()
        let first = try await home.use("change", 30_000_000)
        #expect(first < 20_000_000)
        try await home.deletionRecord(15_000_000)
        home.time.advance(by: .days(1_000))
        try await home.upkeep()
        #expect(try await home.exists("profile_deletion_w\(home.workspace)_10000000"))
        #expect(try await home.exists("consent_change_w\(home.workspace)_10000000") == false)
    }
}

/// An installation whose clock stands still, in one workspace.
private final class PartitionHome: Sendable {
    let folder: TemporaryFolder
    let place: DatabasePlace
    let time = ManualTime()
    let installation: Installation
    let workspace: WorkspaceID

    init(_ engine: TestEngine) async throws {
        folder = try TemporaryFolder()
        place = try engine.place()
        installation = try Installation(
            Configuration(database: place.address, dataFolder: folder.path("data")),
            time: time
        )
        workspace = try await installation.workspace(named: nil, by: "tester").id
    }

    /// Runs the upkeep and gives the outcomes of tasks that did something.
    @discardableResult
    func upkeep() async throws -> [String] {
        let workspace = workspace
        let made = try await Upkeep(installation).clear()
        try await installation.worker.runUntilIdle()
        let outcomes = try await installation.database.read { connection in
            try made.compactMap { try TaskStore(workspace).task($0, in: connection).outcome }
        }
        return outcomes.filter { $0 != "Nothing had expired." }
    }

    @discardableResult
    func use(_ kind: String, _ count: Int) async throws -> Int64 {
        let workspace = workspace
        return try await installation.database.write { transaction in
            try transaction.allocate(count, IDKind(rawValue: kind), in: workspace)
        }
    }

    /// An import of ten rows that has ended now, so many ids later.
    func endedTask(after ids: Int) async throws -> Int64 {
        let task = try await use("task", ids) + Int64(ids)
        let (workspace, now) = (workspace, time.now())
        let type = try #require(installation.taskTypes.first { $0.name == "profile_import" })
        try await installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "tester",
                source: .automation,
                moment: now
            )
            let new = try NewTask(type, info: "old", parameters: [String: String]())
            let id = try #require(
                try TaskStore(workspace).enqueue(new, by: context, in: transaction)
            )
            try transaction.execute(
                """
                UPDATE task SET status = 'completed', finished_at = $3, id = $4
                WHERE workspace_id = $1 AND id = $2
                """,
                [workspace, id, now, task]
            )
            for line in 1...10 {
                try transaction.execute(
                    """
                    INSERT INTO import_row (workspace_id, task_id, profile_id, line, outcome, batch)
                    VALUES ($1, $2, $3, $3, 1, 0)
                    """,
                    [workspace, task, line]
                )
            }
        }
        return task
    }

    /// Lets a task have ended now.
    func touch(_ task: Int64) async throws {
        let (workspace, now) = (workspace, time.now())
        try await installation.database.write { transaction in
            try transaction.execute(
                "UPDATE task SET finished_at = $3 WHERE workspace_id = $1 AND id = $2",
                [workspace, task, now]
            )
        }
    }

    func deletionRecord(_ id: Int64) async throws {
        let (workspace, now) = (workspace, time.now())
        try await installation.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO profile_deletion (workspace_id, id, table_id, profile_id, event_at,
                    change_source, stamp)
                VALUES ($1, $2, 1, 1, $3, 'automation', $4)
                """,
                [workspace, id, now, try transaction.stamp()]
            )
        }
    }

    func lines() async throws -> Int {
        try await installation.database.read { connection in
            try connection.value("SELECT count(*) FROM import_row") ?? 0
        }
    }

    func exists(_ relation: String) async throws -> Bool {
        try await installation.database.read { connection in
            try connection.value("SELECT to_regclass($1) IS NOT NULL", [relation]) ?? false
        }
    }
}
