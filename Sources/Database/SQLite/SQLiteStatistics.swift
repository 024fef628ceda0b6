// SPDX-License-Identifier: Apache-2.0

/// What the planner shall think of the tables: that one workspace has nearly all rows.
///
/// Without statistics it takes a workspace for ten rows (sqlite.org, "The SQLite Query Optimizer
/// Overview"), and reads all its messages by the primary key where the index by send would find
/// two hundred. Assumed numbers stay the same, so plans do; ANALYZE would hold the writer and give
/// other plans on other days.
extension SQLiteConnection {
    func assumeStatistics() throws {
        // Makes the table of statistics.
        _ = try execute("ANALYZE sqlite_schema", [])
        _ = try execute("DELETE FROM sqlite_stat1", [])
        for index in try scopedIndexes() {
            _ = try execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)",
                [.text(index.table), .text(index.name), .text(index.statistics)]
            )
        }
        // Reads it.
        _ = try execute("ANALYZE sqlite_schema", [])
    }

    func noteGrowth(of table: String, at id: Int64, workspace: Int64) throws {}

    private func scopedIndexes() throws -> [ScopedIndex] {
        var indexes: [ScopedIndex] = []
        let sql = """
            SELECT t.name, l.name, l."unique", l.partial, count(*)
            FROM sqlite_schema t, pragma_index_list(t.name) l, pragma_index_info(l.name) c
            WHERE t.type = 'table'
            GROUP BY t.name, l.name HAVING min(c.seqno || c.name) = '0workspace_id'
            """
        try each(sql, []) { row in
            indexes.append(
                ScopedIndex(
                    table: row.text(0) ?? "",
                    name: row.text(1) ?? "",
                    isUnique: row.integer(2) == 1,
                    isPartial: row.integer(3) == 1,
                    columns: Int(row.integer(4))
                )
            )
            return true
        }
        return indexes
    }
}

/// An index whose first column is the workspace.
struct ScopedIndex {
    var table: String
    var name: String
    var isUnique: Bool
    var isPartial: Bool
    var columns: Int

    /// The rows, then those that share the first column, the first two, and so on
    /// (sqlite.org, "The sqlite_stat1 table").
    var statistics: String {
        let rows = isPartial ? 10_000 : 1_000_000
        var shared = [rows, rows]
        for position in 1..<max(columns, 1) {
            let isWhole = isUnique && position == columns - 1
            shared.append(isWhole ? 1 : max(2, 500 >> (3 * (position - 1))))
        }
        // Without the word it may go through all workspaces of an index, one by one.
        let words = shared.prefix(columns + 1).map(String.init) + ["noskipscan"]
        return words.joined(separator: " ")
    }
}
