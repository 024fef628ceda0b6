// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

@Suite struct DossierTests {
    @Test(arguments: TestEngine.dialects)
    func `a created profile is listed with the one file that carried it`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        try await world.execute(export)
        let ann = try await world.create(["userId": "ann"], in: table)
        world.time.advance(by: .hours(1))
        try await world.execute(export)
        world.time.advance(by: .hours(1))
        try await world.execute(export)
        let entries = try await world.carried(ann, table)
        #expect(entries.map(\.kind) == ["in file"])
        #expect(entries.first?.value("seq") == "2")
        #expect(entries.first?.value("export") == "daily")
        #expect(entries.first?.value("event") == ExportPair.profileCreated.title)
        #expect(entries.first?.value("file") == "daily_20260302_1000.csv")
        #expect(entries.first?.value("from") == "2026-03-02T08:00:00Z")
        #expect(entries.first?.value("to") == "2026-03-02T09:00:00Z")
        #expect(entries.first?.moment == ManualTime.monday + .hours(1))
    }

    @Test(arguments: TestEngine.dialects)
    func `a person that no window holds is in no file`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let other = try await world.table(isKeyed: false)
        let export = try await world.export(try world.definition(.profileCreated, table))
        try await world.execute(export)
        let elsewhere = try await world.create([:], in: other)
        let late = try await world.create(["userId": "late"], in: table)
        #expect(try await world.carried(elsewhere, other).isEmpty)
        #expect(try await world.carried(late, table).isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `of updates only the latest is certain, earlier files may hold one`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileUpdated, table))
        let ann = try await world.create(["userId": "ann"], in: table)
        for points in ["1", "2", "3"] {
            world.time.advance(by: .hours(1))
            try await world.update(ann, ["points": points], in: table)
            try await world.execute(export)
        }
        let entries = try await world.carried(ann, table)
        #expect(entries.map(\.kind) == ["may be in files", "in file"])
        #expect(entries.map { $0.value("seq") } == ["1 to 2", "3"])
        #expect(entries.first?.value("note")?.contains("only the latest update is known") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `events are found by their own stamps, within source filter and campaigns`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let club = try await world.list("club", of: table)
        try await world.subscribe(ann, to: club, in: table)
        try await world.update(ann, ["marketingConsent": "1"], in: table)
        try await world.insert(CampaignRow(id: 1, activatedAt: ManualTime.monday), table)
        try await world.insert(
            [InteractionRow(id: 1, campaign: 1, profile: ann, at: ManualTime.monday)],
            table
        )
        let pairs: [ExportPair] = [
            .profileChangesSubscriptionUpdates, .profileChangesConsentChanges, .emailSent,
            .emailNotSent,
        ]
        for pair in pairs {
            try await world.execute(
                try await world.export(try world.definition(pair, table, name: pair.rawValue))
            )
        }
        let filtered = try world.definition(
            .profileChangesSubscriptionUpdates,
            table,
            name: "filtered"
        ) { $0.sourceFilter = .only([.api]) }
        try await world.execute(try await world.export(filtered))
        let names = try await world.carried(ann, table).map { $0.value("export") }
        #expect(names == pairs.dropLast().map(\.rawValue))
    }

    @Test(arguments: TestEngine.dialects)
    func `a removed export's file may have carried the person`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let ann = try await world.create(["userId": "ann"], in: table)
        try await world.execute(export)
        let context = world.context
        try await world.database.write { [store = world.store] transaction in
            try store.delete(export, by: context, in: transaction)
        }
        let entries = try await world.carried(ann, table)
        #expect(entries.map(\.kind) == ["may be in file"])
        #expect(entries.first?.value("note")?.contains("removed") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `an erasure names each kept file with the day it expires`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let ann = try await world.create(["userId": "ann"], in: table)
        try await world.execute(export)
        #expect(
            try await world.left(ann, table) == [
                "The file daily_20260302_0900.csv of the export daily holds the person; it was "
                    + "delivered, and the copy that is kept here expires on 2026-03-07."
            ]
        )
        world.time.advance(by: .days(6))
        let services = world.services
        let retention = ExportRetention(world.workspace, spool: services.spool)
        #expect(try retention.removeFiles(from: world.database) == 1)
        #expect(try await world.left(ann, table) == [])
    }

    @Test(arguments: TestEngine.dialects)
    func `an erasure reads the runs whose file is kept, not those of years`(
        _ engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try await World(engine, record: log.record)
        let table = try await world.table()
        try await world.execute(
            try await world.export(try world.definition(.profileCreated, table))
        )
        let ann = try await world.create(["userId": "ann"], in: table)
        log.clear()
        #expect(try await world.left(ann, table) == [])
        let runs = log.statements(with: "FROM export_run")
        #expect(runs.count == 2)
        #expect(runs.allSatisfy { $0.contains("AND is_file_kept") })
    }

    @Test func `an export's row for each line is never written`() {
        #expect(ExportSection().relations == ["export", "export_run", "sealed-export"])
        #expect(ExportSection().title == "Exports")
    }
}

extension World {
    private func profile(
        _ id: ProfileID,
        _ table: ProfileTable,
        _ connection: Connection
    ) throws
        -> DossierPerson
    {
        DossierPerson(try #require(try ProfileStore(table).profile(id, in: connection)))
    }

    /// What the section shows of a person.
    func carried(_ id: ProfileID, _ table: ProfileTable) async throws -> [DossierEntry] {
        try await database.read { connection in
            let person = try self.profile(id, table, connection)
            return try ExportSection().entries(for: person, in: connection)
        }
    }

    /// What the section says at an erasure.
    func left(_ id: ProfileID, _ table: ProfileTable) async throws -> [String] {
        let context = context
        return try await database.write { transaction in
            let person = try self.profile(id, table, transaction)
            return try ExportSection().erase(person, by: context, in: transaction)
        }
    }
}
