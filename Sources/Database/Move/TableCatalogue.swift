// SPDX-License-Identifier: Apache-2.0

/// The tables that migrations make, as they are after the last one.
///
/// Tables that a room makes by itself, such as profile tables, are not among them.
public enum TableCatalogue {
    /// Follows the steps of this room's and the given migrations.
    ///
    /// - Returns: The tables in the order in which they were made.
    public static func tables(of migrations: [Migration]) -> [TableDefinition] {
        var tables = [MigrationRunner.table]
        for step in (DatabaseSchema.migrations + migrations).flatMap(\.steps) {
            follow(step, in: &tables)
        }
        return tables
    }

    private static func follow(_ step: SchemaStep, in tables: inout [TableDefinition]) {
        switch step {
        case .createTable(let table): tables.append(table)
        case .dropTable(let name): tables.removeAll { $0.name == name }
        case .addColumn(let column, let name):
            change(name, in: &tables) { $0.columns.append(column) }
        case .createIndex(let index, let name):
            change(name, in: &tables) { $0.indexes.append(index) }
        case .dropIndex(let name):
            for position in tables.indices {
                tables[position].indexes.removeAll { $0.name == name }
            }
        case .statement: return
        }
    }

    private static func change(
        _ name: String,
        in tables: inout [TableDefinition],
        _ body: (inout TableDefinition) -> Void
    ) {
        for position in tables.indices where tables[position].name == name {
            body(&tables[position])
        }
    }
}
