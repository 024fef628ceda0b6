// SPDX-License-Identifier: Apache-2.0

/// What there is in the database, from SQLite's own table (sqlite.org, "The Schema Table").
extension SQLiteConnection {
    func tableNames() throws -> [String] {
        try names(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        )
    }

    func columnNames(of table: String) throws -> [String] {
        try names("SELECT name FROM pragma_table_info($1) ORDER BY cid", [.text(table)])
    }

    func indexNames(of table: String) throws -> [String] {
        try names(
            """
            SELECT name FROM sqlite_schema
            WHERE type = 'index' AND tbl_name = $1 AND name NOT GLOB 'sqlite_*'
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
