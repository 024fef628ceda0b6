// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// Windows of which a part was read before without a row for a file.
@Suite struct ScannedWindowTests {
    @Test(arguments: TestEngine.dialects)
    func `what was read without a row is not read again, and its window stays whole`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let list = try await world.list("newsletter", of: table)
        let ann = try await world.create(["userId": "ann"], in: table)
        let export = try await world.export(
            try world.definition(.profileChangesSubscriptionUpdates, table) {
                $0.emptyWindow = .noFile
                $0.sourceFilter = .only([.form])
            }
        )
        try await world.subscribe(ann, to: list, in: table, source: .api)
        let empty = try await world.execute(export)
        #expect(empty.outcome == "Nothing new; no file was made.")
        let cut = try #require(try await world.stored(export).scanned)
        #expect(cut.leftOut.sourceFilter == 1)
        world.time.advance(by: .hours(1))
        try await world.subscribe(ann, to: list, false, in: table, source: .form)
        #expect(try await world.file(export).contains("UNSUBSCRIBE"))
        let run = try #require(try await world.runs(of: export).first)
        #expect(run.plan.scanned == cut)
        #expect(run.plan.window.from == .beginning)
        #expect(run.sealed?.rows == 1)
        #expect(run.sealed?.leftOut.sourceFilter == 1)
        #expect(try await world.stored(export).scanned == nil)
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `another definition reads its window from the cut-off on`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let list = try await world.list("newsletter", of: table)
        let ann = try await world.create(["userId": "ann"], in: table)
        var definition = try world.definition(.profileChangesSubscriptionUpdates, table) {
            $0.emptyWindow = .noFile
            $0.sourceFilter = .only([.form])
        }
        let export = try await world.export(definition)
        try await world.subscribe(ann, to: list, in: table, source: .api)
        try await world.execute(export)
        definition.sourceFilter = .only([.form, .api])
        let (store, context) = (world.store, world.context)
        try await world.database.write { [definition] transaction in
            _ = try store.update(export, definition, by: context, in: transaction)
        }
        world.time.advance(by: .hours(1))
        #expect(try await world.file(export).contains("SUBSCRIBE"))
    }
}

extension World {
    fileprivate func stored(_ export: ExportID) async throws -> ExportRecord {
        try await database.read { [store] in try store.export(export, in: $0) }
    }
}
