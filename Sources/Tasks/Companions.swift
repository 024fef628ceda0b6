// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What a job writes of attempts in its own transactions, when several tasks are one piece of work.
extension TaskRun {
    /// Ends a task that waits, because this run did its work along with its own: as if it had been
    /// claimed and run by this node.
    ///
    /// The caller holds its row, or no other transaction can be writing it.
    ///
    /// - Throws: ``TaskError/leaseLost(_:)`` when it does not wait any more.
    public func end(
        companion id: TaskID,
        _ ending: TaskEnding,
        in transaction: Transaction
    ) throws {
        let row = try transaction.row(
            """
            UPDATE task SET status = $3, outcome = $4, result = $5, started_at = $6,
                finished_at = $6, node = $7, attempts = attempts + 1, wait_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'new'
            RETURNING \(TaskFollowers.question)
            """,
            [
                task.workspace, id, ending.status, ending.words, ending.result,
                transaction.moment, task.node,
            ]
        )
        guard let row else { throw TaskError.leaseLost(id) }
        try store.log(ending.words, of: id, in: transaction)
        try TaskFollowers(task.workspace).follow(id, asked: row, in: transaction)
    }

    /// Records that this attempt failed, in a transaction of the job with what the job records of
    /// it: the task waits for its next attempt, or ends Fatal after its last.
    ///
    /// - Parameters:
    ///   - error: What the attempt failed on; says whether another can help.
    ///   - policy: The type's policy.
    ///   - chance: From 0 up to, not including, 1.
    ///   - transaction: The job's.
    /// - Returns: Whether there will be another attempt.
    /// - Throws: ``TaskError/leaseLost(_:)``.
    public func fail(
        _ error: any Error,
        policy: RetryPolicy,
        chance: Double,
        in transaction: Transaction
    ) throws -> Bool {
        try Attempts(self).fail(error, policy: policy, chance: chance, in: transaction)
        return try store.task(task.id, in: transaction).status == .new
    }
}
