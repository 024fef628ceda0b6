// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct ScheduleTests {
    private static let store = ScheduleStore(WorkspaceID(1))

    /// Makes an hourly schedule, first due one hour after the clock's start.
    private static func schedule(
        _ world: World,
        isActive: Bool = true,
        window: Span = .hours(12)
    ) throws -> ScheduleID {
        let recurrence = try #require(Recurrence(.hourly(every: 1, from: world.now), in: .utc))
        let task = try NewTask(
            World.quick,
            info: "hourly",
            parameters: ["a": 1],
            subjects: TaskSubjects(importID: ID(3)),
            lane: "import:3"
        )
        return try world.database.writeBlocking { transaction in
            try store.create(
                task,
                recurrence: recurrence,
                isActive: isActive,
                missedWindow: window,
                by: world.context,
                in: transaction
            )
        }
    }

    private static func due(_ world: World) throws -> [TaskRecord] {
        try world.history(limit: 1_000).map { try world.task($0) }
    }

    @Test(arguments: TestEngine.allCases)
    func `a due time makes one task, with all that the schedule says`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try ScheduleTests.schedule(world)
        #expect(try await Scheduler(world.database).runOnce() == 0)
        let due = world.time.advance(by: .hours(1))
        #expect(try await Scheduler(world.database).runOnce() == 1)
        #expect(try await Scheduler(world.database).runOnce() == 0)
        let tasks = try ScheduleTests.due(world)
        #expect(tasks.count == 1)
        #expect(tasks[0].scheduleID == id)
        #expect(tasks[0].dueAt == due)
        #expect(tasks[0].runAt == due)
        #expect(tasks[0].lane == "import:3")
        #expect(tasks[0].subjects.importID == ID(3))
        #expect(try tasks[0].parameters() == ["a": 1])
        #expect(tasks[0].startedBy == "schedule")
        #expect(tasks[0].source == .fileImport)
    }

    @Test(arguments: TestEngine.allCases)
    func `schedulers at once make one task a due time, over restarts too`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        _ = try ScheduleTests.schedule(world)
        for _ in 0..<10 {
            world.time.advance(by: .hours(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { _ = try await Scheduler(world.database).runOnce() }
                }
                try await group.waitForAll()
            }
        }
        let tasks = try ScheduleTests.due(world)
        #expect(tasks.count == 10)
        #expect(Set(tasks.compactMap(\.dueAt)).count == 10)
        #expect(tasks.allSatisfy { $0.status == .new })
    }

    @Test(arguments: TestEngine.lasting)
    func `a program that starts again goes on where the last one was`(
        _ engine: TestEngine
    ) async throws {
        let place = try engine.place(migrations: TaskSchema.migrations)
        let address = place.address
        let time = ManualTime()
        let start = time.now()
        for hours in [1, 1, 3] {
            let database = try Database(
                address,
                migrations: TaskSchema.migrations,
                time: time
            )
            let context = Context(
                workspace: ID(1),
                actor: "ann",
                source: .manualEdit,
                moment: start
            )
            if time.now() == start {
                let recurrence = try #require(Recurrence(.hourly(every: 1, from: start), in: .utc))
                try await database.write { transaction in
                    _ = try ScheduleTests.store.create(
                        try NewTask(World.quick, info: "hourly", parameters: 1),
                        recurrence: recurrence,
                        isActive: true,
                        by: context,
                        in: transaction
                    )
                }
            }
            time.advance(by: .hours(Int64(hours)))
            try await Scheduler(database).runOnce()
            try database.close()
        }
        let database = try Database(address, migrations: TaskSchema.migrations, time: time)
        let tasks = try await database.read {
            try TaskStore(ID(1)).history(limit: 100, in: $0)
        }
        #expect(tasks.compactMap(\.dueAt).sorted() == (1...5).map { start + .hours($0) })
        #expect(
            tasks.filter { $0.status == .error }.compactMap(\.dueAt).sorted()
                == [start + .hours(3), start + .hours(4)]
        )
    }

    @Test(arguments: TestEngine.allCases, [Span.hours(12), .hours(2)])
    func `of the due times that were missed the latest runs if it is young enough`(
        engine: TestEngine,
        window: Span
    ) async throws {
        let world = try World(engine)
        let time = try #require(TimeOfDay("03:00"))
        let recurrence = try #require(Recurrence(.daily(at: time), in: .utc))
        try await world.database.write { transaction in
            _ = try ScheduleTests.store.create(
                NewTask(World.quick, info: "daily", parameters: 1),
                recurrence: recurrence,
                isActive: true,
                missedWindow: window,
                by: world.context,
                in: transaction
            )
        }
        // Monday 08:00; down until Thursday 10:00, seven hours after the due time.
        world.time.advance(by: .hours(74))
        try await Scheduler(world.database).runOnce()
        let tasks = try ScheduleTests.due(world)
        #expect(tasks.count == 3)
        #expect(tasks.count { $0.status == .new } == (window == .hours(12) ? 1 : 0))
        let missed = try #require(tasks.first { $0.status == .error })
        #expect(missed.outcome?.hasPrefix("Missed: due at ") == true)
        #expect(missed.finishedAt == world.now)
    }

    private static let start = ManualTime.monday

    @Test(arguments: [
        // Hours after the due time; whether it runs; how many are missed; hours to the next.
        (late: 0.0, runs: 0.0 as Double?, missed: 0, next: 1.0),
        (late: 0.5, runs: 0, missed: 0, next: 1),
        (late: 1, runs: 1, missed: 1, next: 2),
        (late: 2.5, runs: 2, missed: 2, next: 3),
    ])
    func `the plan of due times`(late: Double, runs: Double?, missed: Int, next: Double) throws {
        let start = ScheduleTests.start
        func at(_ hours: Double) -> Instant {
            start + Span(microseconds: Int64(hours * 3_600_000_000))
        }
        let recurrence = try #require(Recurrence(.hourly(every: 1, from: start), in: .utc))
        let plan = DuePlan(recurrence, due: start, window: .minutes(45))
        let decision = plan.decide(now: at(late))
        #expect(decision.run == runs.map(at))
        #expect(decision.missed == (0..<missed).map { at(Double($0)) })
        #expect(decision.next == at(next))
    }

    @Test func `a due time is too old at the window's length exactly`() throws {
        let start = ScheduleTests.start
        let time = try #require(TimeOfDay("08:00"))
        let recurrence = try #require(Recurrence(.daily(at: time), in: .utc))
        let plan = DuePlan(recurrence, due: start, window: .hours(12))
        let last = start + .hours(12) - Span(microseconds: 1)
        #expect(plan.decide(now: last).run == start)
        #expect(plan.decide(now: start + .hours(12)).run == nil)
        #expect(plan.decide(now: start + .hours(12)).missed == [start])
        #expect(plan.decide(now: start + .hours(12)).next == start + .days(1))
    }

    @Test(arguments: TestEngine.allCases)
    func `a paused schedule makes nothing and looks ahead when it goes on`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try ScheduleTests.schedule(world, isActive: false)
        world.time.advance(by: .hours(3))
        try await Scheduler(world.database).runOnce()
        #expect(try world.history().isEmpty)
        try await world.database.write { transaction in
            try ScheduleTests.store.setActive(id, true, by: world.context, in: transaction)
        }
        try await Scheduler(world.database).runOnce()
        #expect(try world.history().isEmpty)
        world.time.advance(by: .hours(1))
        try await Scheduler(world.database).runOnce()
        #expect(try world.history().count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a run that is due while the previous one executes waits for it`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        _ = try ScheduleTests.schedule(world)
        world.time.advance(by: .hours(1))
        try await Scheduler(world.database).runOnce()
        let first = world.run(try #require(try world.claim().first))
        world.time.advance(by: .hours(1))
        try await first.progress(done: 1, total: nil)
        try await Scheduler(world.database).runOnce()
        let second = try #require(try world.history().first)
        #expect(try world.claim().isEmpty)
        #expect(
            try world.sentence(second)
                == "It waits for task \(first.task.id), which runs before it."
        )
    }
}
