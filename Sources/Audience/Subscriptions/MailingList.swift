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
        by context: Context,
        in transaction: Transaction
    ) throws -> MailingList {
        try TechnicalName.check(name, limit: 64)
        let holder = try transaction.row(
            "SELECT id FROM list WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil else { throw AudienceError.nameTaken(name) }
        let id: ListID = try transaction.nextID(.list, in: workspace)
        try transaction.execute(
            """
            INSERT INTO list (workspace_id, id, table_id, name, folded_name,
                needs_confirmation, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                workspace, id, table, name, name.lowercased(), needsConfirmation,
                context.moment,
            ]
        )
        return MailingList(id: id, table: table, name: name, needsConfirmation: needsConfirmation)
    }

    /// The lists of a table, by name.
    public func all(of table: ProfileTableID, in connection: Connection) throws -> [MailingList] {
        try connection.rows(
            """
            SELECT id, table_id, name, needs_confirmation FROM list
            WHERE workspace_id = $1 AND table_id = $2 ORDER BY folded_name
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
            SELECT id, table_id, name, needs_confirmation FROM list
            WHERE workspace_id = $1 AND folded_name = $2
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
            SELECT id, table_id, name, needs_confirmation FROM list
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        ).map(list)
    }

    private func list(_ row: Row) throws -> MailingList {
        MailingList(
            id: try row.get("id"),
            table: try row.get("table_id"),
            name: try row.get("name"),
            needsConfirmation: try row.get("needs_confirmation")
        )
    }
}
