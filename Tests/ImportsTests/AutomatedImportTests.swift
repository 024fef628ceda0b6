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

    @Test func `an inactive import runs on request only`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `the newest file is taken`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `a file is ready once its size is stable`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `a done companion makes a file ready and goes with it`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `a file whose import ended Fatal can be taken again`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test(arguments: FileAftermath.allCases)
    func `the file goes where the definition says`(aftermath: FileAftermath) async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `a file that was replaced during its import stays`() async throws {
        let harness = try ImportHarness(.memory)
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

    @Test func `a missing file or location ends Fatal`() async throws {
        let harness = try ImportHarness(.memory)
        let id = try harness.create(try harness.definition())
        try harness.drop("a.txt", "userId\na\n")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        let ended = try harness.ended(task).task
        #expect(ended.status == .fatal)
        #expect(ended.outcome == "no file named .*\\.csv was found in in")
    }
}

@Suite struct ScheduleTests {
    @Test func `the latest missed due time runs, older ones are recorded`() async throws {
        let harness = try ImportHarness(.memory)
        try harness.create(try harness.definition())
        try harness.drop("a.csv", "userId\na\n")
        try await harness.work(day: 3, hour: 14)
        let tasks = try harness.tasks()
        #expect(tasks.map(\.status) == [.error, .error, .completed])
        #expect(tasks.first?.outcome?.hasPrefix("Missed: due at") == true)
        try await harness.work(day: 4, hour: 15)
        #expect(try harness.tasks().map(\.status).suffix(1) == [.error])
        #expect(try harness.tasks().count == 4)
    }

    @Test func `a run that is due while another executes waits and says so`() async throws {
        let harness = try ImportHarness(.file)
        try harness.create(try harness.definition())
        try harness.drop("a.csv", "userId\na\n")
        harness.recorder.arm("import.begun")
        try await harness.work(day: 1, hour: 3)
        let first = try #require(try harness.tasks().first)
        #expect(first.status == .executing)
        try harness.database.writeBlocking { transaction in
            let later = harness.time.now() + .days(3)
            try transaction.execute("UPDATE task SET lease_until = $1", [later])
        }
        try await harness.work(day: 2, hour: 3)
        let second = try #require(try harness.tasks().last)
        #expect(second.id != first.id)
        #expect(second.status == .new)
        let reason = try harness.database.readBlocking { connection in
            try WaitReason.read(second, in: connection).sentence(now: harness.time.now())
        }
        #expect(reason == "It waits for task 1, which runs before it.")
        try await harness.work(day: 5, hour: 2)
        #expect(try harness.tasks().prefix(2).allSatisfy { $0.status == .completed })
    }

    @Test func `edits concern later runs, deletion leaves the history`() async throws {
        let harness = try ImportHarness(.memory)
        let id = try harness.create(try harness.definition())
        try harness.drop("a.csv", "userId,firstName\na,Ann\n")
        harness.recorder.arm("import.begun")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        let ignoring = ImportPlan(mapping: [ColumnMapping("userId", to: .attribute("userId"))])
        let edited = try harness.definition("Weekly", plan: ignoring)
        try harness.database.writeBlocking { transaction in
            try harness.store.update(id, to: edited, by: harness.context, in: transaction)
            try harness.store.delete(id, by: harness.context, in: transaction)
        }
        try await harness.recover()
        #expect(try harness.ended(task).task.status == .completed)
        #expect(try harness.values(of: "firstName") == ["a": "Ann"])
        try await harness.work(day: 3, hour: 4)
        #expect(try harness.tasks().count == 1)
        #expect(throws: ImportError.self) { try harness.runNow(id) }
        #expect(try harness.create(try harness.definition("Weekly")) != id)
    }

