// SPDX-License-Identifier: Apache-2.0

/// How far the copy of one table has come; kept in the target, in the transaction of each page.
struct CopyProgress: Sendable, Hashable {
    /// The primary key of the last row that was copied, as texts; nil before the first.
    var lastKey: [String]?
    var rows: Int64 = 0
    /// The sum of the rows' hashes as the source gave them.
    var hash: UInt64 = 0
    var isLoaded = false

    static let table = TableDefinition(
        "database_copy",
        isScoped: false,
        columns: [
            .text("move_id"), .text("table_name"), .text("last_key").orNull, .integer("rows"),
            .integer("hash"), .boolean("is_loaded"),
        ],
        primaryKey: ["move_id", "table_name"],
        moving: .left
    )

    init() {}

    /// The progress of a table; none is the beginning.
    init(of table: String, move: String, in connection: Connection) throws {
        let row = try connection.row(
            """
            SELECT last_key, rows, hash, is_loaded FROM database_copy
            WHERE move_id = $1 AND table_name = $2
            """,
            [move, table]
        )
        guard let row else { return }
        lastKey = try row.get("last_key", as: JSONColumn<[String]>?.self)?.value
        rows = try row.get("rows")
        hash = UInt64(bitPattern: try row.get("hash"))
        isLoaded = try row.get("is_loaded")
    }

    func save(of table: String, move: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO database_copy (move_id, table_name, last_key, rows, hash, is_loaded)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (move_id, table_name) DO UPDATE SET last_key = $3, rows = $4, hash = $5,
                is_loaded = $6
            """,
            [
                move, table, lastKey.map { JSONColumn($0) }, rows, Int64(bitPattern: hash),
                isLoaded,
            ]
        )
    }
}
