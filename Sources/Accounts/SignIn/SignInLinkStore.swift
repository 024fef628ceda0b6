// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A link that lets a person set a password, once.
public struct SignInLink: Sendable, Hashable {
    /// The link's id.
    public let id: SignInLinkID
    /// The workspace.
    public let workspace: WorkspaceID
    /// Whose password it sets; nil for the first administrator, who is made by it.
    public let user: User?
}

/// The one-time links of one workspace.
public struct SignInLinkStore: Sendable {
    private static let prefix = "mrl"

    let workspace: WorkspaceID
    private let randomness: any Randomness

    /// The links of a workspace.
    public init(_ workspace: WorkspaceID, randomness: any Randomness = SystemRandomness()) {
        self.workspace = workspace
        self.randomness = randomness
    }

    /// Makes a link.
    ///
    /// - Parameters:
    ///   - user: Whose password it sets; nil for the first administrator.
    ///   - life: How long it works; three days unless given.
    ///   - context: Who makes it.
    ///   - transaction: Where it is made.
    /// - Returns: The link's last part, which can't be had again.
    /// - Throws: ``AccountsError/noSuchUser(_:)``.
    public func create(
        for user: UserID?,
        life: Span = .days(3),
        by context: Context,
        in transaction: Transaction
    ) throws -> Secret {
        if let user { _ = try UserStore(workspace).user(user, in: transaction) }
        let id: SignInLinkID = try transaction.nextID(.signInLink, in: workspace)
        let text = SecretText(SignInLinkStore.prefix, workspace, id.value, randomness)
        try transaction.execute(
            "DELETE FROM sign_in_link WHERE workspace_id = $1 AND expires_at < $2",
            [workspace, context.moment]
        )
        try transaction.execute(
            """
            INSERT INTO sign_in_link (workspace_id, id, user_id, digest, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                workspace, id, user, SQLValue.bytes(text.digest), context.moment,
                context.moment + life,
            ]
        )
        try AuditLog(workspace).record(
            "link.create",
            subject: user.map { "user \($0)" } ?? "first administrator",
            by: context,
            in: transaction
        )
        return Secret(text.text)
    }

    /// What a link is for; nil when it is none, was used, or has expired, or is that of the first
    /// administrator although somebody has a password by now.
    public static func link(
        showing text: String,
        at moment: Instant,
        in connection: Connection
    ) throws -> SignInLink? {
        guard let shown = SecretText(text, prefix: prefix) else { return nil }
        let row = try connection.row(
            """
            SELECT user_id, digest, expires_at FROM sign_in_link
            WHERE workspace_id = $1 AND id = $2
            """,
            [shown.workspace, shown.id]
        )
        guard let row, case .bytes(let digest) = try row.get("digest", as: SQLValue.self),
            shown.matches(digest), moment < (try row.get("expires_at", as: Instant.self))
        else { return nil }
        let id: UserID? = try row.get("user_id")
        if id == nil, try PasswordStore(shown.workspace).hasAny(in: connection) { return nil }
        let user = try id.map { try UserStore(shown.workspace).user($0, in: connection) }
        return SignInLink(id: SignInLinkID(shown.id), workspace: shown.workspace, user: user)
    }

    /// Uses a link up.
    ///
    /// - Returns: Whether it was there; false when another use was faster.
    public func use(_ link: SignInLink, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            "DELETE FROM sign_in_link WHERE workspace_id = $1 AND id = $2",
            [workspace, link.id]
        )
    }
}
