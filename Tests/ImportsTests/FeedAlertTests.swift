// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct FeedAlertTests {
    /// Due daily at 03:00, with a deadline at 09:00 UTC; made on Monday after both.
    private func watched(
        _ harness: ImportHarness,
        _ recurrence: Recurrence? = nil,
        madeAt hour: Int64 = 10
    ) throws -> AutomatedImportDefinition {
        harness.time.set(ManualTime.monday + .hours(hour - 8))
        var definition = try harness.definition(
            watch: FeedWatch(deadline: try harness.time(9))
        )
        if let recurrence { definition.recurrence = recurrence }
        return definition
    }

    private func alerts(_ harness: ImportHarness) throws -> [TaskRecord] {
        try harness.tasks().filter { $0.type == FeedAlertJob.taskType.name }
    }

    @Test(arguments: TestEngine.allCases)
    func `a file that has not come by its deadline raises one alert, with words`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try watched(harness))
        try await harness.work(day: 1, hour: 3)
        #expect(try alerts(harness).isEmpty)
        try await harness.work(day: 1, hour: 9)
        try await harness.work(day: 1, hour: 10)
        let alert = try #require(try alerts(harness).first)
        #expect(try alerts(harness).count == 1)
        #expect(alert.status == .error)
        #expect(alert.subjects.importID == id)
        #expect(
            alert.outcome == "No file has come for Nightly by 09:00 UTC: no run since "
                + "2026-03-02T09:00:00Z has taken one."
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `a file in time leaves a completed check, each day anew`(_ engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine)
        try harness.create(try watched(harness))
        try harness.drop("one.csv", "userId\na\n")
        try await harness.work(day: 1, hour: 3)
        try await harness.work(day: 1, hour: 9)
        // The same file once more is no new file.
        try await harness.work(day: 2, hour: 3)
        try await harness.work(day: 2, hour: 9)
        #expect(try alerts(harness).map(\.status) == [.completed, .error])
        #expect(try alerts(harness).first?.outcome?.contains("has taken a file") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `a run that a person started counts, a replay does not`(_ engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try watched(harness))
        try await harness.work(day: 1, hour: 2)
        try harness.drop("early.csv", "userId,language\na,fr\n,en\n")
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        try await harness.work(day: 1, hour: 3)
        try await harness.work(day: 1, hour: 9)
        #expect(try alerts(harness).map(\.status) == [.completed])
        try await harness.work(day: 2, hour: 3)
        _ = try await harness.replay(
            try harness.rejects(of: task).replacing(",en,", with: "c,en,"),
            into: task
        )
        try await harness.work(day: 2, hour: 9)
        #expect(try alerts(harness).map(\.status) == [.completed, .error])
    }

    @Test(arguments: TestEngine.dialects)
    func `an import that was not due since it was made raises nothing`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        try harness.create(try watched(harness, madeAt: 8))
        try await harness.work(day: 0, hour: 9)
        #expect(try alerts(harness).map(\.status) == [.completed])
        #expect(try alerts(harness).first?.outcome?.contains("was not due") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `an import that is inactive or deleted raises nothing`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try watched(harness))
        try harness.database.writeBlocking { transaction in
            try harness.store.setActive(id, false, by: harness.context, in: transaction)
        }
        try await harness.work(day: 1, hour: 10)
        #expect(try harness.tasks().isEmpty)
        try harness.database.writeBlocking { transaction in
            try harness.store.setActive(id, true, by: harness.context, in: transaction)
            try harness.store.delete(id, by: harness.context, in: transaction)
        }
        try await harness.work(day: 3, hour: 10)
        #expect(try harness.tasks().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `an edit moves the deadline and leaves one alert a day`(_ engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try watched(harness, madeAt: 12))
        var later = try watched(harness, madeAt: 12)
        later.watch.deadline = try harness.time(11)
        try harness.database.writeBlocking { [later] transaction in
            try harness.store.update(id, to: later, by: harness.context, in: transaction)
        }
        try await harness.work(day: 1, hour: 3)
        try await harness.work(day: 1, hour: 9)
        #expect(try alerts(harness).isEmpty)
        try await harness.work(day: 1, hour: 11)
        #expect(try alerts(harness).map(\.status) == [.error])
    }

    @Test(arguments: TestEngine.lasting)
    func `a restart over the deadline alerts once, days before are missed`(
        _ engine: TestEngine
    ) async throws {
        let time = ManualTime()
        let migrations = TaskSchema.migrations + ImportSchema.migrations
        let place = try engine.place(migrations: migrations)
        func open() throws -> Database {
            try Database(place.address, migrations: migrations, time: time)
        }
        let harness = try ImportHarness(.memory)
        let definition = try watched(harness, madeAt: 8)
        let context = harness.context
        let before = try open()
        try before.writeBlocking { transaction in
            _ = try AutomatedImportStore(context.workspace)
                .create(definition, isActive: true, by: context, in: transaction)
        }
        try before.close()
        time.set(ManualTime.monday + .days(2) + .hours(2))
        for _ in 0..<2 {
            let after = try open()
            try await Scheduler(after).runOnce()
            let worker = Worker(database: after, jobs: [FeedAlertJob()])
            try await worker.runUntilIdle()
            try after.close()
        }
        let after = try open()
        defer { try? after.close() }
        let alerts = try await after.read { connection in
            try TaskStore(context.workspace).history(in: connection)
                .filter { $0.type == FeedAlertJob.taskType.name }.reversed().map(\.outcome)
        }
        #expect(alerts.count == 3)
        #expect(alerts.prefix(2).allSatisfy { $0?.hasPrefix("Missed") == true })
        #expect(alerts.last??.hasPrefix("No file has come") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `the deadline is on the days of the schedule, by its zone's clocks`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let zone = try #require(Zone("Europe/Brussels"))
        let thursdays = Recurrence(.weekly(days: [4], at: try harness.time(3)), in: zone)
        try harness.create(try watched(harness, thursdays))
        for day in 1...7 {
            try await harness.work(day: Int64(day), hour: 2)
            try await harness.work(day: Int64(day), hour: 8)
        }
        #expect(try alerts(harness).map(\.dueAt) == [ManualTime.monday + .days(3)])
        #expect(try alerts(harness).first?.outcome?.contains("09:00 Europe/Brussels") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `a deadline that passes before the run is refused`(_ engine: TestEngine) throws {
        let harness = try ImportHarness(engine)
        var definition = try watched(harness)
        definition.watch.deadline = try harness.time(3)
        let wrong = ImportError.badDeadline(try harness.time(3), run: try harness.time(3))
        #expect(throws: wrong) { try harness.create(definition) }
    }
}
