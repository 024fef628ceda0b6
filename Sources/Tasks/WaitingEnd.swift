// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

// What a room does with a waiting task of its own, outside of its runs.
extension TaskStore {
    /// Ends a task that waits, for a reason of its room; what follows its end is enqueued with it.
    ///
    /// - Returns: Whether it was waiting.
    @discardableResult
    public func endWaiting(
        _ id: TaskID,
        _ status: TaskStatus,
        _ words: String,
        in transaction: Transaction
    ) throws -> Bool {
        let row = try transaction.row(
            """
            UPDATE task SET status = $3, outcome = $4, finished_at = $5, wait_reason = NULL,
                hold_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'new'
            RETURNING \(TaskFollowers.question)
            """,
            [workspace, id, status, words, transaction.moment]
        )
        guard let row else { return false }
        try log(words, of: id, in: transaction)
        try TaskFollowers(workspace).follow(id, asked: row, in: transaction)
        return true
    }

    /// Gives a task that waits another checkpoint, and the moment at which it counts as started.
    ///
    /// - Returns: Whether it was waiting.
    @discardableResult
    public func restart(
        _ id: TaskID,
        at moment: Instant,
        checkpoint: some Encodable,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE task SET checkpoint = $3, started_at = $4
            WHERE workspace_id = $1 AND id = $2 AND status = 'new'
            """,
            [workspace, id, try JSONText.encode(checkpoint), moment]
        )
    }
}
