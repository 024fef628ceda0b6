// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

/// What follows the ends of tasks.
@Suite struct FollowerTests {
    private static let told = TaskType(name: "told", displayName: "Told", queue: "told")

    private func follow(_ world: World, _ followed: Set<String> = [], subject: Int64 = 7) throws {
        let follower = TaskFollower(
            type: Self.told,
            subject: subject,
            info: "Tell \(subject)",
            followed: followed
        )
        try world.database.writeBlocking {
            try TaskFollowers(WorkspaceID(1)).set(follower, in: $0)
        }
    }

    private func followers(of id: TaskID, _ world: World) throws -> [TaskRecord] {
        try world.history { $0.parentID = id }.map { try world.task($0) }
    }

    @Test(arguments: TestEngine.allCases)
    func `each way in which a task ends is followed once, in its transaction`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try follow(world)
        let limited = TaskType(name: "limited", displayName: "", queue: "q", retry: .never)
        let completed = try world.enqueue()
        try await world.work { run in
            .ended(try TaskEnding(.error, "Half.", result: ["rows": 3]))
        }
        let failed = try world.enqueue(limited)
        try await world.work(limited) { _ in throw Failure() }
        let stopped = try world.enqueue()
        try world.stop(stopped)
        let companion = try world.enqueue(info: "companion", at: world.now + .hours(1))
        let leader = try world.enqueue()
        try await world.work { run in
            try await world.database.write { transaction in
                try run.end(companion: companion, TaskEnding(.completed, "By."), in: transaction)
            }
            return .ended(try TaskEnding(.completed, "Done."))
        }
        let late = try world.enqueue()
        try world.database.writeBlocking { transaction in
            let store = TaskStore(WorkspaceID(1))
            let has = try store.endWaiting(late, .fatal, "Too late.", in: transaction)
            let again = try store.endWaiting(late, .fatal, "Too late.", in: transaction)
            #expect(has && !again)
        }
        let statuses: [(TaskID, TaskStatus)] = [
            (late, .fatal), (completed, .error), (failed, .fatal), (stopped, .completed),
            (companion, .completed),
            (leader, .completed),
        ]
        for (id, status) in statuses {
            let next = try followers(of: id, world)
            #expect(next.map(\.type) == ["told"])
            #expect(next.first?.lane == "told 7" && next.first?.info == "Tell 7")
            let order: TaskFollowUp? = try next.first?.parameters()
            #expect(order?.subject == 7)
            #expect(order?.end?.task == id && order?.end?.status == status)
            #expect(order?.end?.finished == world.now)
        }
        let first: TaskFollowUp? = try followers(of: completed, world).first?.parameters()
        #expect(first?.end?.ledger == ["rows": 3] && first?.end?.outcome == "Half.")
        let words: TaskFollowUp? = try followers(of: stopped, world).first?.parameters()
        #expect(words?.end?.outcome == "Cancelled by a person.")
    }

    @Test(arguments: TestEngine.allCases)
    func `an end that is rolled back is not followed, and the next one is, once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try follow(world)
        let id = try world.enqueue()
        world.failpoints.arm("test.ended")
        let job: @Sendable (TaskRun) async throws -> TaskOutcome = { run in
            try await run.database.write(.guarded) { transaction in
                try run.end(TaskEnding(.completed, "Done."), in: transaction)
                try run.failpoints.pass("test.ended")
            }
            return .endedInTransaction
        }
        try await world.work(World.quick, job)
        #expect(try followers(of: id, world).isEmpty)
        world.time.advance(by: .minutes(2))
        try await world.work(World.quick, job)
        #expect(try world.task(id).status == .completed)
        #expect(try followers(of: id, world).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `what follows is not followed, and orders that were removed are not obeyed`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try follow(world)
        try follow(world, ["other"], subject: 8)
        let id = try world.enqueue()
        try await world.work()
        let next = try followers(of: id, world)
        #expect(next.map(\.lane) == ["told 7"])
        try await world.work(Self.told)
        #expect(try followers(of: next[0].id, world).isEmpty)
        try world.database.writeBlocking { transaction in
            try TaskFollowers(WorkspaceID(1)).remove(Self.told, subject: 7, in: transaction)
        }
        let later = try world.enqueue()
        try await world.work()
        #expect(try followers(of: later, world).isEmpty)
        try world.enqueue(in: WorkspaceID(2))
        try await world.work()
        let foreign = try world.database.readBlocking {
            try TaskStore(WorkspaceID(2)).history(in: $0).map(\.type)
        }
        #expect(foreign == ["quick"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a due time that was missed is followed`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        try follow(world)
        let task = try NewTask(World.quick, info: "hourly", parameters: 1)
        let recurrence = try #require(Recurrence(.hourly(every: 1, from: world.now), in: .utc))
        _ = try world.database.writeBlocking { transaction in
            try ScheduleStore(WorkspaceID(1)).create(
                task,
                recurrence: recurrence,
                isActive: true,
                missedWindow: .minutes(1),
                by: world.context,
                in: transaction
            )
        }
        world.time.advance(by: .minutes(181))
        try await Scheduler(world.database).runOnce()
        let missed = try world.history { $0.statuses = [.error] }
        #expect(!missed.isEmpty)
        for id in missed { #expect(try followers(of: id, world).count == 1) }
    }

    @Test(arguments: TestEngine.dialects)
    func `a workspace without orders pays for no statement more`(
        _ engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        try world.enqueue()
        try await world.work()
        #expect(!log.statements(with: "is_followed").isEmpty)
        #expect(log.statements(with: "FROM task_follower", "followed FROM").isEmpty)
    }
}