    @Test(arguments: TestEngine.allCases)
    func `a clone is inactive, names are unique ignoring case`(engine: TestEngine) throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition())
        let other = try harness.create(try harness.definition("Other"))
        try harness.database.writeBlocking { transaction in
            let context = harness.context
            let copy = try harness.store.clone(id, as: "Copy", by: context, in: transaction)
            #expect(!copy.isActive)
            #expect(copy.definition.folder == "in")
            #expect(throws: ImportError.nameTaken("NIGHTLY")) {
                try harness.store.clone(id, as: "NIGHTLY", by: context, in: transaction)
            }
            let taken = try harness.definition("copy")
            #expect(throws: ImportError.nameTaken("copy")) {
                try harness.store.update(other, to: taken, by: context, in: transaction)
            }
            let names = try harness.store.all(in: transaction).map(\.definition.name)
            #expect(names == ["Copy", "Nightly", "Other"])
        }
    }
}

@Suite struct FeedWatchTests {
    private func file(_ rows: Int) -> String {
        "userId,firstName\n" + (0..<rows).map { "u\($0),n\(rows)\n" }.joined()
    }

    private func learned(_ harness: ImportHarness, plan: ImportPlan) async throws -> ImportID {
        let definition = try harness.definition(watch: FeedWatch(), plan: plan)
        let id = try harness.create(definition, isActive: false)
        for rows in [10, 11, 12] {
            try harness.drop("a.csv", file(rows))
            try harness.runNow(id)
            try await harness.worker.runUntilIdle()
        }
        return id
    }

    @Test(arguments: TestEngine.allCases)
    func `a file far from the usual is held until it is accepted`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let id = try await learned(harness, plan: ImportPlan())
        try harness.drop("a.csv", file(2))
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        let held = try harness.ended(task).task
        #expect(held.status == .new)
        #expect(held.holdReason == "the file has 2 rows; 11 are usual (82 % off)")
        #expect(harness.listener.heard.count == 6)
        harness.time.advance(by: .hours(2))
        try harness.database.writeBlocking { transaction in
            try harness.store.accept(task, by: harness.context, in: transaction)
            #expect(throws: ImportError.notHeld(task)) {
                try harness.store.accept(task, by: harness.context, in: transaction)
            }
        }
        try await harness.worker.runUntilIdle()
        let ended = try harness.ended(task)
        #expect(ended.task.status == .completed)
        #expect(ended.breakdown.total == 2)
        #expect(ended.task.startedAt == harness.time.now())
    }

    @Test func `a file within the bounds is not held`() async throws {
        let harness = try ImportHarness(.memory)
        let id = try await learned(harness, plan: ImportPlan())
        try harness.drop("a.csv", file(19))
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.tasks().allSatisfy { $0.status == .completed })
    }

    @Test func `a mapped column that is missing holds the file`() async throws {
        let harness = try ImportHarness(.memory)
        let mapping = ["userId", "firstName"].map { ColumnMapping($0, to: .attribute($0)) }
        let id = try await learned(harness, plan: ImportPlan(mapping: mapping))
        try harness.drop("a.csv", "userId\nu1\nu2\nu3\nu4\nu5\nx\n")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(
            try harness.ended(task).task.holdReason
                == "the file has no column firstName, which is mapped"
        )
        try harness.database.writeBlocking { transaction in
            try harness.store.accept(task, by: harness.context, in: transaction)
        }
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(task).breakdown.created == 1)
        #expect(try harness.values(of: "firstName")["u1"] == "n12")
    }

    @Test func `a held file that was cancelled can be taken again`() async throws {
        let harness = try ImportHarness(.memory)
        let id = try await learned(harness, plan: ImportPlan())
        try harness.drop("a.csv", file(2))
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace).stop(task, by: harness.context, in: transaction)
        }
        let again = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(again).task.holdReason != nil)
    }
}

@Suite struct FileSampleTests {
    @Test func `the header and 30 rows of the file that would be taken are shown`() throws {
        let harness = try ImportHarness(.memory)
        let rows = (1...40).map { "u\($0),x\n" }.joined()
        try harness.drop("a.csv", "userId;y\n", age: 5)
        try harness.drop("b.csv", "userId,firstName\n" + rows)
        let sample = try FileSample(
            try harness.definition(),
            of: harness.workspace,
            spool: harness.spool,
            locations: harness.locations,
            database: harness.database
        )
        #expect(sample.fileName == "b.csv")
        #expect(sample.header == ["userId", "firstName"])
        #expect(sample.rows.count == 30)
        #expect(try harness.spool.names(of: .fetched).isEmpty)
    }
}
