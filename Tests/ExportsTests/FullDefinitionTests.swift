// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import TestSupport
import Testing

@testable import Exports

/// Which full exports are refused, and how their rows are read.
@Suite struct FullDefinitionTests {
    @Test(arguments: TestEngine.dialects)
    func `a search of another table or workspace is refused`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let other = try await world.table(isKeyed: false)
        let elsewhere = try await world.search("strangers only", ["all": []], of: other)
        await #expect(
            throws: ExportsError.searchOfOtherTable("strangers only", table: "people")
        ) {
            _ = try await world.export(
                try world.definition(.profileFull, table) { $0.search = elsewhere }
            )
        }
        let own = try await world.search("own", ["all": []], of: table)
        let foreign = ExportStore(WorkspaceID(2), locations: world.services.locations)
        let context = world.context
        await #expect(throws: (any Error).self) {
            try await world.database.write { transaction in
                let definition = try world.definition(.profileFull, table) {
                    $0.search = own
                    $0.transfer.location = .transferbox
                }
                _ = try foreign.create(definition, by: context, in: transaction)
            }
        }
        await #expect(throws: AudienceError.noSuchSearch("number 99")) {
            _ = try await world.export(
                try world.definition(.profileFull, table) { $0.search = SearchID(99) }
            )
        }
    }

    @Test func `only full exports of profiles are limited to a search`() async throws {
        let world = try await World()
        let table = try await world.table()
        let search = try await world.search("all", ["all": []], of: table)
        for pair in ExportPair.allCases where pair != .profileFull {
            await #expect(throws: ExportsError.noSearch(pair)) {
                _ = try await world.export(
                    try world.definition(pair, table) { $0.search = search }
                )
            }
        }
    }

    @Test func `only full exports run once`() async throws {
        let world = try await World()
        let table = try await world.table()
        for pair in ExportPair.catalogue {
            await #expect(throws: ExportsError.notOnce(pair)) {
                _ = try await world.export(try world.definition(pair, table) { $0.once = .now })
            }
        }
        #expect(
            ExportsError.notOnce(.emailSent).description
                == "email.sent runs again and again; only full exports can run once"
        )
    }

    @Test func `what is incremental alone is refused`() async throws {
        let world = try await World()
        let table = try await world.table()
        await #expect(throws: ExportsError.noFirstRun(.profileFull)) {
            _ = try await world.export(
                try world.definition(.profileFull, table) {
                    $0.firstRun = .from(ManualTime.monday)
                }
            )
        }
        await #expect(throws: ExportsError.noSourceFilter(.profileFull)) {
            _ = try await world.export(
                try world.definition(.profileFull, table) { $0.sourceFilter = .only([.api]) }
            )
        }
        await #expect(
            throws: ExportsError.badSetting(
                "customTable",
                reason: "linkedDataRows is not of the kind repository"
            )
        ) {
            _ = try await world.export(
                try world.definition(.repositoryFull, table) {
                    $0.customTable = try world.customTable(.linkedData, of: table).id
                }
            )
        }
    }

    @Test func `a full export keeps nothing from being forgotten`() async throws {
        let world = try await World()
        let table = try await world.table()
        _ = try await world.export(try world.definition(.profileFull, table))
        let lowest = try await world.database.read { [store = world.store] in
            try store.lowestCutOff(in: $0)
        }
        #expect(lowest == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `those whom a search finds are read through the stamp index, without a sort`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        _ = try await world.list("news", of: table)
        let search = try await world.search(
            "some",
            ["all": [["list": "news"], ["attribute": "points", "greaterThan": 3]]],
            of: table
        )
        let definition = try world.definition(.profileFull, table) { $0.search = search }
        let now = world.time.now()
        let plan = try await world.database.read { connection in
            let export = ExportRecord.sample(definition, world.workspace)
            let reading = try RowReading(export, at: now, in: connection)
            let values = reading.parameters(RowRange(Stamp(0)..<Stamp(10)), 10)
            return try engine.plan(
                of: reading.plan.query(),
                values,
                isLarge: true,
                in: connection
            )
        }
        #expect(plan.indexes.contains { $0.contains("stamp") }, "\(plan)")
        #expect(!plan.isSorted && !plan.scans.contains("p"), "\(plan)")
    }
}
