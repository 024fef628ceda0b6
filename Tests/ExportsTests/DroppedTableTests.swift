// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Exports
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
}
