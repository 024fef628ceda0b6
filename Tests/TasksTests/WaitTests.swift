// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct WaitTests {
    @Test(arguments: TestEngine.allCases)
    func `a job puts its task back in its own transaction, and is woken`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await wait(world)
        let waiting = try world.task(id)
        #expect(waiting.status == .new && waiting.runAt == world.now + .hours(1))
        #expect(waiting.waitReason == "a test" && waiting.attempts == 0)
        try world.database.writeBlocking { try world.store.wake(id, in: $0) }
        #expect(try world.task(id).runAt == world.now)
        try await world.work()
        #expect(try world.task(id).status == .completed)
    }

    @Test(arguments: TestEngine.allCases)
    func `a task that is held or that never waited is not woken`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let held = try world.enqueue()
        try await world.work { _ in .held(reason: "a person decides") }
        let later = try world.enqueue(at: world.now + .hours(1))
        try world.database.writeBlocking { transaction in
            for id in [held, later] { try world.store.wake(id, in: transaction) }
        }
        #expect(try await world.work() == 0)
        #expect(try world.task(later).runAt == world.now + .hours(1))
    }

    @Test(arguments: TestEngine.allCases)
    func `a task is moved and renamed; one that executes keeps its moment`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue(at: world.now + .hours(1))
        let soon = world.now + .minutes(5)
        try reschedule(world, id, to: soon)
        #expect(try world.task(id).info == "Summer")
        #expect(try world.task(id).runAt == soon)
        world.time.set(soon)
        try await world.work { run in
            try reschedule(world, id, to: soon + .hours(1))
            return .ended(try TaskEnding(.completed, "Done."))
        }
        #expect(try world.task(id).runAt == soon)
    }

    @Test(arguments: TestEngine.allCases)
    func `a job closes what its task kept open once it ends Fatal, not before`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let type = TaskType(
            name: "quick",
            displayName: "Quick",
            queue: "quick",
            retry: RetryPolicy(attempts: 2, firstPause: .seconds(30), longestPause: .minutes(1))
        )
        let id = try world.enqueue(type)
        try await world.worker(FailingJob(type: type)).runUntilIdle()
        #expect(try world.steps(id) == ["Attempt 1 failed: broken"])
        world.time.advance(by: .minutes(2))
        try await world.worker(FailingJob(type: type)).runUntilIdle()
        #expect(try world.task(id).status == .fatal)
        #expect(try world.steps(id).suffix(2) == ["broken", "Closed after: broken"])
    }

    private func wait(_ world: World) async throws {
        try await world.work { run in
            try await run.database.write { transaction in
                try run.guardLease(in: transaction)
                try run.wait(
                    until: transaction.moment + .hours(1),
                    reason: "a test",
                    in: transaction
                )
            }
            return .endedInTransaction
        }
    }

    private func reschedule(_ world: World, _ id: TaskID, to moment: Instant) throws {
        try world.database.writeBlocking { transaction in
            try world.store.reschedule(id, info: "Summer", runAt: moment, in: transaction)
        }
    }
}

/// Fails each time, and says when that was the last.
private struct FailingJob: TaskJob {
    struct Broken: Error, CustomStringConvertible {
        let description = "broken"
    }

    let type: TaskType

    func run(_ run: TaskRun) async throws -> TaskOutcome { throw Broken() }

    func failed(_ run: TaskRun, _ words: String, in transaction: Transaction) throws {
        try run.store.log("Closed after: \(words)", of: run.task.id, in: transaction)
    }
}
