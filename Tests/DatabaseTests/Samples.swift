// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport

/// A table with a column of each type.
let sampleTable = TableDefinition(
    "sample",
    columns: [
        .integer("id"), .integer("workspace_id"), .text("name"),
        ColumnDefinition("whole", .integer, isNullable: true),
        ColumnDefinition("real", .double, isNullable: true),
        ColumnDefinition("truth", .boolean, isNullable: true),
        ColumnDefinition("instant", .moment, isNullable: true),
        ColumnDefinition("calendar_day", .day, isNullable: true),
        ColumnDefinition("raw", .bytes, isNullable: true),
        ColumnDefinition("note", .text, isNullable: true),
    ],
    primaryKey: ["id"],
    indexes: [IndexDefinition("sample_name", ["name"], isUnique: true)]
)

/// Makes the sample table.
let sampleMigrations = [Migration(id: "sample-1", steps: [.createTable(sampleTable)])]

extension TestEngine {
    /// A fresh database with the sample table.
    func sample(
        time: any TimeSource = ManualTime(),
        record: (@Sendable (String) -> Void)? = nil
    ) throws -> Database {
        try open(migrations: sampleMigrations, time: time, record: record)
    }
}

extension Transaction {
    /// Inserts rows with ids from 1 and the given names.
    func addSamples(_ names: [String]) throws {
        for (offset, name) in names.enumerated() {
            try execute(
                "INSERT INTO sample (id, workspace_id, name) VALUES ($1, $2, $3)",
                [offset + 1, 1, name]
            )
        }
    }
}

extension Connection {
    /// The names of all samples in the order of their ids.
    func sampleNames() throws -> [String] {
        try rows("SELECT name FROM sample ORDER BY id").map { try $0.get("name") }
    }
}
