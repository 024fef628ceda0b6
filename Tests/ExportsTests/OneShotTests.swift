// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Tasks
import TestSupport
import Testing

/// Full exports that run once.
@Suite struct OneShotTests {
    @Test(
        arguments: [
            "export.planned", "export.sealed", "export.filePut", "export.put", "export.delivered",
        ],
        TestEngine.allCases
    )
    func `a one-shot export runs exactly once, wherever it is interrupted`(
        point: String,
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, _) = try await world.oneShot(.at(ManualTime.monday + .hours(5)))
        #expect(try await world.worker().runUntilIdle() == 0)
        let task = try #require(try await world.waiting(export).first)
        world.time.advance(by: .hours(6))
        try await world.attempt(task, Crash.at(point))
        world.time.advance(by: .seconds(61))
        #expect(
            try await world.worker().runUntilIdle() == (point == "export.delivered" ? 0 : 1)
        )
        #expect(try await world.record(task).status == .completed)
        #expect(try await world.state(of: export) == .completed)
        world.time.advance(by: .days(40))
        #expect(try await world.worker().runUntilIdle() == 0)
        #expect(try world.files() == ["daily_20260302_1400.csv"])
        #expect(try await world.latest(export) == "userId;points\nann;\n")
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `one that is to run now runs when it is activated, and never again`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, _) = try await world.oneShot(.now)
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.state(of: export) == .completed)
        #expect(try world.files() == ["daily_20260302_0900.csv"])
        await #expect(throws: ExportsError.hasCompleted(export)) {
            try await world.change(export) { try $0.activate($1, by: $2, in: $3) }
        }
        await #expect(throws: ExportsError.notActive(export)) { try await world.execute(export) }
    }

    @Test(arguments: TestEngine.dialects)
    func `a pause takes its task away, and an activation gives it back`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, _) = try await world.oneShot(.at(ManualTime.monday + .hours(5)))
        try await world.change(export) { try $0.pause($1, by: $2, in: $3) }
        #expect(try await world.waiting(export) == [])
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 0)
        try await world.change(export) { try $0.activate($1, by: $2, in: $3) }
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try world.files() == ["daily_20260302_1400.csv"])
        #expect(try await world.state(of: export) == .completed)
    }

    @Test(arguments: TestEngine.dialects)
    func `Run now brings its one execution forward`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let (export, _) = try await world.oneShot(.at(ManualTime.monday + .days(5)))
        let task = try #require(try await world.waiting(export).first)
        world.time.advance(by: .hours(1))
        #expect(try await world.execute(export).id == task)
        #expect(try world.files() == ["daily_20260302_1000.csv"])
        world.time.advance(by: .days(6))
        #expect(try await world.worker().runUntilIdle() == 0)
        #expect(try await world.state(of: export) == .completed)
    }

    @Test(arguments: TestEngine.dialects)
    func `a sealed file that a cancelled attempt left is its one file`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, _) = try await world.oneShot(.now)
        let task = try #require(try await world.waiting(export).first)
        let failing = Failpoints { if $0 == "export.put" { throw Broken() } }
        try await world.attempt(task, failing)
        try await world.change(export) { try $0.pause($1, by: $2, in: $3) }
        #expect(try await world.record(task).status == .completed)
        try await world.change(export) { try $0.activate($1, by: $2, in: $3) }
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.runs(of: export).map(\.state) == [.delivered])
        #expect(try world.files().count == 1)
        #expect(try await world.state(of: export) == .completed)
    }

    @Test(arguments: TestEngine.dialects)
    func `no row and no empty file is one execution too`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let search = try await world.search("none", ["any": []], of: try await world.table())
        let table = try await world.database.read { [workspace = world.workspace] in
            try ProfileTableStore(workspace).table(named: "people", in: $0)
        }
        let export = try await world.export(
            try world.keys(.profileFull, table) {
                $0.search = search
                $0.once = .now
                $0.emptyWindow = .noFile
            }
        )
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.state(of: export) == .completed)
        #expect(try world.files() == [])
        let last = try await world.database.read { [workspace = world.workspace] in
            try TaskStore(workspace).history(limit: 1, in: $0).first
        }
        #expect(last?.outcome == "No row is there; no file was made.")
    }

    @Test(arguments: TestEngine.dialects)
    func `another moment makes it a draft again, and another file`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, definition) = try await world.oneShot(.now)
        #expect(try await world.worker().runUntilIdle() == 1)
        var later = definition
        later.once = .at(ManualTime.monday + .days(1))
        try await world.change(export) { [later] in _ = try $0.update($1, later, by: $2, in: $3) }
        #expect(try await world.state(of: export) == .draft)
        try await world.change(export) { try $0.activate($1, by: $2, in: $3) }
        world.time.advance(by: .days(2))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.state(of: export) == .completed)
        #expect(try await world.runs(of: export).map(\.seq) == [2, 1])
    }

    @Test(arguments: TestEngine.dialects)
    func `what waits moves with the definition: once, again and again, or not at all`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (export, once) = try await world.oneShot(.at(ManualTime.monday + .days(3)))
        var daily = once
        daily.once = nil
        try await world.change(export) { [daily] in _ = try $0.update($1, daily, by: $2, in: $3) }
        #expect(try await world.waiting(export) == [])
        world.time.advance(by: .days(4))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.state(of: export) == .active)
        var again = once
        again.once = .at(ManualTime.monday + .days(6))
        try await world.change(export) { [again] in _ = try $0.update($1, again, by: $2, in: $3) }
        #expect(try await world.waiting(export).count == 1)
        try await world.change(export) { try $0.delete($1, by: $2, in: $3) }
        #expect(try await world.waiting(export) == [])
        world.time.advance(by: .days(4))
        #expect(try await world.worker().runUntilIdle() == 0)
    }
}

extension World {
    /// A full export that runs once, active, of a table with one profile.
    fileprivate func oneShot(_ once: OneShot) async throws -> (ExportID, ExportDefinition) {
        let table = try await table()
        try await create(["userId": "ann"], in: table)
        let definition = try keys(.profileFull, table) { $0.once = once }
        return (try await export(definition), definition)
    }

    fileprivate func waiting(_ export: ExportID) async throws -> [TaskID] {
        try await database.read { [workspace] connection in
            try TaskStore(workspace)
                .waiting(ofExport: export, type: FullExportJob.taskType, in: connection)
        }
    }

    fileprivate func state(of export: ExportID) async throws -> ExportState {
        try await database.read { [store] in try store.export(export, in: $0).state }
    }

    fileprivate func change(
        _ export: ExportID,
        _ body: @escaping @Sendable (ExportStore, ExportID, Context, Transaction) throws -> Void
    ) async throws {
        let context = context
        try await database.write { [store] in try body(store, export, context, $0) }
    }
}
