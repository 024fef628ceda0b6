// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Database

/// Tables cut by ranges of ids; ranges of ten ids, so that few rows fill many.
@Suite struct PartitionTests {
    @Test(arguments: TestEngine.allCases)
    func `rows of several ranges are found by key, stamp and profile`(
        _ engine: TestEngine
    ) throws {
        let world = try PartitionWorld(engine)
        try world.insert(35)
        try world.make()
        try world.insert(40)
        #expect(try world.ids("id >= 8 AND id < 44") == Array(8..<44))
        #expect(try world.ids("stamp >= 107 AND stamp < 133") == Array(7..<33))
        #expect(try world.ids("profile_id = 3") == [3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73])
        #expect(try world.looked(up: [2, 12, 57, 99]) == [2, 12, 57])
    }

    @Test(arguments: TestEngine.allCases)
    func `growth is noted of the range that holds a row, and of no other`(
        _ engine: TestEngine
    ) throws {
        let world = try PartitionWorld(engine)
        try world.insert(5)
        try world.make()
        try world.insert(30)
        try world.database.writeBlocking { transaction in
            for id: Int64 in [33, 1_000] {
                try transaction.noteGrowth(of: "cut", at: id, in: WorkspaceID(1))
            }
        }
        #expect(try world.ids("id > 0") == Array(1...35))
        guard engine == .postgres else { return }
        let known = try world.database.readBlocking { connection in
            try connection.rows(
                """
                SELECT DISTINCT tablename::text AS part FROM pg_stats
                WHERE tablename LIKE 'cut%' AND schemaname = current_schema()
                """
            ).map { try $0.get("part", as: String.self) }
        }
        let holder: String? = try world.database.readBlocking { connection in
            try connection.value(
                """
                SELECT c.relname::text FROM cut t JOIN pg_class c ON c.oid = t.tableoid
                WHERE t.id = 33
                """
            )
        }
        #expect(known == [try #require(holder)])
    }

    @Test(arguments: TestEngine.allCases)
    func `a row that is there is left or changed, in whichever range`(
        _ engine: TestEngine
    ) throws {
        let world = try PartitionWorld(engine)
        try world.insert(5)
        try world.make()
        try world.insert(30)
        try world.database.writeBlocking { transaction in
            for id in [3, 13, 33] {
                try transaction.execute(
                    """
                    INSERT INTO cut (workspace_id, id, profile_id, stamp) VALUES (1, $1, 9, 9)
                    ON CONFLICT (workspace_id, id) DO UPDATE SET stamp = excluded.stamp
                    """,
                    [id]
                )
            }
            let writer = try transaction.update(
                of: "cut",
                columns: ["stamp"],
                key: "id",
                within: [("workspace_id", .integer(1))]
            )
            for id in [4, 14, 34] {
                writer.integer(9)
                writer.integer(Int64(id))
                try writer.endRow()
            }
            try writer.finish()
        }
        #expect(try world.ids("stamp = 9") == [3, 4, 13, 14, 33, 34])
        #expect(try world.ids("true").count == 35)
    }

    @Test func `a workspace's first ids cost no partition, the next are made ahead`() throws {
        let world = try PartitionWorld(.postgres)
        #expect(try world.partitions.missing().isEmpty)
        try world.insert(3)
        try world.make()
        #expect(try world.relations() == ["cut_w1_10", "cut_w1_20"])
        try world.insert(20)
        try world.make()
        #expect(try world.relations() == ["cut_w1_10", "cut_w1_20", "cut_w1_30", "cut_w1_40"])
        #expect(try world.partitions.missing().isEmpty)
        #expect(try Partitions(WorkspaceID(2), in: world.database).missing().isEmpty)
    }

