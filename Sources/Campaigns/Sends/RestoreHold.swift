// SPDX-License-Identifier: Apache-2.0
internal import Common
public import Database
internal import Tasks

/// Holds sends and triggers after a restore until a person accepts it (design/architecture.md,
/// "Change clock").
public enum RestoreHold {
    static let reason =
        "the database was restored from a backup; accept it with "
        + "`millrace doctor --accept-restore` before anything is sent"

    /// Accepts a restored database: what was held goes on, in all workspaces.
    ///
    /// What had left in the time that was lost is not known to the database and goes out again,
    /// unless the outbox holds it: a person decides so, and the tasks' logs name that person.
    ///
    /// - Parameters:
    ///   - transaction: A transaction.
    ///   - actor: Who accepts it.
    /// - Returns: How many tasks go on.
    /// - Throws: `DatabaseError`.
    @discardableResult
    public static func accept(in transaction: Transaction, by actor: String) throws -> Int {
        try ChangeClock.accept(in: transaction)
        let held = try transaction.rows(
            """
            SELECT workspace_id, id FROM task -- all workspaces
            WHERE status = 'new' AND hold_reason = $1
            """,
            [reason]
        )
        for row in held {
            let context = Context(
                workspace: try row.get("workspace_id"),
                actor: actor,
                source: .manualEdit,
                moment: transaction.moment
            )
            try TaskStore(context.workspace)
                .release(try row.get("id"), by: context, in: transaction)
        }
        return held.count
    }

    /// Why nothing may be sent; nil when it may.
    static func reason(in connection: Connection) throws -> String? {
        try ChangeClock.standing(in: connection).isHeld ? reason : nil
    }
}
