// SPDX-License-Identifier: Apache-2.0

/// The words of SQLite.
enum SQLiteDialect {
    /// STRICT tables; a clustered one has no rowid of its own.
    static let ddl = DDL(
        typeWord: { type in
            switch type {
            case .integer, .boolean, .moment, .day: "INTEGER"
            case .double: "REAL"
            case .text: "TEXT"
            case .bytes: "BLOB"
            }
        },
        tableSuffix: { $0.isClustered ? " WITHOUT ROWID, STRICT" : " STRICT" }
    )

    /// Rewrites `$n` to `?n` outside strings, quoted names and comments.
    ///
    /// SQLite numbers `$2, $1` by order of appearance (design/sql.md).
    static func rewrite(_ sql: String) -> String {
        guard sql.utf8.contains(UInt8(ascii: "$")) else { return sql }
        var result: [UInt8] = []
        var scanner = SQLScanner(sql)
        while let (byte, isCode) = scanner.next() {
            let isParameter = isCode && byte == UInt8(ascii: "$") && scanner.digitFollows
            result.append(isParameter ? UInt8(ascii: "?") : byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The triggers of a frozen table; of one workspace's rows alone when it is given.
    static func freezing(_ table: String, workspace: Int64?) -> [String] {
        triggers(table, workspace).map { name, change, row in
            let condition = workspace.map { "WHEN \(row).workspace_id = \($0) " } ?? ""
            return "CREATE TRIGGER \(name) BEFORE \(change) ON \(table) FOR EACH ROW \(condition)"
                + "BEGIN SELECT RAISE(ABORT, 'frozen'); END"
        }
    }

    /// Takes the triggers of a frozen table away.
    static func thawing(_ table: String, workspace: Int64?) -> [String] {
        triggers(table, workspace).map { name, _, _ in "DROP TRIGGER IF EXISTS \(name)" }
    }

    private static func triggers(
        _ table: String,
        _ workspace: Int64?
    ) -> [(name: String, change: String, row: String)] {
        let name = "frozen_\(table)_\(workspace.map(String.init) ?? "all")"
        return [
            ("\(name)_insert", "INSERT", "NEW"), ("\(name)_update", "UPDATE", "OLD"),
            ("\(name)_delete", "DELETE", "OLD"),
        ]
    }
}
