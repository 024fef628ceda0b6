// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

/// Two transactions at once that want the same.
struct TwoAtOnceTests {
    @Test(arguments: TestEngine.allCases)
    func `of two imports with one name one is made`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let definition = try harness.definition()
        let results = await engine.atOnce(on: harness.database) { _, transaction in
            _ = try harness.store
                .create(definition, isActive: true, by: harness.context, in: transaction)
        }
        #expect(results.successes == 1)
        #expect(results.failures == [ImportError.nameTaken(definition.name).description])
        let all = try harness.database.readBlocking { try harness.store.all(in: $0) }
        #expect(all.count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `an import that is switched on and off at once is one of them in all its parts`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition())
        let results = await engine.atOnce(on: harness.database) { number, transaction in
            try harness.store.setActive(id, number == 0, by: harness.context, in: transaction)
        }
        #expect(results.failures == [])
        let rows = try harness.rows(
            """
            SELECT i.is_active, s.is_active FROM automated_import i
            JOIN schedule s ON s.workspace_id = i.workspace_id AND s.id = i.schedule_id
            """
        )
        #expect(rows.count == 1)
        #expect([["integer(1) | integer(1)"], ["integer(0) | integer(0)"]].contains(rows))
    }

    @Test(arguments: TestEngine.allCases)
    func `an import that is edited twice at once has one schedule`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let definition = try harness.definition()
        let id = try harness.create(definition)
        let results = await engine.atOnce(on: harness.database) { number, transaction in
            var changed = definition
            changed.name = ["One", "Two"][number]
            try harness.store.update(id, to: changed, by: harness.context, in: transaction)
        }
        #expect(results.failures == [])
        #expect(try harness.rows("SELECT id FROM schedule").count == 1)
    }
}
