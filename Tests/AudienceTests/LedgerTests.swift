// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport
import Testing

struct LedgerTests {
    private func problem(
        _ line: Int64,
        number: Int = 1,
        outcome: String = "notSaved",
        fields: [String]? = nil,
        identifier: String? = nil,
        profile: ProfileID? = nil
    ) -> ImportProblem {
        ImportProblem(
            line: line,
            number: number,
            batch: 0,
            outcome: outcome,
            column: "age",
            code: "notAnInteger",
            message: "no whole number",
            fields: fields,
            identifier: identifier,
            profile: profile
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `accepted rows keep task, line, profile and outcome`(_ engine: TestEngine) throws {
        let world = try World(engine)
        var merge = try Merging(world, ["userId", "firstName"])
        merge.task = try world.importTask()
        _ = try merge([["u1", "A"], ["u2", "B"]])
        let second = try world.importTask()
        merge.task = second
        _ = try merge([["u2", "C"], ["u3", "D"]])
        let ledger = ImportLedger(world.workspace)
        try world.database.readBlocking { connection in
            #expect(try ledger.profileCount(of: second, in: connection) == 2)
            #expect(try ledger.profileCount(of: second, batch: 1, in: connection) == 0)
            let rows = try ledger.rows(of: ProfileID(2), in: connection)
            #expect(rows.map(\.outcome) == [.created, .updated])
            #expect(rows.map(\.line) == [3, 2])
            #expect(rows.last?.task == second)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `problems come back by line and are cleared by line`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let ledger = ImportLedger(world.workspace)
        let task = TaskID(5)
        let all = [
            problem(9, fields: ["u9", "x"], identifier: "u9"), problem(3, number: 1),
            problem(3, number: 2), problem(4, outcome: "warning", profile: ProfileID(1)),
        ]
        try world.database.writeBlocking { try ledger.record(all, of: task, in: $0) }
        let read = try world.database.readBlocking { try ledger.problems(of: task, in: $0) }
        #expect(read.map(\.line) == [3, 3, 4, 9])
        #expect(read.last == nil || read[3].fields == ["u9", "x"])
        try world.database.writeBlocking { transaction in
            #expect(try ledger.failedLines(of: task, in: transaction) == [3, 9])
            try ledger.clear(lines: [3], of: task, in: transaction)
            #expect(try ledger.failedLines(of: task, in: transaction) == [9])
        }
    }
}

extension World {
    /// Enqueues a task, which ledger rows are joined with.
    func importTask() throws -> TaskID {
        let type = TaskType(name: "profile_import", displayName: "Import", queue: "imports")
        let id = try database.writeBlocking { transaction in
            try TaskStore(workspace).enqueue(
                NewTask(type, info: "file.csv", parameters: [Int]()),
                by: context(.fileImport),
                in: transaction
            )
        }
        return try #require(id)
    }
}
