// SPDX-License-Identifier: Apache-2.0
import Database
import TestSupport
import Testing

/// What tables, columns and indexes there are.
struct CatalogueTests {
    @Test(arguments: TestEngine.allCases)
    func `tables, columns and indexes are those that were made`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.readBlocking { connection throws in
            let own = [
                "change_clock", "database_copy", "database_move", "id_block", "past_epoch",
                "sample", "schema_migration", "tick",
            ]
            #expect(try connection.tableNames() == own)
            #expect(try connection.columnNames(of: "sample") == sampleTable.columns.map(\.name))
            #expect(try connection.indexNames(of: "sample") == ["sample_name"])
            #expect(try connection.columnNames(of: "nothing") == [])
            #expect(try connection.indexNames(of: "nothing") == [])
        }
    }
}
