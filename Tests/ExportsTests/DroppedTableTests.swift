// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// Exports of a custom table that is no longer there.
@Suite struct DroppedTableTests {
    @Test(
        arguments: [.repositoryCreated, .repositoryFull, .repositoryChangesDeletedRows]
            as [ExportPair],
        TestEngine.dialects
    )
    func `an export whose custom table was dropped ends, says so, and harms nothing else`(
        pair: ExportPair,
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let definition = try world.definition(pair, table)
        let export = try await world.export(definition)
        _ = try await world.file(export)
        let dropped = try await world.drop(.repository, of: table)
        let gone = AudienceError.noSuchCustomTable("number \(dropped)")
        let task = try await world.execute(export)
        #expect(task.status == .fatal)
        #expect(task.outcome == "\(gone)")
        #expect(try world.files().count == 1)
        #expect(try world.verify().gap == nil)
        let now = world.time.now()
        await #expect(throws: gone) {
            _ = try await world.database.read { [store = world.store] connection in
                try ExportPreview(of: definition, in: store, at: now, connection: connection)
            }
        }
        await #expect(throws: gone) {
            _ = try await world.database.read { [store = world.store] connection in
                try store.offer(for: definition, in: connection)
            }
        }
        #expect(try await world.carried(ann, table).isEmpty)
        var other = definition
        other.name = "another"
        let another = other
        await #expect(throws: gone) { _ = try await world.export(another) }
        // A table of the same name is another one.
        _ = try world.customTable(.repository, of: table)
        #expect(try await world.execute(export).status == .fatal)
        let context = world.context
        try await world.database.write { [store = world.store] transaction in
            try store.delete(export, by: context, in: transaction)
        }
        let left = try await world.database.read { [store = world.store] connection in
            try store.all(in: connection)
        }
        #expect(left.isEmpty)
    }
}

extension World {
    /// Drops the table of a kind, which has no rows.
    fileprivate func drop(
        _ kind: CustomTableKind,
        of table: ProfileTable
    ) async throws -> CustomTableID {
        let id = try customTable(kind, of: table).id
        try await database.write { transaction in
            try CustomTableStore(table.workspace).delete(id, in: transaction)
        }
        return id
    }
}
