// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct StopTests {
    @Test(arguments: TestEngine.allCases)
    func `a task that has not started is cancelled at once`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try world.stop(id)
        #expect(try world.task(id).status == .completed)
        #expect(try world.task(id).outcome == "Cancelled by ann.")
        #expect(try world.task(id).finishedAt == world.now)
        #expect(try await world.work() == 0)
        #expect(throws: TaskError.ended(id)) { try world.stop(id) }
    }

    @Test(arguments: TestEngine.allCases)
    func `a task that runs is asked, and told who asked`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await world.work { run in
            #expect(try !run.isStopRequested())
            try world.stop(id)
            #expect(try run.isStopRequested())
            let who = try world.database.readBlocking { try run.stopRequester(in: $0) }
            return .ended(try TaskEnding(.completed, "Stopped by \(who ?? "nobody")."))
        }
        #expect(try world.task(id).outcome == "Stopped by ann.")
        #expect(try world.steps(id) == ["ann asked it to stop.", "Stopped by ann."])
    }

    @Test(arguments: TestEngine.allCases)
    func `a type that has something to close is stopped by its job, also while it waits`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let type = TaskType(
            name: "send",
            displayName: "Send",
            queue: "sends",
            closesWhenStopped: true
        )
        let waiting = try world.enqueue(type, at: world.now + .hours(1))
        let held = try world.enqueue(type)
        try await world.work(type) { _ in .held(reason: "restored") }
        for id in [waiting, held] {
            try world.stop(id)
            #expect(try world.task(id).status == .new)
            try await world.work(type) { run in
                .ended(try TaskEnding(.completed, run.task.stopRequestedBy ?? "nobody"))
            }
            #expect(try world.task(id).outcome == "ann")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `what ended Error or Fatal, or waits, can be tried again at once`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        for status in [TaskStatus.error, .fatal] {
            let id = try world.enqueue()
            let start = world.now
            try await world.work { _ in .ended(try TaskEnding(status, "Bad.")) }
            world.time.advance(by: .hours(1))
            try world.retry(id)
            #expect(try world.task(id).status == .new)
            #expect(try world.task(id).attempts == 0)
            #expect(try world.task(id).finishedAt == nil)
            #expect(try world.task(id).startedAt == start)
            try await world.work()
            #expect(try world.task(id).status == .completed)
            #expect(throws: TaskError.cannotRetry(id)) { try world.retry(id) }
        }
        let waiting = try world.enqueue(at: world.now + .hours(1))
        try world.retry(waiting)
        try await world.work { run in
            #expect(throws: TaskError.cannotRetry(run.task.id)) { try world.retry(run.task.id) }
            return .ended(try TaskEnding(.completed, "Done."))
        }
        #expect(try world.task(waiting).status == .completed)
    }

    @Test(arguments: TestEngine.allCases)
    func `tasks of another workspace can be neither seen nor changed`(engine: TestEngine) throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let other = TaskStore(WorkspaceID(2))
        try world.database.writeBlocking { transaction in
            #expect(throws: TaskError.noSuchTask(id)) { try other.task(id, in: transaction) }
            #expect(throws: TaskError.noSuchTask(id)) {
                try other.stop(id, by: world.context, in: transaction)
            }
            #expect(throws: TaskError.cannotRetry(id)) {
                try other.retry(id, by: world.context, in: transaction)
            }
        }
        #expect(try world.task(id).status == .new)
    }
}
