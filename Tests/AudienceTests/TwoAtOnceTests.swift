// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

/// Two transactions at once that want the same.
struct TwoAtOnceTests {
    @Test(arguments: TestEngine.allCases)
    func `of two attributes with one name one is added`(_ engine: TestEngine) async throws {
        let world = try World(engine, extra: [])
        let tables = ProfileTableStore(world.workspace)
        let results = await engine.atOnce(on: world.database) { number, transaction in
            let name = ["shoeSize", "SHOESIZE"][number]
            try tables.add(NewAttribute(name, .integer), to: world.table, in: transaction)
        }.map { $0.map { _ in } }
        #expect(results.successes == 1)
        #expect(results.failures.count == 1)
        let table = try world.database.readBlocking { try tables.table(world.table.id, in: $0) }
        #expect(table.attributes.count == world.table.attributes.count + 1)
        let columns = try world.database.readBlocking {
            try $0.columnNames(of: table.physicalName)
        }
        #expect(columns.contains(table.attributes.last?.column ?? ""))
    }

    @Test(arguments: TestEngine.allCases)
    func `two attributes with two names are both added`(_ engine: TestEngine) async throws {
        let world = try World(engine, extra: [])
        let tables = ProfileTableStore(world.workspace)
        let results = await engine.atOnce(on: world.database) { number, transaction in
            let new = NewAttribute(["left", "right"][number], .string)
            try tables.add(new, to: world.table, in: transaction)
        }.map { $0.map { _ in } }
        #expect(results.failures == [])
        let table = try world.database.readBlocking { try tables.table(world.table.id, in: $0) }
        #expect(table.attribute(named: "left") != nil)
        #expect(table.attribute(named: "right") != nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `of two lists, tables or searches with one name one is made`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine, extra: [])
        let context = world.context()
        let lists = await engine.atOnce(on: world.database) { _, transaction in
            _ = try ListStore(world.workspace)
                .create(name: "vip", table: world.table.id, by: context, in: transaction)
        }
        let tables = await engine.atOnce(on: world.database) { _, transaction in
            _ = try ProfileTableStore(world.workspace).create(
                name: "shops",
                displayName: "Shops",
                attributes: [],
                businessKey: nil,
                by: context,
                in: transaction
            )
        }
        let searches = await engine.atOnce(on: world.database) { _, transaction in
            _ = try SearchStore(world.workspace, SearchCompiler())
                .create(name: "all", over: world.table, .everyone, by: context, in: transaction)
        }
        for (results, name) in [(lists, "vip"), (tables, "shops"), (searches, "all")] {
            #expect(results.successes == 1)
            #expect(results.failures == [AudienceError.nameTaken(name).description])
        }
    }
}
