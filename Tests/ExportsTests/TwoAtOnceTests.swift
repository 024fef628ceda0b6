// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// Two transactions at once that want the same.
struct TwoAtOnceTests {
    @Test(arguments: TestEngine.allCases)
    func `of two exports with one name one is made`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let definition = try world.definition(.profileCreated, try await world.table())
        let (store, context) = (world.store, world.context)
        let results = await engine.atOnce(on: world.database) { _, transaction in
            _ = try store.create(definition, by: context, in: transaction)
        }
        #expect(results.successes == 1)
        #expect(results.failures == [ExportsError.nameTaken(definition.name).description])
    }

    @Test(arguments: TestEngine.allCases)
    func `an export that is activated twice at once has one schedule`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let definition = try world.definition(.profileCreated, try await world.table())
        let (store, context) = (world.store, world.context)
        let id = try await world.database.write { transaction in
            try store.create(definition, by: context, in: transaction).id
        }
        _ = await engine.atOnce(on: world.database) { _, transaction in
            try store.activate(id, by: context, in: transaction)
        }
        let schedules: Int? = try await world.database.read { connection in
            try connection.value("SELECT count(*) FROM schedule")
        }
        #expect(schedules == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `two runs that are asked for at once deliver one after the other`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let (store, context) = (world.store, world.context)
        let results = await engine.atOnce(on: world.database) { _, transaction in
            _ = try store.runNow(export, by: context, in: transaction)
        }
        #expect(results.failures == [])
        _ = try await world.worker().runUntilIdle()
        let runs = try await world.runs(of: export)
        #expect(runs.map(\.seq).sorted() == [1, 2])
        #expect(try world.verify().gap == nil)
    }
}
