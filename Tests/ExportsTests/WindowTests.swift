// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Tasks
import TestSupport
import Testing

@Suite struct WindowTests {
    @Test(arguments: TestEngine.dialects)
    func `a first run of 24 hours leaves older changes out`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.create(["userId": "old"], in: table)
        _ = try await ChangeClock(world.database).tick()
        world.time.advance(by: .hours(24))
        try await world.create(["userId": "new"], in: table)
        let export = try await world.export(
            try world.definition(.profileCreated, table) { $0.firstRun = .dayBefore }
        )
        #expect(try await world.ids(export) == ["2"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a first run from a moment begins at the last tick before it`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.create(["userId": "old"], in: table)
        _ = try await ChangeClock(world.database).tick()
        let moment = world.time.now()
        world.time.advance(by: .hours(100))
        try await world.create(["userId": "new"], in: table)
        let export = try await world.export(
            try world.definition(.profileCreated, table) { $0.firstRun = .from(moment) }
        )
        #expect(try await world.ids(export) == ["2"])
    }

    @Test(arguments: TestEngine.dialects)
    func `an empty window gives the header alone`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table(isKeyed: false)
        let export = try await world.export(try world.definition(.profileChangesDeleted, table))
        let header =
            "dataCollectionMoment;profileId;dataCollectionWay;eventTime;dataCollectionSource\n"
        #expect(try await world.file(export) == header)
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `an empty window gives no file where that is wanted, and the chain goes on`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(
            try world.definition(.profileCreated, table) { $0.emptyWindow = .noFile }
        )
        let task = try await world.execute(export)
        #expect(task.status == .completed)
        #expect(task.outcome == "Nothing new; no file was made.")
        #expect(try world.files() == [])
        #expect(try await world.runs(of: export) == [])
        world.time.advance(by: .hours(1))
        try await world.create(["userId": "a"], in: table)
        #expect(try await world.ids(export) == ["1"])
        #expect(try await world.runs(of: export).map(\.seq) == [1])
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a profile that was created and then changed is in both files`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let changed = try await world.create(["userId": "a"], in: table)
        try await world.create(["userId": "b"], in: table)
        world.time.advance(by: .minutes(1))
        try await world.update(changed, ["points": "1"], in: table)
        for (pair, expected) in [
            (ExportPair.profileCreated, ["1", "2"]), (.profileUpdated, ["1"]),
            (.profileCreatedOrUpdated, ["2", "1"]),
        ] {
            let export = try await world.export(
                try world.definition(pair, table, name: pair.rawValue)
            )
            #expect(try await world.ids(export) == expected)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a profile that was created and deleted in one window is only in Deleted`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let table = try await world.table()
        let gone = try await world.create(["userId": "a"], in: table)
        try await world.erase(gone, from: table)
        for (pair, expected) in [
            (ExportPair.profileCreated, []), (.profileUpdated, []),
            (.profileCreatedOrUpdated, []), (.profileChangesDeleted, ["1"]),
        ] {
            let export = try await world.export(
                try world.definition(pair, table, name: pair.rawValue)
            )
            #expect(try await world.ids(export) == expected)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a change between tick and read is left to the next file`(engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let table = try await world.table()
        let moved = try await world.create(["userId": "a"], in: table)
        try await world.create(["userId": "b"], in: table)
        let export = try await world.export(try world.definition(.profileCreatedOrUpdated, table))
        let context = world.context
        let meanwhile = Failpoints { [database = world.database] name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                try transaction.execute(
                    "UPDATE \(table.physicalName) SET updated_at = $2, updated_stamp = $3 WHERE id = $1",
                    [moved, context.moment, try transaction.stamp()]
                )
            }
        }
        let task = try await world.execute(export, meanwhile)
        #expect(task.status == .completed)
        #expect(firstColumn(try await world.latest(export)) == ["2"])
        world.time.advance(by: .hours(1))
        #expect(try await world.ids(export) == ["1"])
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a failed day is covered by the next run`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        #expect(try await world.ids(export) == [])
        try await world.create(["userId": "a"], in: table)
        world.time.advance(by: .hours(24))
        let failing = Failpoints { if $0 == "export.planned" { throw Broken() } }
        let task = try await world.execute(export, failing)
        #expect(task.status == .new)
        #expect(task.failure == "the relay hung up")
        try await world.database.write { transaction in
            try transaction.execute("UPDATE task SET status = 'fatal' WHERE workspace_id = 1")
        }
        world.time.advance(by: .hours(24))
        try await world.create(["userId": "b"], in: table)
        #expect(try await world.ids(export) == ["1", "2"])
        #expect(try await world.runs(of: export).map(\.seq) == [2, 1])
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `only the ticked sources are in the file, the others are counted`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        for (name, source) in [("a", ChangeSource.api), ("b", .automation), ("c", .fileImport)] {
            let id = try await world.create(["userId": name], in: table)
            try await world.erase(id, from: table, source: source)
        }
        let export = try await world.export(
            try world.definition(.profileChangesDeleted, table) {
                $0.sourceFilter = .only([.api], groups: [.internal])
            }
        )
        let text = try await world.file(export)
        #expect(text.split(separator: "\n").count == 3)
        let run = try #require(try await world.runs(of: export).first)
        #expect(run.sealed?.leftOut.sourceFilter == 1)
        #expect(run.sealed?.leftOut.inactiveCampaigns == 0)
    }
}

/// An error that may pass.
struct Broken: Error, CustomStringConvertible {
    var description: String { "the relay hung up" }
}

/// The first column of a file, without the header.
func firstColumn(_ text: String) -> [String] {
    text.split(separator: "\n").dropFirst()
        .map { String($0.prefix { $0 != ";" }) }
}

extension World {
    /// Executes an export and gives the first column of its file.
    func ids(_ export: ExportID) async throws -> [String] {
        let text = try await file(export)
        guard text.hasPrefix("dataCollectionMoment") else { return firstColumn(text) }
        return text.split(separator: "\n").dropFirst().map { line in
            String(line.split(separator: ";", omittingEmptySubsequences: false)[1])
        }
    }
}
