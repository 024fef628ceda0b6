// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Tasks
import TestSupport
import Testing

@Suite struct DefinitionTests {
    @Test(arguments: TestEngine.dialects)
    func `a type that is not available yet is refused by its name`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        for pair in ExportPair.allCases where !pair.isAvailable {
            await #expect(throws: ExportsError.notAvailableYet(pair)) {
                _ = try await world.export(try world.definition(pair, table))
            }
        }
        #expect(
            ExportsError.notAvailableYet(.repositoryCreated).description
                == "exports of repository.created (Repository: Creation moment) are not available yet"
        )
    }

    @Test func `two equal headers are refused, and both columns are named`() async throws {
        let error = try await refusal(.emailSent) {
            $0.columns = [
                ExportColumn("profileId"), ExportColumn("userId", header: "profileId"),
            ]
        }
        #expect(error == .equalHeaders("profileId", first: "profileId", second: "userId"))
        #expect(
            error?.description
                == "the columns profileId and userId would both be headed profileId; rename one of"
                + " them"
        )
    }

    @Test func `an unknown column is named`() async throws {
        let error = try await refusal(.emailSent) { $0.columns = [ExportColumn("nope")] }
        #expect(error == .unknownColumn("nope", .emailSent))
    }

    @Test func `profile columns are refused where a file carries none`() async throws {
        let error = try await refusal(.profileChangesDeleted) {
            $0.columns = [ExportColumn("profileId"), ExportColumn("profile-points")]
        }
        #expect(error == .profileColumnRefused("profile-points", .profileChangesDeleted))
    }

    @Test(arguments: TestEngine.dialects)
    func `consents are only exported from a table with that role`(_ engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let context = world.context
        let table = try await world.database.write { transaction in
            try ProfileTableStore(context.workspace).create(
                name: "plain",
                displayName: "Plain",
                attributes: [NewAttribute("key", .string, isUnique: true)],
                businessKey: "key",
                by: context,
                in: transaction
            )
        }
        await #expect(throws: ExportsError.noConsentRole(table: "plain")) {
            _ = try await world.export(try world.definition(.profileChangesConsentChanges, table))
        }
    }

    @Test func `a source filter is refused where rows have no source`() async throws {
        let error = try await refusal(.emailSent) { $0.sourceFilter = .only([.api]) }
        #expect(error == .noSourceFilter(.emailSent))
    }

    @Test(arguments: ["", "a/b", ".hidden", "x_$QQ", String(repeating: "x", count: 200)])
    func `a file name that cannot be used is refused`(name: String) async throws {
        let error = try await refusal(.emailSent) { $0.transfer.fileName = name }
        guard case .badSetting("file name", _) = error else {
            Issue.record("not refused: \(name)")
            return
        }
    }

    @Test func `other settings that make no sense are refused`() async throws {
        let changes: [@Sendable (inout ExportDefinition) throws -> Void] = [
            { $0.columns = [] }, { $0.name = "" },
            { $0.columns = [ExportColumn("profileId", header: "")] },
            { $0.reportRecipients = ["nobody"] },
            {
                let time = try #require(TimeOfDay("03:00"))
                $0.recurrence = try #require(Recurrence(.weekly(days: [1], at: time), in: .utc))
            },
        ]
        for change in changes {
            guard case .badSetting = try await refusal(.emailSent, change) else {
                Issue.record("not refused")
                return
            }
        }
        let filter = try await refusal(.profileChangesDeleted) { $0.sourceFilter = .only([]) }
        guard case .badSetting("source filter", _) = filter else {
            Issue.record("an empty source filter is not refused")
            return
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a name is taken once, ignoring case`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        _ = try await world.export(try world.definition(.emailSent, table, name: "Daily"))
        await #expect(throws: ExportsError.nameTaken("daily")) {
            _ = try await world.export(try world.definition(.emailSent, table, name: "daily"))
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `an attribute that comes later does not change the columns`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        try await world.database.write { transaction in
            _ = try ProfileTableStore(world.workspace)
                .add(NewAttribute("later", .string), to: table, in: transaction)
        }
        #expect(try await world.file(export).contains("later") == false)
    }

    @Test(arguments: TestEngine.dialects)
    func `type and table are fixed once a file was delivered`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let context = world.context
        let update: @Sendable (ExportDefinition) async throws -> Void = { definition in
            try await world.database.write { [store = world.store] transaction in
                _ = try store.update(export, definition, by: context, in: transaction)
            }
        }
        try await update(try world.definition(.profileUpdated, table))
        _ = try await world.file(export)
        try await update(try world.definition(.profileUpdated, table, name: "renamed"))
        await #expect(throws: ExportsError.self) {
            try await update(try world.definition(.profileCreated, table))
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a paused export does not run, and goes on later`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let context = world.context
        try await world.database.write { [store = world.store] transaction in
            try store.pause(export, by: context, in: transaction)
        }
        await #expect(throws: ExportsError.notActive(export)) { try await world.execute(export) }
        world.time.advance(by: .days(2))
        #expect(try await world.worker().runUntilIdle() == 0)
        try await world.database.write { [store = world.store, context = world.context] in
            try store.activate(export, by: context, in: $0)
        }
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try world.files() == ["daily_20260305_0300.csv"])
        let cutOff = try await world.database.read { [store = world.store] in
            try store.lowestCutOff(in: $0)
        }
        #expect(cutOff == (try await world.runs(of: export)).first?.plan.window.to.bounds.min)
        try await world.database.write { [store = world.store, context = world.context] in
            try store.delete(export, by: context, in: $0)
        }
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 0)
    }

    private func refusal(
        _ pair: ExportPair,
        _ change: (inout ExportDefinition) throws -> Void
    ) async throws -> ExportsError? {
        let world = try await World()
        let table = try await world.table()
        let definition = try world.definition(pair, table, change)
        do {
            _ = try await world.export(definition)
            return nil
        } catch let error as ExportsError {
            return error
        }
    }
}
