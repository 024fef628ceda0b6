// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Tasks
import TestSupport
import Testing

/// Files with everything that is there.
@Suite struct FullExportTests {
    @Test(arguments: TestEngine.dialects)
    func `a full file limited to a search holds those whom it finds, as recorded`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let history = try await History.playWhole(in: world)
        let search = try await world.search(
            "subscribed or rich",
            ["any": [["list": "newsletter"], ["attribute": "points", "greaterThan": 100]]],
            of: history.table
        )
        let definition = try history.definition(.profileFull) { $0.search = search }
        let text = try await world.file(try await world.export(definition))
        try Golden.expect(text, "profile.full-search.csv")
        let everybody = try await world.file(
            try await world.export(try history.definition(.profileFull) { $0.name = "everybody" })
        )
        let lines = Set(everybody.split(separator: "\n"))
        #expect(lines.isSuperset(of: text.split(separator: "\n")))
        #expect(lines.count > text.split(separator: "\n").count)
    }

    @Test(arguments: TestEngine.dialects)
    func `each file of a periodic full export is whole`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann", "points": "1"], in: table)
        let bob = try await world.create(["userId": "bob"], in: table)
        let export = try await world.export(try world.keys(.profileFull, table))
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.latest(export) == "userId;points\nann;1\nbob;\n")
        try await world.update(ann, ["points": "2"], in: table)
        try await world.create(["userId": "eve"], in: table)
        try await world.erase(bob, from: table)
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.latest(export) == "userId;points\nann;2\neve;\n")
        world.time.advance(by: .days(1))
        #expect(try await world.worker().runUntilIdle() == 1)
        #expect(try await world.latest(export) == "userId;points\nann;2\neve;\n")
        #expect(try world.files().count == 3)
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.allCases, [Int64(0), 100_000])
    func `what changes while a file is made stays in it, and what comes later does not`(
        engine: TestEngine,
        largeWindow: Int64
    ) async throws {
        let world = try await World(engine, largeWindow: largeWindow)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let bob = try await world.create(["userId": "bob"], in: table)
        let export = try await world.export(try world.keys(.profileFull, table))
        let busy = Failpoints { [database = world.database, context = world.context] name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                let store = ProfileStore(table)
                _ = try store.update(ann, values: ["points": "5"], by: context, in: transaction)
                _ = try store.create(
                    values: ["userId": "late"],
                    by: context,
                    in: transaction
                )
                _ = try Erasure(Dossier())
                    .erase(bob, from: table, Collection(), by: context, in: transaction)
            }
        }
        #expect(try await world.execute(export, busy).status == .completed)
        #expect(try await world.latest(export) == "userId;points\nann;5\n")
        #expect(try await world.file(export) == "userId;points\nann;5\nlate;\n")
    }

    @Test(arguments: TestEngine.allCases, [Int64(0), 100_000])
    func `a search over many rows is read page by page`(
        engine: TestEngine,
        largeWindow: Int64
    ) async throws {
        let world = try await World(engine, largeWindow: largeWindow)
        let table = try await world.table()
        try await world.fill(table, 9_001)
        let search = try await world.search(
            "numbers",
            [
                "any": [
                    ["attribute": "profileId", "between": [2_000, 6_000]],
                    ["attribute": "profileId", "is": 9_001],
                ]
            ],
            of: table
        )
        let definition = try world.definition(.profileFull, table) {
            $0.columns = [ExportColumn("profileId")]
            $0.search = search
        }
        let text = try await world.file(try await world.export(definition))
        let expected = (2_000...6_000).map { "\($0)" } + ["9001"]
        #expect(text.split(separator: "\n").dropFirst().map(String.init) == expected)
        let now = world.time.now()
        let preview = try await world.database.read { [store = world.store] connection in
            try ExportPreview(of: definition, in: store, at: now, connection: connection)
        }
        #expect(preview.rows == expected.suffix(10).map { [$0] })
    }

    @Test(arguments: TestEngine.dialects)
    func `days of a search count from the execution`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.create(["userId": "ann"], in: table)
        world.time.advance(by: .days(10))
        try await world.create(["userId": "bob"], in: table)
        let search = try await world.search(
            "new ones",
            ["attribute": "creationMoment", "withinDays": 5],
            of: table
        )
        let definition = try world.keys(.profileFull, table) { $0.search = search }
        let export = try await world.export(definition)
        #expect(try await world.file(export) == "userId;points\nbob;\n")
        world.time.advance(by: .days(6))
        #expect(try await world.file(export) == "userId;points\n")
    }

    @Test(arguments: TestEngine.dialects)
    func `a search that is gone ends the execution, and says so`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let search = try await world.search("all", ["all": []], of: table)
        let definition = try world.keys(.profileFull, table) {
            $0.search = search
            $0.reportRecipients = ["anna@example.org"]
        }
        let export = try await world.export(definition)
        _ = try await world.file(export)
        try await world.database.write { [workspace = world.workspace] transaction in
            try SearchStore(workspace, SearchCompiler()).delete(search, in: transaction)
        }
        let task = try await world.execute(export)
        #expect(task.status == .fatal)
        #expect(task.outcome == "there is no search number \(search)")
        #expect(await world.mailer.mails.last?.text.contains("whole file anew") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `the manifest of a full file is as recorded`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.create(["userId": "ann"], in: table)
        let search = try await world.search("all", ["all": []], of: table)
        let definition = try world.keys(.profileFull, table) { $0.search = search }
        let export = try await world.export(definition)
        for _ in 1...2 {
            world.time.advance(by: .hours(1))
            _ = try await world.file(export)
        }
        let run = try #require(try await world.runs(of: export).first)
        let text = try world.text(run.fileName + Manifest.suffix)
        #expect(run.manifest == text)
        let bounds = text.replacing(#/"(max|min)" : [1-9]\d+/#) {
            "\"\($0.output.1)\" : 281474976710667"
        }.replacing(#/"open" : \[[^\]]*\]/#, with: "\"open\" : [\n\n        ]")
        try Golden.expect(bounds, "manifest-full.json")
    }

    @Test(arguments: TestEngine.dialects)
    func `a full file that carried a person is listed; one of a search only may have`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let search = try await world.search("all", ["all": []], of: table)
        let whole = try world.definition(.profileFull, table, name: "whole")
        let found = try world.definition(.profileFull, table, name: "found") { $0.search = search }
        for definition in [whole, found] {
            _ = try await world.file(try await world.export(definition))
            world.time.advance(by: .minutes(1))
        }
        let entries = try await world.carried(ann, table)
        #expect(entries.map(\.kind) == ["in file", "may be in file"])
        #expect(entries.map { $0.value("export") } == ["whole", "found"])
        #expect(entries.last?.value("note")?.contains("search") == true)
        let late = try await world.create(["userId": "late"], in: table)
        #expect(try await world.carried(late, table).isEmpty)
    }
}

extension World {
    /// A saved search over a table.
    func search(
        _ name: String,
        _ expression: JSONValue,
        of table: ProfileTable
    ) async throws -> SearchID {
        let context = context
        return try await database.write { transaction in
            try SearchStore(table.workspace, SearchCompiler())
                .create(
                    name: name,
                    over: table,
                    SearchExpression(expression),
                    by: context,
                    in: transaction
                ).id
        }
    }

    /// A definition with the key and the points of profiles.
    func keys(
        _ pair: ExportPair,
        _ table: ProfileTable,
        _ change: (inout ExportDefinition) throws -> Void = { _ in }
    ) throws -> ExportDefinition {
        try definition(pair, table) {
            $0.columns = [ExportColumn("userId"), ExportColumn("points")]
            try change(&$0)
        }
    }
}
