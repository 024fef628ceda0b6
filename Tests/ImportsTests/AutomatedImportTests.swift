// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct AutomatedImportTests {
    @Test(arguments: TestEngine.allCases)
    func `it runs once for each due time`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        try harness.create(try harness.definition())
        try harness.drop("one.csv", "userId\na\n")
        try await harness.work(day: 0, hour: 23)
        #expect(try harness.tasks().isEmpty)
        try await harness.work(day: 1, hour: 3)
        try await harness.work(day: 1, hour: 4)
        let task = try #require(try harness.tasks().first)
        #expect(try harness.tasks().count == 1)
        #expect(task.status == .completed)
        #expect(task.source == .fileImport)
        #expect(task.dueAt == task.startedAt)
        #expect(try harness.ended(task.id).result?.fileName == "one.csv")
    }

    @Test(arguments: TestEngine.dialects)
    func `an inactive import runs on request only`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(), isActive: false)
        try harness.drop("one.csv", "userId\na\n")
        try await harness.work(day: 1, hour: 4)
        #expect(try harness.tasks().isEmpty)
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.tasks().map(\.status) == [.completed])
        try harness.database.writeBlocking { transaction in
            try harness.store.setActive(id, true, by: harness.context, in: transaction)
        }
        try await harness.work(day: 2, hour: 4)
        #expect(try harness.tasks().count == 2)
    }

    @Test(arguments: TestEngine.dialects)
    func `the newest file is taken`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition())
        try harness.drop("a.csv", "userId\na\n", age: 1)
        try harness.drop("b.csv", "userId\nb\n", age: 9)
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.profiles().map { $0["userId"] } == ["a"])
    }

    @Test(arguments: TestEngine.allCases)
    func `all files are taken, the oldest first, each its own task`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let definition = try harness.definition(choice: .allOldestFirst, stablePause: 60)
        let id = try harness.create(definition)
        for (name, age) in [("a", 1), ("b", 9), ("c", 5)] {
            try harness.drop("\(name).csv", "userId,firstName\n1,\(name)\n", age: age)
        }
        try harness.runNow(id)
        // Every look finds the files still growing, until their pause is over.
        for _ in 0..<4 {
            try await harness.worker.runUntilIdle()
            harness.time.advance(by: .seconds(61))
        }
        try await harness.worker.runUntilIdle()
        let ended = try harness.tasks().map { try harness.ended($0.id) }
        #expect(ended.compactMap(\.result?.fileName) == ["b.csv", "c.csv", "a.csv"])
        #expect(try harness.values(of: "firstName") == ["1": "a"])
        #expect(harness.listener.heard.count == 6)
    }

    @Test(arguments: TestEngine.dialects)
    func `a file is ready once its size is stable`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(stablePause: 60))
        try harness.drop("a.csv", "userId\na\n")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        harness.time.advance(by: .seconds(30))
        try harness.drop("a.csv", "userId\na\nb\n")
        harness.time.advance(by: .seconds(31))
        try await harness.worker.runUntilIdle()
        let waiting = try harness.ended(task).task
        #expect(waiting.status == .new)
        #expect(waiting.attempts == 0)
        let reason = try harness.database.readBlocking { connection in
            try WaitReason.read(waiting, in: connection).sentence(now: harness.time.now())
        }
        #expect(reason?.contains("a.csv may still be growing") == true)
        harness.time.advance(by: .seconds(60))
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(task).breakdown.total == 2)
    }

    @Test(arguments: TestEngine.dialects)
    func `a done companion makes a file ready and goes with it`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let definition = try harness.definition(aftermath: .move, stablePause: 600)
        let id = try harness.create(definition)
        try harness.drop("a.csv", "userId\na\n")
        try harness.drop("a.csv.done", "")
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.tasks().map(\.status) == [.completed])
        #expect(try harness.files().isEmpty)
        #expect(try harness.files("in/processed") == ["a.csv"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a known content is skipped whatever its name`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition())
        try harness.drop("a.csv", "userId\na\n", age: 9)
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        try harness.drop("b.csv", "userId\na\n", age: 1)
        let second = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        let skipped = try harness.ended(second).task
        #expect(skipped.status == .completed)
        #expect(
            skipped.outcome == "Skipped: task 1 has imported this file (b.csv) already."
        )
        #expect(try harness.spool.names(of: .fetched).isEmpty)
        var definition = try harness.definition()
        definition.skipsKnownFiles = false
        try harness.database.writeBlocking { [definition] transaction in
            try harness.store.update(id, to: definition, by: harness.context, in: transaction)
        }
        let third = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(third).breakdown.unchanged == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `a file whose import ended Fatal can be taken again`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(plan: ImportPlan(table: "wrong")))
        try harness.drop("a.csv", "userId\na\n")
        let first = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(first).task.status == .fatal)
        let mended = try harness.definition()
        try harness.database.writeBlocking { transaction in
            try harness.store.update(id, to: mended, by: harness.context, in: transaction)
        }
        let second = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(second).breakdown.created == 1)
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace).retry(first, by: harness.context, in: transaction)
        }
        try await harness.worker.runUntilIdle()
        let words = try harness.ended(first).task.outcome
        #expect(words == "Skipped: task 2 has imported this file (a.csv) already.")
    }

    @Test(arguments: TestEngine.dialects, FileAftermath.allCases)
    func `the file goes where the definition says`(
        _ engine: TestEngine,
        aftermath: FileAftermath
    ) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(aftermath: aftermath))
        for day in ["one", "two"] {
            try harness.drop("a.csv", "userId\n\(day)\n")
            try harness.runNow(id)
            try await harness.worker.runUntilIdle()
        }
        #expect(try harness.files() == (aftermath == .leave ? ["a.csv"] : []))
        guard aftermath == .move else { return }
        #expect(try harness.files("in/processed") == ["a.csv", "a.csv.2"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a file that was replaced during its import stays`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(aftermath: .delete))
        try harness.drop("a.csv", "userId\na\n")
        harness.recorder.arm("import.batch")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        try harness.drop("a.csv", "userId\nb\nc\n")
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.task.status == .completed)
        #expect(ended.breakdown.total == 1)
        #expect(try harness.files() == ["a.csv"])
        #expect(ended.steps.contains { $0.contains("another file is named a.csv by now") })
    }

    @Test(arguments: TestEngine.dialects)
    func `a missing file or location ends Fatal`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition())
        try harness.drop("a.txt", "userId\na\n")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        let ended = try harness.ended(task).task
        #expect(ended.status == .fatal)
        #expect(ended.outcome == "no file named .*\\.csv was found in in")
    }
}
