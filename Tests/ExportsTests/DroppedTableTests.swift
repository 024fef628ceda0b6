// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Tasks
import TestSupport
import Testing

/// What is left of a custom table that is dropped.
@Suite struct DroppedTableTests {
    @Test(arguments: TestEngine.dialects)
    func `deletions of a dropped table's rows are exported all the same`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let custom = try world.customTable(.linkedData, of: table)
        let definition = try world.definition(.linkedDataChangesDeletedRows, table) {
            $0.columns = ["code", "profileId"].map { ExportColumn($0) }
        }
        let export = try await world.export(definition)
        let rows = try await world.export(
            try world.definition(.linkedDataCreated, table, name: "rows")
        )
        let context = world.context
        try await world.database.write { transaction in
            let row = try CustomRowStore(custom).create(
                values: ["code": "A", "profileId": "\(ann)"],
                by: context,
                in: transaction
            ).row
            try RowDeletion(custom, by: context).delete(row.id, in: transaction)
            try CustomTableStore(world.workspace).delete(custom.id, in: transaction)
        }
        #expect(try await world.file(export) == "code;profileId\nA;\(ann)\n")
        #expect(try await world.execute(rows).status == .fatal)
        let carried = try await world.carried(ann, table)
        #expect(carried.map { $0.value("export") } == ["daily"])
    }

    @Test(
        arguments: [.repositoryCreated, .repositoryFull]
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
