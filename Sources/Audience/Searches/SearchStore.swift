// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A saved filter over one profile table.
public struct Search: Sendable, Hashable {
    /// Its id.
    public var id: SearchID
    /// The table.
    public var table: ProfileTableID
    /// Its name, unique in the workspace ignoring case.
    public var name: String
    /// What it looks for.
    public var expression: SearchExpression
    /// When it was made.
    public var createdAt: Instant
}

/// The saved searches of one workspace.
public struct SearchStore: Sendable {
    let workspace: WorkspaceID
    private let compiler: SearchCompiler

    /// The searches of a workspace, checked by a compiler that knows all rooms' terms.
    public init(_ workspace: WorkspaceID, _ compiler: SearchCompiler) {
        self.workspace = workspace
        self.compiler = compiler
    }

    /// The searches as they can be listed.
    public static let listing = Listing(
        from:
            "search s JOIN profile_table t ON t.workspace_id = s.workspace_id AND t.id = s.table_id",
        scope: "s.workspace_id",
        key: "s.id",
        columns: [
            ListingColumn("id", "s.id", .integer), ListingColumn("name", "s.name", .text),
            ListingColumn("profile_table", "t.name", .text),
            ListingColumn("expression", "s.expression", .json),
            ListingColumn("cdate", "s.created_at", .moment),
            ListingColumn("mdate", "coalesce(s.updated_at, s.created_at)", .moment),
        ]
    )

    /// Saves a search.
    ///
    /// - Throws: ``AudienceError`` when the name is blank, too long or taken, or the expression is
    ///   wrong.
    @discardableResult
    public func create(
        name: String,
        over table: ProfileTable,
        _ expression: SearchExpression,
        by context: Context,
        in transaction: Transaction
    ) throws -> Search {
        try check(name, expression, table, context, transaction)
        try checkFree(name, besides: nil, in: transaction)
        let id: SearchID = try transaction.nextID(.search, in: workspace)
        try transaction.execute(
            """
            INSERT INTO search
                (workspace_id, id, table_id, name, folded_name, expression, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                workspace, id, table.id, name, name.lowercased(), JSONColumn(expression),
                context.moment,
            ]
        )
        return Search(
            id: id,
            table: table.id,
            name: name,
            expression: expression,
            createdAt: context.moment
        )
    }

    /// Changes the name and the expression of a search; its table stays.
    ///
    /// - Throws: As ``create(name:over:_:by:in:)``, and ``AudienceError/noSuchSearch(_:)``.
    public func update(
        _ id: SearchID,
        name: String,
        _ expression: SearchExpression,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let search = try search(id, in: transaction)
        let table = try ProfileTableStore(workspace).table(search.table, in: transaction)
        try check(name, expression, table, context, transaction)
        try checkFree(name, besides: id, in: transaction)
        try transaction.execute(
            """
            UPDATE search SET name = $3, folded_name = $4, expression = $5, updated_at = $6
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, name, name.lowercased(), JSONColumn(expression), context.moment]
        )
    }

    /// Deletes a search.
    ///
    /// - Throws: ``AudienceError/noSuchSearch(_:)``.
    public func delete(_ id: SearchID, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            "DELETE FROM search WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw AudienceError.noSuchSearch("number \(id)") }
    }

    /// All searches, by name.
    public func all(in connection: Connection) throws -> [Search] {
        try searches("workspace_id = $1 ORDER BY folded_name", [workspace], in: connection)
    }

    /// A search by its id.
    ///
    /// - Throws: ``AudienceError/noSuchSearch(_:)``.
    public func search(_ id: SearchID, in connection: Connection) throws -> Search {
        let found = try searches("workspace_id = $1 AND id = $2", [workspace, id], in: connection)
        guard let search = found.first else { throw AudienceError.noSuchSearch("number \(id)") }
        return search
    }

    /// A search by its name, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchSearch(_:)``.
    public func search(named name: String, in connection: Connection) throws -> Search {
        let found = try searches(
            "workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()],
            in: connection
        )
        guard let search = found.first else { throw AudienceError.noSuchSearch(name) }
        return search
    }

    private func check(
        _ name: String,
        _ expression: SearchExpression,
        _ table: ProfileTable,
        _ context: Context,
        _ connection: Connection
    ) throws {
        guard !name.trimmingBlanks.isEmpty, name.count <= 128, !name.utf8.contains(0) else {
            throw AudienceError.badName(name, rule: "1 to 128 characters")
        }
        _ = try compiler.compile(expression, over: table, at: context.moment, in: connection)
    }

    private func checkFree(
        _ name: String,
        besides own: SearchID?,
        in connection: Connection
    ) throws {
        let holder: SearchID? = try connection.value(
            "SELECT id FROM search WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil || holder == own else { throw AudienceError.nameTaken(name) }
    }

    private func searches(
        _ condition: String,
        _ values: [any SQLConvertible],
        in connection: Connection
    ) throws -> [Search] {
        try connection.rows(
            "SELECT id, table_id, name, expression, created_at FROM search WHERE \(condition)",
            values
        ).map { row in
            Search(
                id: try row.get("id"),
                table: try row.get("table_id"),
                name: try row.get("name"),
                expression: try row.json("expression"),
                createdAt: try row.get("created_at")
            )
        }
    }
}
