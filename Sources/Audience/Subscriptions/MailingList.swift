// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A named thing that a profile can be subscribed to.
public struct MailingList: Sendable, Hashable {
    /// Its id.
    public var id: ListID
    /// The profile table that it belongs to.
    public var table: ProfileTableID
    /// Its technical name.
    public var name: String
    /// Whether a subscription counts only once it was confirmed.
    public var needsConfirmation: Bool
    /// The number of the folder in which people keep it.
    public var folder: Int64?
    /// What people note about it.
    public var note: String?
}

/// The lists of one workspace.
public struct ListStore: Sendable {
    let workspace: WorkspaceID

    /// The lists of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a list.
    ///
    /// - Throws: ``AudienceError`` when the name is not possible or taken.
    @discardableResult
    public func create(
        name: String,
        table: ProfileTableID,
        needsConfirmation: Bool = false,
        folder: Int64? = nil,
        note: String? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> MailingList {
        try TechnicalName.check(name, limit: 64)
        try checkFree(name, besides: nil, in: transaction)
        let id: ListID = try transaction.nextID(.list, in: workspace)
        try transaction.execute(
            """
            INSERT INTO list (workspace_id, id, table_id, name, folded_name,
                needs_confirmation, created_at, folder_id, note)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                workspace, id, table, name, name.lowercased(), needsConfirmation,
                context.moment, folder, note,
            ]
        )
        return MailingList(
            id: id,
            table: table,
            name: name,
            needsConfirmation: needsConfirmation,
            folder: folder,
            note: note
        )
    }

    /// Changes a list's name, folder, note and whether subscriptions need confirmation; its table
    /// stays.
    ///
    /// - Throws: ``AudienceError`` when the name is not possible or taken, or the list is gone.
    public func update(
        _ list: MailingList,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try TechnicalName.check(list.name, limit: 64)
        try checkFree(list.name, besides: list.id, in: transaction)
        let isKnown = try transaction.guarded(
            """
            UPDATE list SET name = $3, folded_name = $4, needs_confirmation = $5, folder_id = $6,
                note = $7, updated_at = $8
            WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
            """,
            [
                workspace, list.id, list.name, list.name.lowercased(), list.needsConfirmation,
                list.folder, list.note, context.moment,
            ]
        )
        guard isKnown else { throw AudienceError.noSuchList("number \(list.id)") }
    }

    /// Deletes a list: it is gone at once, its subscriptions go by and by (``clear(in:)``).
    ///
    /// That is no unsubscription of anybody and leaves no change record. Its name stays for the records
    /// of changes before, which an export may still have to tell of.
    ///
    /// - Throws: ``AudienceError/noSuchList(_:)``.
    public func delete(_ id: ListID, by context: Context, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            """
            UPDATE list SET deleted_at = $3, folded_name = $4
            WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
            """,
            [workspace, id, context.moment, "-\(id)"]
        )
        guard isDeleted else { throw AudienceError.noSuchList("number \(id)") }
    }

    /// Removes subscriptions of deleted lists, at most a thousand.
    ///
    /// - Returns: How many rows were removed; call again until it is 0.
    public func clear(in transaction: Transaction) throws -> Int {
        let id: ListID? = try transaction.value(
            """
            SELECT l.id FROM list l
            WHERE l.workspace_id = $1 AND l.deleted_at IS NOT NULL AND EXISTS (
                SELECT 1 FROM subscription s
                WHERE s.workspace_id = $1 AND s.list_id = l.id) LIMIT 1
            """,
            [workspace]
        )
        guard let id else { return 0 }
        return try transaction.execute(
            """
            DELETE FROM subscription WHERE workspace_id = $1 AND list_id = $2 AND profile_id IN
                (SELECT profile_id FROM subscription WHERE workspace_id = $1 AND list_id = $2
                 ORDER BY profile_id LIMIT 1000)
            """,
            [workspace, id]
        )
    }

    /// The lists of a table, by name.
    public func all(of table: ProfileTableID, in connection: Connection) throws -> [MailingList] {
        try connection.rows(
            """
            SELECT \(ListStore.columns) FROM list
            WHERE workspace_id = $1 AND table_id = $2 AND deleted_at IS NULL ORDER BY folded_name
            """,
            [workspace, table]
        ).map(list)
    }

    /// A list by its technical name, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchList(_:)``.
    public func list(named name: String, in connection: Connection) throws -> MailingList {
        let row = try connection.row(
            """
            SELECT \(ListStore.columns) FROM list
            WHERE workspace_id = $1 AND folded_name = $2 AND deleted_at IS NULL
            """,
            [workspace, name.lowercased()]
        )
        guard let row else { throw AudienceError.noSuchList(name) }
        return try list(row)
    }

    /// A list by its id, if it exists.
    public func list(_ id: ListID, in connection: Connection) throws -> MailingList? {
        try connection.row(
            """
            SELECT \(ListStore.columns) FROM list
            WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
            """,
            [workspace, id]
        ).map(list)
    }

    private static let columns = "id, table_id, name, needs_confirmation, folder_id, note"

    /// The lists as they can be listed; ``SubscriptionCounts`` says how many are subscribed, from
    /// `zero` on.
    public static let listing = Listing(
        from:
            "list l JOIN profile_table t ON t.workspace_id = l.workspace_id AND t.id = l.table_id",
        scope: "l.workspace_id",
        key: "l.id",
        columns: [
            ListingColumn("id", "l.id", .integer), ListingColumn("name", "l.name", .text),
            ListingColumn("profile_table", "t.name", .text),
            ListingColumn("folder_id", "l.folder_id", .integer).orNull,
            ListingColumn("note", "l.note", .text).orNull,
            ListingColumn("zero", "0", .integer),
            ListingColumn("optin", "l.needs_confirmation", .boolean),
            ListingColumn("cdate", "l.created_at", .moment),
            ListingColumn("mdate", "coalesce(l.updated_at, l.created_at)", .moment),
        ],
        condition: "l.deleted_at IS NULL"
    )

    private func checkFree(
        _ name: String,
        besides own: ListID?,
        in connection: Connection
    ) throws {
        let holder: ListID? = try connection.value(
            "SELECT id FROM list WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil || holder == own else { throw AudienceError.nameTaken(name) }
    }

    private func list(_ row: Row) throws -> MailingList {
        MailingList(
            id: try row.get("id"),
            table: try row.get("table_id"),
            name: try row.get("name"),
            needsConfirmation: try row.get("needs_confirmation"),
            folder: try row.get("folder_id"),
            note: try row.get("note")
        )
    }
}
