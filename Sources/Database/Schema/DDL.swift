// SPDX-License-Identifier: Apache-2.0

/// Writes schema steps as statements, in the words of one engine.
struct DDL {
    /// The engine's word for each column type.
    let typeWord: @Sendable (ColumnDefinition.ColumnType) -> String
    /// What follows the closing parenthesis of CREATE TABLE.
    let tableSuffix: @Sendable (TableDefinition) -> String
    /// What makes a table's first partitions.
    var partitions: @Sendable (TableDefinition) -> [String] = { _ in [] }
    /// What follows an index or a key beside whose entries room is left.
    var room = ""

    /// Words of no engine, for checksums.
    static let neutral = DDL(
        typeWord: \.rawValue,
        tableSuffix: { $0.isClustered ? " clustered" : "" }
    )

    /// The statements of a step, without one that makes an index which is there.
    func statements(
        for step: SchemaStep,
        without exists: (String) throws -> Bool
    ) rethrows -> [String] {
        if case .createIndex(let index, _) = step, try exists(index.name) { return [] }
        return statements(for: step)
    }

    func statements(for step: SchemaStep) -> [String] {
        switch step {
        case .createTable(let table):
            [createTable(table)] + partitions(table)
                + table.indexes.map { createIndex($0, on: table.name) }
        case .createIndex(let index, let table): [createIndex(index, on: table)]
        case .addColumn(let column, let table): ["ALTER TABLE \(table) ADD COLUMN \(text(column))"]
        case .dropIndex(let name): ["DROP INDEX IF EXISTS \(name)"]
        case .dropTable(let name): ["DROP TABLE IF EXISTS \(name)"]
        case .statement(let sql): [sql]
        }
    }

    private func createTable(_ table: TableDefinition) -> String {
        let columns = table.columns.map(text)
        let room = table.leavesRoom ? room : ""
        let key = "PRIMARY KEY (\(table.primaryKey.joined(separator: ", ")))\(room)"
        let body = (columns + [key]).joined(separator: ", ")
        return "CREATE TABLE IF NOT EXISTS \(table.name) (\(body))\(tableSuffix(table))"
    }

    private func createIndex(_ index: IndexDefinition, on table: String) -> String {
        let unique = index.isUnique ? "UNIQUE " : ""
        let condition = index.condition.map { " WHERE \($0)" } ?? ""
        let columns = index.columns.joined(separator: ", ")
        return "CREATE \(unique)INDEX IF NOT EXISTS \(index.name) ON \(table) (\(columns))"
            + (index.leavesRoom ? room : "") + condition
    }

    private func text(_ column: ColumnDefinition) -> String {
        "\(column.name) \(typeWord(column.type))\(column.isNullable ? "" : " NOT NULL")"
    }
}
