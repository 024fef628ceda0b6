// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The tokens of one workspace.
public struct TokenStore: Sendable {
    private static let prefix = "mrt"

    let workspace: WorkspaceID
    private let randomness: any Randomness

    /// The tokens of a workspace.
    public init(_ workspace: WorkspaceID, randomness: any Randomness = SystemRandomness()) {
        self.workspace = workspace
        self.randomness = randomness
    }

    /// Makes a token for a user.
    ///
    /// - Parameters:
    ///   - user: Whom it acts as.
    ///   - name: What people call it.
    ///   - scopes: What it may be used for; ``Scope/standard`` unless given.
    ///   - expiresAt: When it stops working; never unless given.
    ///   - context: Who makes it.
    ///   - transaction: Where it is made.
    /// - Returns: The token, and its text, which can't be had again.
    /// - Throws: ``AccountsError/noSuchUser(_:)`` or ``AccountsError/invalid(field:rule:)``.
    public func create(
        for user: UserID,
        name: String,
        scopes: Set<Scope> = Scope.standard,
        expiresAt: Instant? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> (token: AccessToken, text: Secret) {
        _ = try UserStore(workspace).user(user, in: transaction)
        guard !scopes.isEmpty else {
            throw AccountsError.invalid(field: "scopes", rule: "at least one scope")
        }
        let token = AccessToken(
            id: try transaction.nextID(.token, in: workspace),
            user: user,
            name: try FieldRules.name(name),
            scopes: scopes,
            createdAt: context.moment,
            expiresAt: expiresAt
        )
        let text = SecretText(TokenStore.prefix, workspace, token.id.value, randomness)
        try transaction.execute(
            """
            INSERT INTO access_token (workspace_id, id, user_id, name, scopes, digest,
                created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                workspace, token.id, user, token.name, Scope.text(scopes),
                SQLValue.bytes(text.digest), context.moment, expiresAt,
            ]
        )
        try AuditLog(workspace).record(
            "token.create",
            subject: "token \(token.id)",
            details: ["user": "\(user)", "name": token.name, "scopes": Scope.text(scopes)],
            by: context,
            in: transaction
        )
        return (token, Secret(text.text))
    }

    /// Deletes a token; calls with it are refused within seconds.
    ///
    /// - Throws: ``AccountsError/noSuchToken(_:)``.
    public func delete(_ id: TokenID, by context: Context, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            "DELETE FROM access_token WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw AccountsError.noSuchToken(id) }
        try AuditLog(workspace).record(
            "token.delete",
            subject: "token \(id)",
            by: context,
            in: transaction
        )
    }

    /// All tokens in the order of their ids.
    public func all(in connection: Connection) throws -> [AccessToken] {
        try connection.rows(
            """
            SELECT id, user_id, name, scopes, created_at, expires_at FROM access_token
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        ).map(AccessToken.init)
    }

    /// Who shows a token; nil when it is none, has expired, was deleted, or its user may not sign
    /// in.
    ///
    /// Nothing tells which.
    public static func caller(
        showing text: String,
        at moment: Instant,
        in connection: Connection
    ) throws -> Caller? {
        guard let shown = SecretText(text, prefix: prefix) else { return nil }
        let row = try connection.row(
            """
            SELECT id, user_id, name, scopes, digest, created_at, expires_at FROM access_token
            WHERE workspace_id = $1 AND id = $2
            """,
            [shown.workspace, shown.id]
        )
        guard let row, case .bytes(let digest) = try row.get("digest", as: SQLValue.self),
            shown.matches(digest)
        else { return nil }
        let token = try AccessToken(row)
        if let end = token.expiresAt, end <= moment { return nil }
        let user = try UserStore(shown.workspace).user(token.user, in: connection)
        guard user.isActive else { return nil }
        return Caller(
            workspace: shown.workspace,
            user: user,
            token: token.id,
            scopes: token.scopes
        )
    }

    /// The tokens as they can be listed.
    public static let listing = Listing(
        from: "access_token t",
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer), ListingColumn("user", "t.user_id", .integer),
            ListingColumn("name", "t.name", .text), ListingColumn("scopes", "t.scopes", .text),
            ListingColumn("expires", "t.expires_at", .moment).orNull,
            ListingColumn("created", "t.created_at", .moment),
        ]
    )
}

extension AccessToken {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"),
            user: try row.get("user_id"),
            name: try row.get("name"),
            scopes: Scope.set(try row.get("scopes")),
            createdAt: try row.get("created_at"),
            expiresAt: try row.get("expires_at")
        )
    }
}
