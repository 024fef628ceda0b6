// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

struct AllocationTests {
    static let kind = IDKind(rawValue: "sample")

    @Test(arguments: TestEngine.allCases)
    func `blocks follow one another and start at 1`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let firsts = try database.writeBlocking { transaction in
            try [1, 10, 1, 5].map {
                try transaction.allocate($0, Self.kind, in: WorkspaceID(1))
            }
        }
        #expect(firsts == [1, 2, 12, 13])
        let next: TaskID = try database.writeBlocking {
            try $0.nextID(Self.kind, in: WorkspaceID(1))
        }
        #expect(next == TaskID(18))
    }

    @Test(arguments: TestEngine.allCases)
    func `workspaces and kinds count for themselves`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try #expect(transaction.allocate(5, Self.kind, in: WorkspaceID(1)) == 1)
            try #expect(transaction.allocate(5, Self.kind, in: WorkspaceID(2)) == 1)
            let other = IDKind(rawValue: "other")
            try #expect(transaction.allocate(5, other, in: WorkspaceID(1)) == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the id of a deleted last row is not given again`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let first = try add("a", to: database)
        try database.writeBlocking { try $0.execute("DELETE FROM sample") }
        #expect(try add("b", to: database) == first + 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `no id is given twice, whatever is rolled back`(_ engine: TestEngine) async throws {
        let database = try engine.sample()
        let stored = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for worker in 0..<8 {
                group.addTask { try await Self.work(worker, in: database) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(stored.count == 8 * 20)
        #expect(Set(stored).count == stored.count)
    }

    /// Adds rows, every third time in a transaction that fails.
    private static func work(_ worker: Int, in database: Database) async throws -> [Int64] {
        var stored: [Int64] = []
        for round in 0..<30 {
            let id = try? await database.write { transaction in
                let id = try transaction.allocate(1, kind, in: WorkspaceID(1))
                try transaction.execute(
                    "INSERT INTO sample (id, workspace_id, name) VALUES ($1, 1, $2)",
                    [id, "\(worker)-\(round)"]
                )
                if round % 3 == 0 { throw SimulatedCrash(name: "after the insertion") }
                return id
            }
            if let id { stored.append(id) }
        }
        return stored
    }

    private func add(_ name: String, to database: Database) throws -> Int64 {
        try database.writeBlocking { transaction in
            let id = try transaction.allocate(1, Self.kind, in: WorkspaceID(1))
            try transaction.execute(
                "INSERT INTO sample (id, workspace_id, name) VALUES ($1, 1, $2)",
                [id, name]
            )
            return id
        }
    }
}
