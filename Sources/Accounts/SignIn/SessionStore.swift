// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A person who has signed in at a browser.
public struct BrowserSession: Sendable, Hashable {
    /// The session's id.
    public let id: SessionID
    /// The workspace that it sees.
    public let workspace: WorkspaceID
    /// The person.
    public let user: User
    /// What forms show to prove that they are ours; follows from the cookie's secret.
    public let formToken: String
    /// When it was last seen, to the minute.
    public let seenAt: Instant

    /// Whether a form's token is the session's, in a time that tells nothing.
    public func accepts(formToken shown: String) -> Bool {
        ConstantTime.equal(Array(formToken.utf8), Array(shown.utf8))
    }
}

/// The sessions of one workspace.
public struct SessionStore: Sendable {
    /// How long a session lives without being used.
    public static let idleLimit = Span.hours(12)
    /// How long a session lives at all.
    public static let lifetime = Span.days(7)

    private static let prefix = "mrs"

    let workspace: WorkspaceID
    private let randomness: any Randomness

    /// The sessions of a workspace.
    public init(_ workspace: WorkspaceID, randomness: any Randomness = SystemRandomness()) {
        self.workspace = workspace
        self.randomness = randomness
    }

    /// Starts a session; what has expired is cleared away.
    ///
    /// - Returns: The cookie's text, which can't be had again.
    public func start(
        for user: UserID,
        by context: Context,
        in transaction: Transaction
    ) throws -> Secret {
        let id: SessionID = try transaction.nextID(.session, in: workspace)
        let text = SecretText(SessionStore.prefix, workspace, id.value, randomness)
        try transaction.execute(
            "DELETE FROM user_session WHERE workspace_id = $1 AND expires_at < $2",
            [workspace, context.moment]
        )
        try transaction.execute(
            """
            INSERT INTO user_session (workspace_id, id, user_id, digest, created_at, seen_at,
                expires_at)
            VALUES ($1, $2, $3, $4, $5, $5, $6)
            """,
            [
                workspace, id, user, SQLValue.bytes(text.digest), context.moment,
                context.moment + SessionStore.lifetime,
            ]
        )
        try AuditLog(workspace).record(
            "session.start",
            subject: "user \(user)",
            by: context,
            in: transaction
        )
        return Secret(text.text)
    }

    /// Whose cookie it is; nil when it is none, has expired, was ended, or its user may not sign
    /// in.
    public static func session(
        showing text: String,
        at moment: Instant,
        in connection: Connection
    ) throws -> BrowserSession? {
        guard let shown = SecretText(text, prefix: prefix) else { return nil }
        let row = try connection.row(
            """
            SELECT user_id, digest, seen_at, expires_at FROM user_session
            WHERE workspace_id = $1 AND id = $2
            """,
            [shown.workspace, shown.id]
        )
        guard let row, case .bytes(let digest) = try row.get("digest", as: SQLValue.self),
            shown.matches(digest)
        else { return nil }
        let seen: Instant = try row.get("seen_at")
        let end: Instant = try row.get("expires_at")
        guard moment < end, moment < seen + idleLimit else { return nil }
        let users = UserStore(shown.workspace)
        let user = try users.user(try row.get("user_id"), in: connection)
        guard user.isActive else { return nil }
        return BrowserSession(
            id: SessionID(shown.id),
            workspace: shown.workspace,
            user: user,
            formToken: shown.derived("form"),
            seenAt: seen
        )
    }

    /// Notes that a session is in use.
    public func touch(_ id: SessionID, at moment: Instant, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE user_session SET seen_at = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, id, moment]
        )
    }

    /// Ends a session: signing out.
    public func end(
        _ session: BrowserSession,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            "DELETE FROM user_session WHERE workspace_id = $1 AND id = $2",
            [workspace, session.id]
        )
        try AuditLog(workspace).record(
            "session.end",
            subject: "user \(session.user.id)",
            by: context,
            in: transaction
        )
    }

    /// Ends all sessions of a user.
    public func endAll(of user: UserID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM user_session WHERE workspace_id = $1 AND user_id = $2",
            [workspace, user]
        )
    }
}
