// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// One change that somebody made.
public struct AuditEntry: Sendable, Hashable, Codable {
    /// Counts the entries of a workspace.
    public let id: Int64
    /// When it was made.
    public let moment: Instant
    /// Who made it.
    public let actor: String
    /// By which way.
    public let source: ChangeSource
    /// What was done, such as `user.create`.
    public let action: String
    /// To what, such as `user 7`.
    public let subject: String
    /// The new values by field; never a secret.
    public let details: [String: String]
}

/// The record of every change in one workspace, written in the transaction of the change.
public struct AuditLog: Sendable {
    let workspace: WorkspaceID

    /// The audit log of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Writes an entry.
    ///
    /// - Parameters:
    ///   - action: What was done: a kind of thing and a verb, such as `user.create`.
    ///   - subject: To what, such as `user 7`.
    ///   - details: The new values by field; never a secret.
    ///   - context: Who did it, by which way and when.
    ///   - transaction: The transaction of the change.
    /// - Throws: ``AccountsError/otherWorkspace``, which undoes the change.
    public func record(
        _ action: String,
        subject: String,
        details: [String: String] = [:],
        by context: Context,
        in transaction: Transaction
    ) throws {
        guard context.workspace == workspace else { throw AccountsError.otherWorkspace }
        let id = try transaction.allocate(1, .auditEntry, in: workspace)
        try transaction.execute(
            """
            INSERT INTO audit_entry
                (workspace_id, id, moment, actor, source, action, subject, details)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                workspace, id, context.moment, context.actor, context.source, action, subject,
                JSONColumn(details),
            ]
        )
    }

    /// The latest entries, newest first.
    ///
    /// - Parameters:
    ///   - subject: Only entries on this subject; all unless given.
    ///   - id: Only entries before this one, to read on.
    ///   - limit: How many at most; 100 unless given.
    ///   - connection: Where to read.
    /// - Returns: The entries.
    /// - Throws: `DatabaseError`.
    public func entries(
        on subject: String? = nil,
        before id: Int64? = nil,
        limit: Int = 100,
        in connection: Connection
    ) throws -> [AuditEntry] {
        let condition = subject == nil ? "" : " AND subject = $4"
        return try connection.rows(
            """
            SELECT id, moment, actor, source, action, subject, details FROM audit_entry
            WHERE workspace_id = $1 AND id < $2\(condition) ORDER BY id DESC LIMIT $3
            """,
            [workspace, id ?? Int64.max, limit] + (subject.map { [$0] } ?? [])
        ).map(read)
    }

    /// Deletes entries older than a moment, at most a thousand.
    ///
    /// - Returns: How many were deleted; call again until it is 0.
    public func delete(before moment: Instant, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM audit_entry WHERE workspace_id = $1 AND id IN
            (SELECT id FROM audit_entry WHERE workspace_id = $1 AND moment < $2
             ORDER BY moment LIMIT 1000)
            """,
            [workspace, moment]
        )
    }

    private func read(_ row: Row) throws -> AuditEntry {
        AuditEntry(
            id: try row.get("id"),
            moment: try row.get("moment"),
            actor: try row.get("actor"),
            source: try row.get("source"),
            action: try row.get("action"),
            subject: try row.get("subject"),
            details: try row.json("details")
        )
    }
}