    @Test func `rows beyond what was made are kept, and later ranges get partitions`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(25)
        try world.make()
        #expect(try world.relations() == ["cut_w1_30", "cut_w1_40"])
        #expect(try world.count(in: "cut_spill") == 16)
        try world.insert(20)
        #expect(try world.count(in: "cut_w1_30") == 10)
        #expect(try world.count(in: "cut_spill") == 20)
        #expect(try world.ids("true") == Array(1...45))
    }

    @Test func `a partition that was emptied goes with its files, one with rows stays`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(3)
        try world.make()
        try world.insert(40)
        try world.make()
        let before = try world.files()
        #expect(try world.partitions.past().map(\.ids) == [10..<20, 20..<30])
        try world.database.writeBlocking { transaction in
            try transaction.execute("DELETE FROM cut WHERE workspace_id = 1 AND id < 20")
        }
        #expect(try world.partitions.emptied().map(\.ids) == [10..<20])
        for partition in try world.partitions.past() { try world.partitions.drop(partition) }
        #expect(try world.relations() == ["cut_w1_20", "cut_w1_50", "cut_w1_60"])
        #expect(try world.files() < before)
        #expect(try world.partitions.missing().isEmpty)
        try world.insert(1, from: 15)
        #expect(try world.ids("id < 21") == [15, 20])
    }

    @Test func `rows go with their partition when they may be forgotten`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(3)
        try world.make()
        try world.insert(40)
        for partition in try world.partitions.past() {
            try world.partitions.drop(partition) { connection in
                let last: Int64? = try connection.value(
                    "SELECT max(stamp) FROM cut WHERE workspace_id = 1 AND id >= $1 AND id < $2",
                    [partition.ids.lowerBound, partition.ids.upperBound]
                )
                return last.map { $0 < 125 } ?? true
            }
        }
        #expect(try world.relations() == ["cut_w1_20"])
        #expect(try world.ids("id >= 10") == Array(20...43))
    }

    @Test func `a partition that is being filled is not past`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(3)
        try world.make()
        try world.insert(12)
        #expect(try world.relations() == ["cut_w1_10", "cut_w1_20"])
        #expect(try world.partitions.past().isEmpty)
        #expect(try world.partitions.emptied().isEmpty)
    }

    @Test func `two nodes that maintain at once make and drop each partition once`() async throws {
        let world = try PartitionWorld(.postgres)
        let other = try world.another()
        try world.insert(3)
        try world.make()
        try world.insert(60)
        try world.database.writeBlocking { transaction in
            try transaction.execute("DELETE FROM cut WHERE workspace_id = 1 AND id < 30")
        }
        let done = try await withThrowingTaskGroup(of: [String].self) { group in
            for database in [world.database, other, world.database, other] {
                group.addTask {
                    try await database.blocking { try PartitionWorld.maintain(database) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(done).count == done.count)
        #expect(Set(done).isSuperset(of: ["drop 10", "drop 20", "make 70", "make 80"]))
        #expect(try world.ids("true") == Array(30...63))
    }

    @Test func `a table that someone reads for long is left for another time`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(3)
        try world.make()
        try world.insert(20)
        let session = try PostgresSession(world.uri)
        try session.run("BEGIN; SELECT count(*) FROM cut")
        let missing = try #require(world.partitions.missing().first)
        #expect(throws: DatabaseError.conflict("55P03")) { try world.partitions.make(missing) }
        try session.run("COMMIT")
        #expect(try world.partitions.make(missing))
    }

    @Test func `rows that move in from elsewhere come into partitions`() throws {
        let source = try PartitionWorld(.file)
        try source.insert(25)
        let world = try PartitionWorld(.postgres)
        let move = DatabaseMove(
            from: source.database,
            to: world.database,
            places: (from: "source", to: "target"),
            migrations: PartitionWorld.migrations,
            madeTables: { _ in [] }
        )
        #expect(try move.begin())
        try move.copy()
        #expect(try world.relations() == ["cut_w1_10", "cut_w1_20", "cut_w1_30", "cut_w1_40"])
        #expect(try world.count(in: "cut_w1_10") == 10)
        #expect(try world.count(in: "cut_spill") == 0)
        #expect(try world.ids("true") == Array(1...25))
    }

    @Test func `a query that binds ids reads no other range`() throws {
        let world = try PartitionWorld(.postgres)
        try world.insert(3)
        try world.make()
        try world.insert(30)
        let plan = try world.database.readBlocking { connection in
            try connection.rows(
                "EXPLAIN SELECT id FROM cut WHERE workspace_id = $1 AND id >= $2 AND id < $3",
                [1, 12, 18]
            ).map { try $0.get(0, as: String.self) }.joined()
        }
        #expect(plan.contains("cut_w1_10"))
        for other in ["cut_first", "cut_w1_20", "cut_spill"] { #expect(!plan.contains(other)) }
    }
}
