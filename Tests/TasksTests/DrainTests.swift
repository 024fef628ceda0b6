// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

/// What a worker that is cancelled does with the tasks that run.
@Suite struct DrainTests {
    @Test(arguments: TestEngine.allCases)
    func `a run that reaches a safe place is put back, and another node goes on at once`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let worker = world.worker(
            Job(type: World.quick) { run in
                try await world.database.write { transaction in
                    try run.save(checkpoint: 7, done: 7, total: 9, in: transaction)
                }
                return try await DrainTests.waitForStop(run)
            }
        )
        try await stop(worker, at: { try world.task(id).checkpoint != nil })
        try expectPutBack(id, in: world)
        try await world.work { run in
            let checkpoint: Int? = try run.checkpoint()
            return .ended(try TaskEnding(.completed, "Went on at \(checkpoint ?? 0)."))
        }
        #expect(try world.task(id).outcome == "Went on at 7.")
        #expect(try world.task(id).attempts == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a run that ends in time ends as ever, and nothing more is claimed`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.limit("quick", to: 1)
        let id = try world.enqueue()
        let next = try world.enqueue()
        let worker = world.worker(
            Job(type: World.quick) { run in
                while !run.isInterrupted { await Task.yield() }
                return .ended(try TaskEnding(.completed, "Done."))
            }
        )
        try await stop(worker, at: { try world.task(id).status == .executing })
        #expect(worker.runningTasks == 0)
        #expect(try world.task(id).status == .completed)
        #expect(try world.task(next).status == .new)
    }

    @Test(arguments: TestEngine.allCases)
    func `a run that does not look is put back when time is up, and writes nothing any more`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let (end, ending) = AsyncStream.makeStream(of: Void.self)
        let (over, overs) = AsyncStream.makeStream(of: Bool.self)
        let worker = world.worker(
            Job(type: World.quick) { run in
                // What blocks does not hear of a cancellation.
                await Task { for await _ in end { return } }.value
                do {
                    try await run.progress(done: 1, total: 1)
                    overs.yield(true)
                } catch {
                    overs.yield(false)
                }
                return .ended(try TaskEnding(.completed, "Too late."))
            }
        )
        try await stop(
            worker,
            within: .milliseconds(1),
            at: { try world.task(id).status == .executing }
        )
        #expect(worker.runningTasks == 1)
        try expectPutBack(id, in: world)
        ending.yield()
        var writes = over.makeAsyncIterator()
        #expect(await writes.next() == false)
        try expectPutBack(id, in: world)
    }

    @Test(arguments: TestEngine.allCases)
    func `what a run fails on because it is cancelled is no failure`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let worker = world.worker(
            Job(type: World.quick) { _ in
                // Ends with the cancellation alone.
                let (never, keeping) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                keeping.finish()
                throw Failure(retryAdvice: .never)
            }
        )
        try await stop(
            worker,
            within: .milliseconds(1),
            at: { try world.task(id).status == .executing }
        )
        try expectPutBack(id, in: world)
    }

    @Test(arguments: TestEngine.allCases)
    func `a database that was away is no failure of the task`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        for round in 0..<8 {
            try await world.work { _ in
                throw round % 2 == 0
                    ? DatabaseError.connectionLost("gone") : DatabaseError.commitUnknown("gone")
            }
            let task = try world.task(id)
            #expect(task.status == .new)
            #expect(task.attempts == 0)
            #expect(try world.sentence(id)?.contains("broke") == true)
            world.time.advance(by: .seconds(2))
        }
        try await world.work()
        #expect(try world.task(id).status == .completed)
    }

    /// Runs a worker and cancels it as soon as something is so.
    private func stop(
        _ worker: Worker,
        within limit: Duration = .seconds(600),
        at isReached: @escaping @Sendable () throws -> Bool
    ) async throws {
        var worker = worker
        worker.drainLimit = limit
        worker.giveBackLimit = .seconds(600)
        let work = Task { [worker] in await worker.run() }
        while try !isReached() { await Task.yield() }
        work.cancel()
        await work.value
    }

    private static func waitForStop(_ run: TaskRun) async throws -> TaskOutcome {
        while try !run.isStopRequested() { await Task.yield() }
        return .held(reason: "nobody asked it to stop")
    }

    private func expectPutBack(_ id: TaskID, in world: World) throws {
        let task = try world.task(id)
        #expect(task.status == .new)
        #expect(task.attempts == 0)
        #expect(task.leaseUntil == nil)
        #expect(task.failure == nil)
        #expect(task.runAt == world.now)
        #expect(
            try world.steps(id) == ["Its node shuts down; the task goes on at its checkpoint."]
        )
    }
}
