// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The users of one workspace.
public struct UserStore: Sendable {
    let workspace: WorkspaceID

    /// The users of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a user.
    ///
    /// - Parameters:
    ///   - name: The name that people see.
    ///   - email: The address that the user signs in with.
    ///   - role: What the user may do.
    ///   - entities: What the user is limited to; everything unless given.
    ///   - context: Who makes the user.
    ///   - transaction: Where the user is made.
    /// - Returns: The new user.
    /// - Throws: ``AccountsError/taken(field:)``, ``AccountsError/invalid(field:rule:)`` or
    ///   ``AccountsError/noSuchEntity(_:)``.
    public func create(
        name: String,
        email: String,
        role: Role,
        entities: Set<EntityID> = [],
        by context: Context,
        in transaction: Transaction
    ) throws -> User {
        let user = User(
            id: try transaction.nextID(.user, in: workspace),
            name: try FieldRules.name(name),
            email: try FieldRules.email(email),
            role: role,
            entities: entities,
            isActive: true,
            createdAt: context.moment
        )
        try checkFree(user, in: transaction)
        try transaction.execute(
            """
            INSERT INTO workspace_user
                (workspace_id, id, name, email, email_key, role, is_active, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                workspace, user.id, user.name, user.email, FieldRules.key(user.email), role, true,
                context.moment,
            ]
        )
        try write(entities, of: user.id, in: transaction)
        try log("user.create", user, context, transaction)
        return user
    }

    /// Changes a user's name, address, role, entities and whether the user may sign in.
    ///
    /// - Throws: As ``create(name:email:role:entities:by:in:)``, ``AccountsError/noSuchUser(_:)``
    ///   or ``AccountsError/lastAdministrator(_:)``.
    public func update(_ changed: User, by context: Context, in transaction: Transaction) throws {
        var user = changed
        user.name = try FieldRules.name(changed.name)
        user.email = try FieldRules.email(changed.email)
        try checkAdministrator(remainsWithout: user.id, as: user, in: transaction)
        try checkFree(user, in: transaction)
        try transaction.execute(
            """
            UPDATE workspace_user SET name = $1, email = $2, email_key = $3, role = $4,
                is_active = $5
            WHERE workspace_id = $6 AND id = $7
            """,
            [
                user.name, user.email, FieldRules.key(user.email), user.role, user.isActive,
                workspace, user.id,
            ]
        )
        try write(user.entities, of: user.id, in: transaction)
        try log("user.update", user, context, transaction)
    }

    /// Deletes a user with password, sessions and tokens; what the user did stays in the audit log.
    ///
    /// - Throws: ``AccountsError/noSuchUser(_:)`` or ``AccountsError/lastAdministrator(_:)``.
    public func delete(_ id: UserID, by context: Context, in transaction: Transaction) throws {
        try checkAdministrator(remainsWithout: id, as: nil, in: transaction)
        try write([], of: id, in: transaction)
        for table in ["access_token", "user_password", "user_session", "sign_in_link"] {
            try transaction.execute(
                "DELETE FROM \(table) WHERE workspace_id = $1 AND user_id = $2",
                [workspace, id]
            )
        }
        try transaction.execute(
            "DELETE FROM workspace_user WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        try AuditLog(workspace).record(
            "user.delete",
            subject: "user \(id)",
            by: context,
            in: transaction
        )
    }

    /// All users in the order of their ids.
    public func all(in connection: Connection) throws -> [User] {
        let limits = try connection.rows(
            """
            SELECT user_id, entity_id FROM workspace_user_entity WHERE workspace_id = $1
            """,
            [workspace]
        )
        var entities: [UserID: Set<EntityID>] = [:]
        for row in limits {
            entities[try row.get("user_id"), default: []].insert(try row.get("entity_id"))
        }
        return try connection.rows(
            """
            SELECT id, name, email, role, is_active, created_at FROM workspace_user
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        ).map { try read($0, entities[$0.get("id")] ?? []) }
    }

    /// One user.
    ///
    /// - Throws: ``AccountsError/noSuchUser(_:)``.
    public func user(_ id: UserID, in connection: Connection) throws -> User {
        guard let user = try all(in: connection).first(where: { $0.id == id }) else {
            throw AccountsError.noSuchUser(id)
        }
        return user
    }

    /// The user with an address, ignoring case, if there is one.
    public func user(email: String, in connection: Connection) throws -> User? {
        let key = FieldRules.key(email)
        return try all(in: connection).first { FieldRules.key($0.email) == key }
    }
}

extension UserStore {
    /// The users as they can be listed.
    public static let listing = Listing(
        from: "workspace_user u",
        scope: "u.workspace_id",
        key: "u.id",
        columns: [
            ListingColumn("id", "u.id", .integer), ListingColumn("name", "u.name", .text),
            ListingColumn("email", "u.email", .text), ListingColumn("role", "u.role", .text),
            ListingColumn("active", "u.is_active", .boolean),
            ListingColumn("created", "u.created_at", .moment),
        ]
    )

    private func checkFree(_ user: User, in connection: Connection) throws {
        let holder: UserID? = try connection.value(
            "SELECT id FROM workspace_user WHERE workspace_id = $1 AND email_key = $2",
            [workspace, FieldRules.key(user.email)]
        )
        guard holder == nil || holder == user.id else { throw AccountsError.taken(field: "email") }
    }

    /// Refuses a change after which nobody could administer the workspace.
    private func checkAdministrator(
        remainsWithout id: UserID,
        as changed: User?,
        in connection: Connection
    ) throws {
        let users = try all(in: connection)
        guard let present = users.first(where: { $0.id == id }) else {
            throw AccountsError.noSuchUser(id)
        }
        let others = users.filter { $0.id != id } + (changed.map { [$0] } ?? [])
        guard !present.isActiveAdministrator || others.contains(where: \.isActiveAdministrator)
        else { throw AccountsError.lastAdministrator(id) }
    }

    private func write(_ entities: Set<EntityID>, of id: UserID, in transaction: Transaction) throws
    {
        let known = EntityStore(workspace)
        try transaction.execute(
            "DELETE FROM workspace_user_entity WHERE workspace_id = $1 AND user_id = $2",
            [workspace, id]
        )
        for entity in entities.sorted() {
            _ = try known.entity(entity, in: transaction)
            try transaction.execute(
                """
                INSERT INTO workspace_user_entity (workspace_id, user_id, entity_id)
                VALUES ($1, $2, $3)
                """,
                [workspace, id, entity]
            )
        }
    }

    private func log(
        _ action: String,
        _ user: User,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let entities = user.entities.sorted().map(\.description).joined(separator: ", ")
        try AuditLog(workspace).record(
            action,
            subject: "user \(user.id)",
            details: [
                "name": user.name, "email": user.email, "role": user.role.rawValue,
                "entities": entities, "isActive": String(user.isActive),
            ],
            by: context,
            in: transaction
        )
    }

    private func read(_ row: Row, _ entities: Set<EntityID>) throws -> User {
        User(
            id: try row.get("id"),
            name: try row.get("name"),
            email: try row.get("email"),
            role: try row.get("role"),
            entities: entities,
            isActive: try row.get("is_active"),
            createdAt: try row.get("created_at")
        )
    }
}
