// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A named division of a workspace, to which campaigns and exports belong.
public struct Entity: Sendable, Hashable, Codable {
    /// The entity's id.
    public let id: EntityID
    /// The name, unique in the workspace ignoring case.
    public var name: String
    /// When it was made.
    public let createdAt: Instant
}

/// The entities of one workspace.
public struct EntityStore: Sendable {
    let workspace: WorkspaceID

    /// The entities of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The entities as they can be listed.
    public static let listing = Listing(
        from: "entity e",
        scope: "e.workspace_id",
        key: "e.id",
        columns: [
            ListingColumn("id", "e.id", .integer), ListingColumn("name", "e.name", .text),
            ListingColumn("created", "e.created_at", .moment),
        ]
    )

    /// Makes an entity.
    ///
    /// - Throws: ``AccountsError/taken(field:)`` or ``AccountsError/invalid(field:rule:)``.
    public func create(
        name: String,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> Entity
    {
        let name = try FieldRules.name(name)
        try checkFree(name, besides: nil, in: transaction)
        let entity = Entity(
            id: try transaction.nextID(.entity, in: workspace),
            name: name,
            createdAt: context.moment
        )
        try transaction.execute(
            """
            INSERT INTO entity (workspace_id, id, name, name_key, created_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [workspace, entity.id, name, FieldRules.key(name), context.moment]
        )
        try log("entity.create", entity.id, ["name": name], context, transaction)
        return entity
    }

    /// Gives an entity another name.
    ///
    /// - Throws: ``AccountsError/noSuchEntity(_:)``, ``AccountsError/taken(field:)`` or
    ///   ``AccountsError/invalid(field:rule:)``.
    public func rename(
        _ id: EntityID,
        to name: String,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let name = try FieldRules.name(name)
        try checkFree(name, besides: id, in: transaction)
        let isKnown = try transaction.guarded(
            "UPDATE entity SET name = $1, name_key = $2 WHERE workspace_id = $3 AND id = $4",
            [name, FieldRules.key(name), workspace, id]
        )
        guard isKnown else { throw AccountsError.noSuchEntity(id) }
        try log("entity.rename", id, ["name": name], context, transaction)
    }

    /// Deletes an entity; the caller makes sure that no campaign or export belongs to it.
    ///
    /// - Throws: ``AccountsError/noSuchEntity(_:)``, or ``AccountsError/entityInUse(_:)`` while a
    ///   user is limited to it: without any entity that user would be limited to none.
    public func delete(_ id: EntityID, by context: Context, in transaction: Transaction) throws {
        let limited = try transaction.row(
            """
            SELECT user_id FROM workspace_user_entity WHERE workspace_id = $1 AND entity_id = $2
            LIMIT 1
            """,
            [workspace, id]
        )
        guard limited == nil else { throw AccountsError.entityInUse(id) }
        let isKnown = try transaction.guarded(
            "DELETE FROM entity WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isKnown else { throw AccountsError.noSuchEntity(id) }
        try log("entity.delete", id, [:], context, transaction)
    }

    /// All entities in the order of their ids.
    public func all(in connection: Connection) throws -> [Entity] {
        try connection.rows(
            "SELECT id, name, created_at FROM entity WHERE workspace_id = $1 ORDER BY id",
            [workspace]
        ).map(read)
    }

    /// One entity.
    ///
    /// - Throws: ``AccountsError/noSuchEntity(_:)``.
    public func entity(_ id: EntityID, in connection: Connection) throws -> Entity {
        let row = try connection.row(
            "SELECT id, name, created_at FROM entity WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard let row else { throw AccountsError.noSuchEntity(id) }
        return try read(row)
    }

    private func checkFree(_ name: String, besides id: EntityID?, in connection: Connection) throws
    {
        let holder: EntityID? = try connection.value(
            "SELECT id FROM entity WHERE workspace_id = $1 AND name_key = $2",
            [workspace, FieldRules.key(name)]
        )
        guard holder == nil || holder == id else { throw AccountsError.taken(field: "name") }
    }

    private func log(
        _ action: String,
        _ id: EntityID,
        _ details: [String: String],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(workspace).record(
            action,
            subject: "entity \(id)",
            details: details,
            by: context,
            in: transaction
        )
    }

    private func read(_ row: Row) throws -> Entity {
        Entity(
            id: try row.get("id"),
            name: try row.get("name"),
            createdAt: try row.get("created_at")
        )
    }
}
