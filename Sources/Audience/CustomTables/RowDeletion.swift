// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Deletes rows of a custom table; each leaves a record of its own for the exports.
///
/// A record keeps id, business key, profile and its business key, event time, change source and
/// stamp (spec/audience.md, "Deleting").
public struct RowDeletion: Sendable {
    /// How many rows one statement deletes.
    public static let chunk = 1_000

    private let table: CustomTable
    private let context: Context

    /// Deletes from a table.
    public init(_ table: CustomTable, by context: Context) {
        self.table = table
        self.context = context
    }

    /// Deletes one row.
    ///
    /// - Throws: ``AudienceError/noSuchRow(_:table:)``.
    public func delete(_ id: CustomRowID, in transaction: Transaction) throws {
        let batch = try delete("id = $1", [id], limit: 1, in: transaction)
        guard batch.deleted == 1 else { throw AudienceError.noSuchRow("\(id)", table: table.name) }
    }

    /// Deletes all rows of a profile, a thousand at a time.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public func deleteAll(of profile: ProfileID, in transaction: Transaction) throws -> Int {
        guard table.kind.hasOwner else { return 0 }
        var total = 0
        while true {
            let batch = try delete("profile_id = $1", [profile], in: transaction)
            total += batch.deleted
            guard batch.mayGoOn else { return total }
        }
    }

    /// Deletes the first rows of the table, a thousand at most.
    ///
    /// - Returns: How many were deleted, and whether there may be more.
    public func deleteSome(
        in transaction: Transaction
    ) throws -> (mayGoOn: Bool, deleted: Int) {
        try delete("id > $1", [0], in: transaction)
    }

    private func delete(
        _ condition: String,
        _ values: [any SQLConvertible],
        limit: Int = RowDeletion.chunk,
        in transaction: Transaction
    ) throws -> (mayGoOn: Bool, deleted: Int) {
        let last: CustomRowID? =
            try transaction.value(
                """
                SELECT max(id) FROM (SELECT id FROM \(table.physicalName)
                    WHERE \(condition) ORDER BY id LIMIT $2) first
                """,
                values + [limit],
                as: CustomRowID?.self
            ) ?? nil
        guard let last else { return (false, 0) }
        let deleted = try transaction.rows(
            """
            DELETE FROM \(table.physicalName) WHERE \(condition) AND id <= $2
            RETURNING \(returned)
            """,
            values + [last]
        )
        try record(deleted, in: transaction)
        return (true, deleted.count)
    }

    /// Number, business key and profile.
    private var returned: String {
        let key = table.businessKey?.column ?? "NULL"
        return
            "id, \(key) AS business_key, \(table.kind.hasOwner ? "profile_id" : "NULL") AS profile_id"
    }

    private func record(_ rows: [Row], in transaction: Transaction) throws {
        guard !rows.isEmpty else { return }
        let owners = try ownerKeys(rows.map { $0.values[2] }, in: transaction)
        let first = try transaction.allocate(rows.count, .change, in: context.workspace)
        let stamp = try transaction.stamp()
        let writer = try transaction.insertion(into: "row_deletion", columns: RowDeletion.columns)
        for (offset, row) in rows.enumerated() {
            writer.integer(context.workspace.value)
            writer.integer(first + Int64(offset))
            writer.integer(table.id.value)
            writer.value(row.values[0])
            writer.value(text(row.values[1], table.businessKey).sql)
            writer.value(row.values[2])
            writer.value(owners[offset].sql)
            writer.value(.moment(context.moment))
            writer.value(context.source.sql)
            writer.integer(stamp.value)
            try writer.endRow()
        }
        try writer.finish()
    }

    /// The business keys of the rows' profiles.
    private func ownerKeys(
        _ profiles: [SQLValue],
        in connection: Connection
    ) throws -> [String?] {
        var keys = [String?](repeating: nil, count: profiles.count)
        guard let owners = table.owners, let key = owners.businessKey else { return keys }
        let lookup = Lookup(
            table: owners.physicalName,
            key: "id",
            columns: [key.column],
            keys: profiles,
            order: nil
        )
        try connection.lookup(lookup) { keys[$0] = text($1.copy().values[0], key) }
        return keys
    }

    private func text(_ value: SQLValue, _ attribute: Attribute?) -> String? {
        attribute.flatMap { ValueText.text(value, of: $0) }
    }

    private static let columns = [
        "workspace_id", "id", "table_id", "row_id", "business_key", "profile_id", "profile_key",
        "event_at", "change_source", "stamp",
    ]
}
