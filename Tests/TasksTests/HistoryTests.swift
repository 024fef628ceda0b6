// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Synchronization
import TestSupport
import Testing

@testable import Tasks

@Suite struct HistoryTests {
    @Test(arguments: TestEngine.allCases)
    func `history is filtered by every column and subject`(engine: TestEngine) async throws {
        let world = try World(engine)
        let start = world.now
        let other = TaskType(name: "other", displayName: "Other", queue: "other")
        let parent = try world.enqueue(info: "Nightly import", subjects: .init(importID: ID(5)))
        try await world.work()
        world.time.advance(by: .hours(1))
        let child = try world.enqueue(
            other,
            info: "Welcome",
            subjects: .init(campaignID: ID(7), exportID: ID(8), parentID: parent),
            by: "bob"
        )
        #expect(try world.history() == [child, parent])
        #expect(try world.history { $0.types = ["other"] } == [child])
        #expect(try world.history { $0.statuses = [.completed, .error] } == [parent])
        #expect(try world.history { $0.importID = ID(5) } == [parent])
        #expect(try world.history { $0.exportID = ID(8) } == [child])
        #expect(try world.history { $0.campaignID = ID(7) } == [child])
        #expect(try world.history { $0.parentID = parent } == [child])
        #expect(try world.history { $0.startedBy = "bob" } == [child])
        #expect(try world.history { $0.text = "NIGHT" } == [parent])
        #expect(try world.history { $0.from = world.now } == [child])
        #expect(try world.history { $0.until = world.now } == [parent])
        #expect(try world.history { $0.until = start }.isEmpty)
        #expect(
            try world.history {
                $0.types = ["other"]; $0.importID = ID(5)
            }.isEmpty
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `pages follow each other, newest first, without gap or overlap`(
        engine: TestEngine
    ) throws {
        let world = try World(engine)
        let other = TaskType(name: "other", displayName: "Other", queue: "other")
        let ids = try (0..<25).map { try world.enqueue($0 % 2 == 0 ? World.quick : other) }
        var seen: [TaskID] = []
        while true {
            let page = try world.history(before: seen.last, limit: 5) { $0.types = ["quick"] }
            guard !page.isEmpty else { break }
            #expect(page.count <= 5)
            seen += page
        }
        #expect(seen == ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).reversed())
    }

    @Test(arguments: TestEngine.allCases)
    func `every statement binds the workspace, but for those of the node itself`(
        engine: TestEngine
    ) async throws {
        let statements = Mutex<Set<String>>([])
        let world = try World(engine) { sql in statements.withLock { _ = $0.insert(sql) } }
        statements.withLock { $0 = [] }
        try await HistoryTests.useEverything(world)
        let tables = ["task ", "task_step ", "schedule ", "queue_limit "]
        let words = ["FROM ", "INTO ", "UPDATE ", "JOIN "]
        let scoped = statements.withLock { $0 }.filter { sql in
            let flat = sql.replacing("\n", with: " ") + " "
            return words.contains { word in tables.contains { flat.contains(word + $0) } }
        }
        #expect(scoped.count > 20)
        for sql in scoped where !sql.contains("-- all workspaces") {
            #expect(
                sql.contains("workspace_id = $") || sql.contains("(workspace_id, "),
                "\(sql)"
            )
        }
    }

    private static func useEverything(_ world: World) async throws {
        let id = try world.enqueue()
        try await world.work { run in
            try await run.step("A step.")
            try await run.progress(done: 1, total: 2)
            try await world.database.write { transaction in
                try run.save(checkpoint: 1, done: 1, total: 2, in: transaction)
            }
            try world.stop(id)
            _ = try run.isStopRequested()
            return .ended(try TaskEnding(.error, "Over."))
        }
        try world.retry(id)
        try await world.work { _ in throw Failure() }
        try world.stop(id)
        try await world.work(World.quick) { _ in .held(reason: "held") }
        _ = try world.sentence(try world.enqueue())
        _ = try world.history()
        try world.limit("quick", to: 3)
        let schedules = ScheduleStore(WorkspaceID(1))
        try await world.database.write { transaction in
            guard let recurrence = Recurrence(.hourly(every: 1, from: world.now), in: .utc)
            else { return }
            let task = try NewTask(World.quick, info: "x", parameters: 1)
            let schedule = try schedules.create(
                task,
                recurrence: recurrence,
                isActive: true,
                by: world.context,
                in: transaction
            )
            try schedules.setActive(schedule, true, by: world.context, in: transaction)
            try schedules.reschedule(schedule, recurrence, by: world.context, in: transaction)
            try world.store.release(id, by: world.context, in: transaction)
            try world.store.amend(
                id,
                status: .error,
                result: "1",
                outcome: "x",
                in: transaction
            )
        }
        world.time.advance(by: .hours(20))
        try await world.work()
        try await world.database.write { transaction in
            try schedules.delete(ScheduleID(1), in: transaction)
        }
    }
}
