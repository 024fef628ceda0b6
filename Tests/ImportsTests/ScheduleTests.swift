// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct ScheduleTests {
    @Test(arguments: TestEngine.dialects)
    func `the latest missed due time runs, older ones are recorded`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
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

    @Test(arguments: TestEngine.lasting)
    func `a run that is due while another executes waits and says so`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
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

    @Test(arguments: TestEngine.dialects)
    func `edits concern later runs, deletion leaves the history`(_ engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine)
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
