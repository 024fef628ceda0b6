// SPDX-License-Identifier: Apache-2.0

/// What there is in the database, from PostgreSQL's own tables (postgresql.org, "System Catalogs").
extension PostgresConnection {
    func tableNames() throws -> [String] {
        try names(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition
            """
        )
    }

    func columnNames(of table: String) throws -> [String] {
        try names(
            """
            SELECT attname FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """,
            [.text(table)]
        )
    }

    func indexNames(of table: String) throws -> [String] {
        try names(
            """
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = to_regclass($1) AND NOT i.indisprimary
            """,
            [.text(table)]
        )
    }

    private func names(_ sql: String, _ values: [SQLValue] = []) throws -> [String] {
        var names: [String] = []
        try each(sql, values) { row in
            names.append(row.text(0) ?? "")
            return true
        }
        return names
    }
}
