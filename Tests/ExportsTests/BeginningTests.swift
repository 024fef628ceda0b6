// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// Where the first window of an export begins.
@Suite struct BeginningTests {
    @Test(arguments: TestEngine.dialects)
    func `a first run that was stopped has settled where the first file begins`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.fill(table, 10_001)
        let export = try await world.export(
            try world.definition(.profileCreated, table) { $0.firstRun = .dayBefore }
        )
        let stopping = Failpoints { [database = world.database, context = world.context] name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                try TaskStore(context.workspace).stop(TaskID(1), by: context, in: transaction)
            }
        }
        #expect(try await world.execute(export, stopping).status == .error)
        world.time.advance(by: .hours(25))
        let rows = try await world.file(export).split(separator: "\n").count - 1
        #expect(rows == 10_001)
    }

    @Test(arguments: TestEngine.dialects)
    func `a first window without a file has settled where the first file begins`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(
            try world.definition(.profileCreated, table) {
                $0.firstRun = .dayBefore
                $0.emptyWindow = .noFile
            }
        )
        #expect(try await world.execute(export).outcome == "Nothing new; no file was made.")
        world.time.advance(by: .hours(1))
        try await world.create(["userId": "between"], in: table)
        world.time.advance(by: .hours(1))
        _ = try await ChangeClock(world.database).tick()
        world.time.advance(by: .hours(30))
        #expect(try await world.file(export).contains("between"))
    }

    @Test(arguments: TestEngine.dialects)
    func `a beginning that is set anew before the first file counts`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.create(["userId": "old"], in: table)
        _ = try await ChangeClock(world.database).tick()
        world.time.advance(by: .hours(48))
        var definition = try world.definition(.profileCreated, table) {
            $0.firstRun = .dayBefore
            $0.emptyWindow = .noFile
        }
        let export = try await world.export(definition)
        #expect(try await world.execute(export).outcome == "Nothing new; no file was made.")
        definition.firstRun = .everything
        let (store, context) = (world.store, world.context)
        try await world.database.write { [definition] transaction in
            _ = try store.update(export, definition, by: context, in: transaction)
        }
        world.time.advance(by: .hours(1))
        #expect(try await world.file(export).contains("old"))
    }
}
