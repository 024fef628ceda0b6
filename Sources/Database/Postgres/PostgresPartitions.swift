// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Two levels (docs/decisions/0012-partitions.md): `t_first` holds the first ids of all workspaces,
/// `t_rest` is cut by workspace and range, and `t_spill` takes what no range was made for, so that
/// no row is ever refused.
enum PostgresPartitions {
    static let suffix: @Sendable (TableDefinition) -> String = { table in
        table.partition.map { " PARTITION BY RANGE (\($0.column))" } ?? ""
    }

    static let first: @Sendable (TableDefinition) -> [String] = { table in
        guard let cut = table.partition else { return [] }
        let making = "CREATE TABLE IF NOT EXISTS"
        return [
            """
            \(making) \(table.name)_first PARTITION OF \(table.name)
            FOR VALUES FROM (MINVALUE) TO (\(cut.width))
            """,
            """
            \(making) \(rest(table.name)) PARTITION OF \(table.name)
            FOR VALUES FROM (\(cut.width)) TO (MAXVALUE)
            PARTITION BY RANGE (workspace_id, \(cut.column))
            """,
            "\(making) \(spill(table.name)) PARTITION OF \(rest(table.name)) DEFAULT",
        ]
    }

    static func rest(_ table: String) -> String { "\(table)_rest" }
    static func spill(_ table: String) -> String { "\(table)_spill" }

    /// Attaching takes away from no one but the spill's readers and writers; CREATE TABLE …
    /// PARTITION OF would hold the whole table (postgresql.org, "ALTER TABLE").
    static func attach(_ partition: Partition) -> String {
        let (workspace, ids) = (partition.workspace.value, partition.ids)
        return """
            ALTER TABLE \(rest(partition.table)) ATTACH PARTITION \(partition.name)
            FOR VALUES FROM (\(workspace), \(ids.lowerBound)) TO (\(workspace), \(ids.upperBound))
            """
    }

    /// Reads `FOR VALUES FROM ('5', '20') TO ('5', '30')`.
    static func range(_ bound: String, workspace: Int64) -> Range<Int64>? {
        let numbers = bound.split { !$0.isNumber }.compactMap { Int64($0) }
        guard numbers.count == 4, numbers[0] == workspace, numbers[1] < numbers[3] else {
            return nil
        }
        return numbers[1]..<numbers[3]
    }
}

extension PostgresConnection {
    func partitions(of table: String, workspace: Int64) throws -> [Range<Int64>]? {
        guard try isThere(PostgresPartitions.rest(table)) else { return nil }
        var ranges: [Range<Int64>] = []
        let sql = """
            SELECT pg_get_expr(c.relpartbound, c.oid)
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = to_regclass($1)
            """
        try each(sql, [.text(PostgresPartitions.rest(table))]) { row in
            let bound = row.text(0) ?? ""
            if let range = PostgresPartitions.range(bound, workspace: workspace) {
                ranges.append(range)
            }
            return true
        }
        return ranges
    }

    func hasSpilled(_ partition: Partition) throws -> Bool {
        try answer(
            """
            SELECT EXISTS (SELECT 1 FROM \(PostgresPartitions.spill(partition.table))
                WHERE workspace_id = $1 AND \(partition.column) >= $2 AND \(partition.column) < $3)
            """,
            [
                .integer(partition.workspace.value), .integer(partition.ids.lowerBound),
                .integer(partition.ids.upperBound),
            ]
        )
    }

    /// Rows in the spill are never moved: a snapshot that is older than the move would find them
    /// neither there nor here, and an export would miss them.
    func make(_ partition: Partition) throws -> Bool {
        try takeTurn()
        guard try !isThere(partition.name) else { return false }
        try run("LOCK TABLE \(PostgresPartitions.spill(partition.table)) IN ACCESS EXCLUSIVE MODE")
        guard try !hasSpilled(partition) else { return false }
        try run(
            "CREATE TABLE \(partition.name) (LIKE \(PostgresPartitions.rest(partition.table)))"
        )
        try run(PostgresPartitions.attach(partition))
        return true
    }

    /// In the order in which queries lock them, so that nobody waits for one who waits for him.
    func hold(_ partition: Partition) throws -> Bool {
        try takeTurn()
        guard try isThere(partition.name) else { return false }
        let names = [
            "ONLY \(PostgresPartitions.rest(partition.table))",
            PostgresPartitions.spill(partition.table), partition.name,
        ]
        try orAnew { for name in names { try run("LOCK TABLE \(name) IN ACCESS EXCLUSIVE MODE") } }
        return true
    }

    func drop(_ partition: Partition) throws { try run("DROP TABLE \(partition.name)") }

    func isEmpty(_ partition: Partition) throws -> Bool {
        guard try isThere(partition.name) else { return false }
        return try orAnew {
            try answer("SELECT NOT EXISTS (SELECT 1 FROM \(partition.name))", [])
        }
    }

    /// Another node may drop a partition between the look and the deed, and the look may be into a
    /// cache: then the transaction runs again.
    private func orAnew<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch DatabaseError.engine(let code, _, _) where code == "42P01" {
            throw DatabaseError.conflict(code)
        }
    }

    /// One node at a time, and nobody waits for long: those who come later wait behind.
    private func takeTurn() throws {
        try run("SET LOCAL lock_timeout = '1s'")
        try lock("partitions")
    }

    private func run(_ sql: String) throws {
        note(sql)
        try inTransaction { try $0.run(sql) }
    }

    private func isThere(_ relation: String) throws -> Bool {
        try answer("SELECT to_regclass($1) IS NOT NULL", [.text(relation)])
    }

    private func answer(_ sql: String, _ values: [SQLValue]) throws -> Bool {
        var answer = false
        try each(sql, values) { row in
            answer = row.integer(0) == 1
            return true
        }
        return answer
    }
}
