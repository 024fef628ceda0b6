// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Writes how an attempt ended when it did not end the task.
struct Attempts {
    private let run: TaskRun

    init(_ run: TaskRun) { self.run = run }

    /// Puts the task back for a later moment, without counting the attempt.
    func wait(until: Instant, _ reason: String, in transaction: Transaction) throws {
        try back(
            runAt: until,
            waitReason: reason,
            attempts: run.task.attempts - 1,
            in: transaction
        )
    }

    /// Puts the task back at once, in its old place, without counting the attempt: its node shuts
    /// down.
    func giveBack(in transaction: Transaction) throws {
        try back(
            runAt: run.task.runAt,
            failure: run.task.failure,
            attempts: run.task.attempts - 1,
            in: transaction
        )
        try run.store.log(
            "Its node shuts down; the task goes on at its checkpoint.",
            of: run.task.id,
            in: transaction
        )
        transaction.ringAfterCommit()
    }

    /// Puts the task back until a person decides.
    func hold(_ reason: String, in transaction: Transaction) throws {
        try back(
            runAt: transaction.moment,
            holdReason: reason,
            attempts: run.task.attempts - 1,
            in: transaction
        )
        try run.store.log("Held: \(reason)", of: run.task.id, in: transaction)
    }

    /// Records a failure: back in the queue with a pause, or Fatal.
    ///
    /// - Returns: Why it ended Fatal; nil when there is another attempt.
    @discardableResult
    func fail(
        _ error: any Error,
        policy: RetryPolicy,
        chance: Double,
        in transaction: Transaction
    ) throws -> String? {
        let words = String(describing: error)
        let advice = (error as? any RetryAdvising)?.retryAdvice ?? .later
        let pause =
            advice == .never
            ? nil : policy.pause(afterFailure: run.task.attempts, chance: chance)
        guard let pause else {
            try run.end(try TaskEnding(.fatal, words), in: transaction)
            return words
        }
        try back(
            runAt: transaction.moment + pause,
            failure: words,
            attempts: run.task.attempts,
            in: transaction
        )
        try run.store.log(
            "Attempt \(run.task.attempts) failed: \(words)",
            of: run.task.id,
            in: transaction
        )
        return nil
    }

    private func back(
        runAt: Instant,
        failure: String? = nil,
        waitReason: String? = nil,
        holdReason: String? = nil,
        attempts: Int,
        in transaction: Transaction
    ) throws {
        let isOurs = try transaction.guarded(
            """
            UPDATE task SET status = 'new', lease = NULL, lease_until = NULL, run_at = $4,
                failure = $5, wait_reason = $6, hold_reason = $7, attempts = $8
            WHERE workspace_id = $1 AND id = $2 AND lease = $3 AND status = 'executing'
            """,
            [
                run.task.workspace, run.task.id, run.lease, runAt, failure, waitReason, holdReason,
                attempts,
            ]
        )
        guard isOurs else { throw TaskError.leaseLost(run.task.id) }
    }
}
