// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct OutcomeTests {
    @Test(arguments: TestEngine.allCases)
    func `a task passes through its statuses, with who, when, result and log`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        #expect(
            TaskStatus.allCases.map(\.displayName) == [
                "New", "Executing", "Completed", "Error", "Fatal",
            ]
        )
        for status in [TaskStatus.completed, .error, .fatal] {
            let id = try world.enqueue()
            #expect(try world.task(id).status == .new)
            #expect(try world.task(id).date == world.now)
            let start = world.time.advance(by: .minutes(1))
            try await world.work { run in
                #expect(try world.task(id).status == .executing)
                #expect(try world.task(id).timeLeft(now: world.now) == nil)
                try await run.step("Half way.")
                try await run.progress(done: 25, total: 100)
                world.time.advance(by: .seconds(10))
                #expect(try world.task(id).timeLeft(now: world.now) == .seconds(30))
                return .ended(try TaskEnding(status, "Over.", result: ["rows": 3]))
            }
            let task = try world.task(id)
            #expect(task.status == status)
            #expect(task.startedBy == "ann")
            #expect(task.startedAt == start)
            #expect(task.finishedAt == world.now)
            #expect(task.outcome == "Over.")
            #expect(try task.result() == ["rows": 3])
            #expect(task.progressDone == (status == .fatal ? 25 : 100))
            #expect(task.timeLeft(now: world.now) == nil)
            #expect(try world.steps(id) == ["Half way.", "Over."])
            #expect(try world.sentence(id) == nil)
        }
    }

    @Test(arguments: [
        (failures: 1, chance: 0.0, seconds: 30.0 as Double?),
        (failures: 1, chance: 0.999, seconds: 37.4925),
        (failures: 2, chance: 0.0, seconds: 60.0),
        (failures: 3, chance: 0.5, seconds: 135.0),
        (failures: 4, chance: 0.0, seconds: 240.0),
        (failures: 5, chance: 0.0, seconds: nil),
        (failures: 50, chance: 0.0, seconds: nil),
    ])
    func `the standard retry policy`(failures: Int, chance: Double, seconds: Double?) {
        let pause = RetryPolicy.standard.pause(afterFailure: failures, chance: chance)
        #expect(pause?.inSeconds == seconds)
    }

    @Test func `pauses grow to the longest one and no further, and chance adds up to a quarter`() {
        let policy = RetryPolicy(
            attempts: 200,
            firstPause: .seconds(1),
            longestPause: .minutes(30)
        )
        for failure in 1..<200 {
            let least = policy.pause(afterFailure: failure, chance: 0)
            let most = policy.pause(afterFailure: failure, chance: 0.999_999)
            let wanted = failure < 12 ? Span.seconds(1 << Int64(failure - 1)) : .minutes(30)
            #expect(least == min(wanted, .minutes(30)))
            #expect((most?.inSeconds ?? 0) < min(wanted, .minutes(30)).inSeconds * 1.25)
        }
        #expect(RetryPolicy.never.pause(afterFailure: 1, chance: 0) == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `a task that fails is tried five times with growing pauses, then it is Fatal`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        for attempt in 1...5 {
            try #require(try await world.work { _ in throw Failure() } == 1)
            let task = try world.task(id)
            #expect(task.attempts == attempt)
            guard attempt < 5 else { break }
            #expect(task.status == .new)
            let pause = (task.runAt - world.now).inSeconds
            let least = 30.0 * Double(1 << (attempt - 1))
            #expect(pause >= least && pause < least * 1.25)
            #expect(
                try world.sentence(id)
                    == "Attempt \(attempt) failed (the relay is away); the next is at \(task.runAt)."
            )
            world.time.set(task.runAt - .milliseconds(1))
            #expect(try await world.work { _ in throw Failure() } == 0)
            world.time.set(task.runAt)
        }
        #expect(try world.task(id).status == .fatal)
        #expect(try world.task(id).outcome == "the relay is away")
        #expect(try world.steps(id).count == 5)
    }

    @Test(arguments: TestEngine.allCases)
    func `what no retry can mend is Fatal at once, as is a type that nobody knows`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await world.work { _ in throw Failure(retryAdvice: .never) }
        #expect(try world.task(id).status == .fatal)
        let unknown = try world.enqueue(TaskType(name: "other", displayName: "Other", queue: "o"))
        try await world.work()
        #expect(try world.task(unknown).status == .fatal)
        #expect(try world.task(unknown).outcome?.contains("no job for tasks of type other") == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `a task that waits is no failure, even after one`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await world.work { _ in throw Failure() }
        world.time.set(try world.task(id).runAt)
        let until = world.now + .hours(1)
        try await world.work { _ in .waiting(until: until, reason: "the file is still growing") }
        #expect(try world.task(id).status == .new)
        #expect(try world.task(id).attempts == 1)
        #expect(try world.task(id).runAt == until)
        #expect(try world.sentence(id) == "It goes on at \(until): the file is still growing.")
        world.time.set(until)
        #expect(
            try world.sentence(id) == "It is next; a worker takes it as soon as one is free."
        )
        try await world.work()
        #expect(try world.task(id).status == .completed)
        #expect(try world.task(id).waitReason == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `a held task waits for a person, who releases it`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await world.work { _ in .held(reason: "80 % fewer rows") }
        world.time.advance(by: .days(3))
        #expect(try await world.work() == 0)
        #expect(
            try world.sentence(id) == "It is held until someone decides: 80 % fewer rows."
        )
        let released = try world.database.writeBlocking { transaction in
            try (0..<2).map { _ in
                try world.store.release(id, by: world.context, in: transaction)
            }
        }
        #expect(released == [true, false])
        try await world.work()
        #expect(try world.task(id).status == .completed)
        #expect(
            try world.steps(id) == ["Held: 80 % fewer rows", "Released by ann.", "Done."]
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `each waiting task says what it waits for`(engine: TestEngine) async throws {
        let world = try World(engine)
        let later = try world.enqueue(at: world.now + .hours(1))
        let next = try world.enqueue()
        let second = try world.enqueue()
        let third = try world.enqueue()
        #expect(try world.sentence(later) == "It is due at \(world.now + .hours(1)).")
        #expect(
            try world.sentence(next) == "It is next; a worker takes it as soon as one is free."
        )
        #expect(
            try world.sentence(second) == "It waits for a worker; 1 due task stands before it."
        )
        #expect(
            try world.sentence(third) == "It waits for a worker; 2 due tasks stand before it."
        )
        _ = try world.claim()
        #expect(try world.sentence(next) == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `a job can end its task in its own transaction, once`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try await world.work { run in
            try await world.database.write { transaction in
                try run.end(try TaskEnding(.completed, "Over."), in: transaction)
            }
            return .endedInTransaction
        }
        #expect(try world.task(id).status == .completed)
        #expect(try world.steps(id) == ["Over."])
    }
}
