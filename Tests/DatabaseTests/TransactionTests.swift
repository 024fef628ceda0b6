// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Synchronization
import TestSupport
import Testing

struct TransactionTests {
    @Test(arguments: TestEngine.allCases)
    func `what a closure throws undoes all of its work`(_ engine: TestEngine) async throws {
        let database = try engine.sample()
        await #expect(throws: SimulatedCrash(name: "middle")) {
            try await database.write { transaction in
                try transaction.addSamples(["a", "b"])
                _ = try transaction.stamp()
                try transaction.change([.createTable(Self.other)])
                throw SimulatedCrash(name: "middle")
            }
        }
        #expect(try await database.read { try $0.sampleNames() } == [])
        await #expect(throws: DatabaseError.self) {
            try await database.read { try $0.rows("SELECT id FROM other") }
        }
        try await database.write { try $0.addSamples(["c"]) }
        #expect(try await database.read { try $0.sampleNames() } == ["c"])
    }

    @Test(arguments: TestEngine.allCases)
    func `hooks run after the commit and only then`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let count = HookCount()
        try database.writeBlocking { transaction in
            transaction.afterCommit { count.raise() }
            #expect(count.value == 0)
        }
        #expect(count.value == 1)
        #expect(throws: SimulatedCrash.self) {
            try database.writeBlocking { transaction in
                transaction.afterCommit { count.raise() }
                throw SimulatedCrash(name: "end")
            }
        }
        #expect(count.value == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a guarded change tells whether someone was faster`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try transaction.addSamples(["waiting"])
            let claim = "UPDATE sample SET name = $1 WHERE id = 1 AND name = $2"
            #expect(try transaction.guarded(claim, ["claimed", "waiting"]))
            #expect(try !transaction.guarded(claim, ["claimed", "waiting"]))
            #expect(try transaction.execute("UPDATE sample SET note = $1", ["x"]) == 1)
            #expect(try transaction.execute("DELETE FROM sample WHERE id = 7") == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a reader cannot write`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        #expect(throws: DatabaseError.self) {
            try database.readBlocking {
                try $0.rows("INSERT INTO sample (id, workspace_id, name) VALUES (1, 1, 'a')")
            }
        }
        #expect(try database.readBlocking { try $0.sampleNames() } == [])
    }

    @Test(arguments: TestEngine.allCases)
    func `a transaction carries the moment at which it began`(_ engine: TestEngine) throws {
        let time = ManualTime()
        let database = try engine.sample(time: time)
        let start = time.now()
        try database.writeBlocking { transaction in
            time.advance(by: .hours(1))
            #expect(transaction.moment == start)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `errors name the key and no value`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let failures: [(String, [any SQLConvertible])] = [
            ("INSERT INTO sample (id, workspace_id, name) VALUES ($1, 1, $2)", [2, "secret"]),
            (
                "INSERT INTO sample (id, workspace_id, name) VALUES ($1, 1, $2)",
                [1, "other secret"]
            ),
            ("INSERT INTO sample (id, workspace_id, note) VALUES ($1, 1, $2)", [3, "secret"]),
            ("UPDATE sample SET whole = $1", ["secret"]),
            ("UPDATE sample SET missing = $1", ["secret"]),
        ]
        try database.writeBlocking { transaction in
            try transaction.execute(
                "INSERT INTO sample (id, workspace_id, name) VALUES (1, 1, $1)",
                ["secret"]
            )
        }
        for (sql, values) in failures {
            let error = try #require(throws: DatabaseError.self) {
                try database.writeBlocking { try $0.execute(sql, values) }
            }
            #expect(!"\(error)".contains("secret"))
            #expect(!error.isTemporary)
        }
        #expect(throws: DatabaseError.uniqueViolation(key: "sample.name")) {
            try database.writeBlocking { try $0.execute(failures[0].0, failures[0].1) }
        }
        #expect(throws: DatabaseError.uniqueViolation(key: "sample.id")) {
            try database.writeBlocking { try $0.execute(failures[1].0, failures[1].1) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `writers and readers at once lose nothing`(_ engine: TestEngine) async throws {
        let database = try engine.sample()
        try await database.write { try $0.addSamples(["a", "b"]) }
        try await database.write { try $0.execute("UPDATE sample SET whole = 0") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<25 { try await Self.raise(in: database) }
                }
                group.addTask {
                    for _ in 0..<25 { try await Self.compare(in: database) }
                }
            }
            try await group.waitForAll()
        }
        let sum: Int? = try await database.read {
            try $0.value("SELECT CAST(sum(whole) AS bigint) FROM sample")
        }
        #expect(sum == 400)
    }

    /// Raises both rows in one transaction, each by reading first.
    private static func raise(in database: Database) async throws {
        try await database.write { transaction in
            for id in [1, 2] {
                let whole: Int? = try transaction.value(
                    "SELECT whole FROM sample WHERE id = $1",
                    [id]
                )
                try transaction.execute(
                    "UPDATE sample SET whole = $1 WHERE id = $2",
                    [(whole ?? 0) + 1, id]
                )
            }
        }
    }

    /// One snapshot never sees a half transaction.
    private static func compare(in database: Database) async throws {
        try await database.read { connection in
            let first: Int? = try connection.value("SELECT whole FROM sample WHERE id = 1")
            let second: Int? = try connection.value("SELECT whole FROM sample WHERE id = 2")
            #expect(first == second)
        }
    }

    private static let other = TableDefinition(
        "other",
        isScoped: false,
        columns: [.integer("id")],
        primaryKey: ["id"]
    )
}

/// Counts what hooks did.
private final class HookCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func raise() { count.add(1, ordering: .relaxed) }
}
