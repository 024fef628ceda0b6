// SPDX-License-Identifier: Apache-2.0
import Audience
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// What is left of a list that is deleted.
@Suite struct DeletedListTests {
    @Test(arguments: TestEngine.dialects)
    func `changes of subscriptions keep the name of a list that is deleted and cleared`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let list = try await world.list("newsletter", of: table)
        let ann = try await world.create(["userId": "ann"], in: table)
        try await world.subscribe(ann, to: list, in: table)
        let export = try await world.export(
            try world.definition(.profileChangesSubscriptionUpdates, table) {
                $0.columns = ["type", "subscription"].map { ExportColumn($0) }
            }
        )
        let (lists, context) = (ListStore(world.workspace), world.context)
        try await world.database.write { try lists.delete(list.id, by: context, in: $0) }
        var removed: [Int] = []
        while removed.last != 0 {
            removed.append(try await world.database.write { try lists.clear(in: $0) })
        }
        #expect(removed == [1, 0])
        #expect(try await world.file(export) == "type;subscription\nSUBSCRIBE;newsletter\n")
        let names = try await world.database.read { connection in
            let profile = try ProfileStore(table).profile(ann, in: connection)
            return try Dossier().chapters(of: try #require(profile), in: connection)
                .flatMap(\.entries).filter { $0.kind == "SUBSCRIBE" }.map { $0.value("list") }
        }
        #expect(names == ["newsletter"])
        #expect(try await world.list("newsletter", of: table).id != list.id)
    }
}
