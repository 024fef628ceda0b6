// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Imports
import Tasks
import TestSupport
import Testing

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

    @Test(arguments: TestEngine.dialects)
    func `a file within the bounds is not held`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try await learned(harness, plan: ImportPlan())
        try harness.drop("a.csv", file(19))
        try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        #expect(try harness.tasks().allSatisfy { $0.status == .completed })
    }

    @Test(arguments: TestEngine.dialects)
    func `a mapped column that is missing holds the file`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
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

    @Test(arguments: TestEngine.dialects)
    func `a held file that was cancelled can be taken again`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
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

@Suite struct FeedPreviewTests {
    @Test(arguments: TestEngine.dialects)
    func `the header and 30 rows of the file that would be taken are shown`(
        _ engine: TestEngine
    ) throws {
        let harness = try ImportHarness(engine)
        let rows = (1...40).map { "u\($0),x\n" }.joined()
        try harness.drop("a.csv", "userId;y\n", age: 5)
        try harness.drop("b.csv", "userId,firstName\n" + rows)
        let (name, preview) = try ImportPreview.read(
            try harness.definition(),
            workspace: harness.workspace,
            spool: harness.spool,
            locations: harness.locations,
            database: harness.database
        )
        #expect(name == "b.csv")
        #expect(preview.header == ["userId", "firstName"])
        #expect(preview.sample.count == 30)
        #expect(preview.mapping.map(\.target) == [.attribute("userId"), .attribute("firstName")])
        #expect(try harness.spool.names(of: .fetched).isEmpty)
    }
}
