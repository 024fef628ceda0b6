// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A password that someone has chosen, hashed: that takes a tenth of a second, so it is done before
/// the transaction that stores it.
public struct NewPassword: Sendable {
    /// How few characters a password may have.
    ///
    /// Length is what counts; nothing is asked of its letters (NIST SP 800-63B, 5.1.1.2).
    public static let fewest = 12

    let hash: PasswordHash

    /// Hashes a password.
    ///
    /// - Throws: ``AccountsError/invalid(field:rule:)`` for one that is too short or too long.
    public init(_ password: Secret, randomness: any Randomness = SystemRandomness()) throws {
        guard (NewPassword.fewest...200).contains(password.reveal().count) else {
            throw AccountsError.invalid(
                field: "password",
                rule: "\(NewPassword.fewest) to 200 characters long"
            )
        }
        hash = try PasswordHash(password, randomness: randomness)
    }
}

/// The passwords of the users of one workspace; only hashes are kept.
public struct PasswordStore: Sendable {
    let workspace: WorkspaceID

    /// The passwords of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Sets a user's password; every session of the user ends.
    ///
    /// - Throws: ``AccountsError/noSuchUser(_:)``.
    public func set(
        _ password: NewPassword,
        of user: UserID,
        by context: Context,
        in transaction: Transaction
    ) throws {
        _ = try UserStore(workspace).user(user, in: transaction)
        try transaction.execute(
            """
            INSERT INTO user_password (workspace_id, user_id, hash, changed_at)
            SELECT $1, $2, $3, $4 WHERE true
            ON CONFLICT (workspace_id, user_id) DO UPDATE
            SET hash = excluded.hash, changed_at = excluded.changed_at
            """,
            [workspace, user, password.hash.text, context.moment]
        )
        try SessionStore(workspace).endAll(of: user, in: transaction)
        try AuditLog(workspace).record(
            "password.set",
            subject: "user \(user)",
            by: context,
            in: transaction
        )
    }

    /// Whether anybody in the workspace can sign in with a password.
    public func hasAny(in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT user_id FROM user_password WHERE workspace_id = $1 LIMIT 1",
            [workspace]
        ) != nil
    }

    /// The users who have a password.
    public func holders(in connection: Connection) throws -> Set<UserID> {
        Set(
            try connection.rows(
                "SELECT user_id FROM user_password WHERE workspace_id = $1",
                [workspace]
            ).map { try $0.get("user_id") }
        )
    }

    func hash(of user: UserID, in connection: Connection) throws -> PasswordHash? {
        let text: String? = try connection.value(
            "SELECT hash FROM user_password WHERE workspace_id = $1 AND user_id = $2",
            [workspace, user]
        )
        return text.map(PasswordHash.init(stored:))
    }
}

/// Signing in by address and password.
public enum SignIn {
    /// A user that an address may stand for, with what a password is compared with.
    public struct Candidate: Sendable {
        /// The workspace.
        public let workspace: Workspace
        /// The user.
        public let user: User
        let hash: PasswordHash

        /// Whether a password is the user's; takes about a tenth of a second, so never in a
        /// transaction.
        public func accepts(_ password: Secret) -> Bool { hash.matches(password) }
    }

    /// The active users with an address, one a workspace, that have a password.
    public static func candidates(
        _ email: String,
        in connection: Connection
    ) throws -> [Candidate] {
        try WorkspaceStore().all(in: connection).compactMap { workspace in
            guard
                let user = try UserStore(workspace.id).user(email: email, in: connection),
                user.isActive,
                let hash = try PasswordStore(workspace.id).hash(of: user.id, in: connection)
            else { return nil }
            return Candidate(workspace: workspace, user: user, hash: hash)
        }
    }

    /// Does what comparing a password costs, so that an unknown address takes as long as a known
    /// one.
    public static func pretend(_ password: Secret) {
        _ = try? PasswordHash(password, randomness: SystemRandomness())
    }
}
