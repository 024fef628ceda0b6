// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// What the send task does to its scheduled send: begins it, ends it, and says why it failed.
struct ScheduledSendLife {
    let workspace: WorkspaceID

    /// What a run is to do with a scheduled send.
    enum Beginning: Sendable {
        /// It goes to an audience.
        case go(ScheduledSend)
        /// Its time was moved on; the task was put back.
        case later
        /// It was cancelled before it began; the task has ended.
        case cancelled
    }

    /// Begins a scheduled send, or goes on with it.
    func begin(
        _ id: ScheduledSendID,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> Beginning {
        try run.guardLease(in: transaction)
        let store = ScheduledSendStore(workspace)
        let present = try store.scheduledSend(id, in: transaction)
        let stopper = try stopper(of: present, run, in: transaction)
        guard present.beganAt == nil else { return try goOn(present, in: transaction) }
        if let stopper {
            try close(present, stopper, run, in: transaction)
            return .cancelled
        }
        if present.scheduledAt > transaction.moment {
            let reason = "its time has not come"
            try run.wait(until: present.scheduledAt, reason: reason, in: transaction)
            return .later
        }
        return try goOn(present, in: transaction)
    }

    /// Who stopped it, if anyone did.
    ///
    /// Retrying a task takes its stop back; that of a cancelled send which has not closed yet holds
    /// all the same. What is in doubt of a closed one may be sent again.
    private func stopper(
        of present: ScheduledSend,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> String? {
        if let who = try run.stopRequester(in: transaction) { return who }
        let isOpen = try transaction.row(
            "SELECT id FROM send WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL",
            [workspace, present.send]
        )
        guard present.isCancelled, isOpen != nil else { return nil }
        try TaskStore(workspace).stop(run.task.id, by: run.context, in: transaction)
        return run.context.actor
    }

    /// A send that ended Fatal and is retried has not ended; the campaign counts as sent now, so that
    /// exports have what a send of more than a month sends (spec/exports.md, "Windows").
    private func goOn(_ present: ScheduledSend, in transaction: Transaction) throws -> Beginning {
        try transaction.execute(
            """
            UPDATE scheduled_send SET began_at = coalesce(began_at, $3),
                completed = CASE WHEN failure IS NULL THEN completed ELSE $4 END,
                ended_at = CASE WHEN failure IS NULL THEN ended_at END, failure = NULL
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, present.id, transaction.moment, false]
        )
        let next = try ScheduledSendStore(workspace).scheduledSend(present.id, in: transaction)
        if !next.isEnded {
            try CampaignStore(workspace)
                .mark(next.campaign, .active, sentAt: transaction.moment, in: transaction)
        }
        return .go(next)
    }

    /// Nothing was planned: there is nobody to list.
    private func close(
        _ present: ScheduledSend,
        _ stopper: String,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws {
        let words = "Cancelled by \(stopper) before it began."
        try run.end(try TaskEnding(.completed, words, result: SendLedger()), in: transaction)
        try transaction.execute(
            """
            UPDATE send SET state = 'stopped', finished_at = $3
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, present.send, transaction.moment]
        )
        try conclude(present.send, isStopped: true, in: transaction)
    }

    /// Writes down that a send has ended, if it is a scheduled one: its end is when the campaign
    /// counts as sent.
    func conclude(
        _ send: SendID,
        isStopped: Bool,
        failure: String? = nil,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE scheduled_send SET cancelled = $3, completed = $4, ended_at = $5, failure = $6
            WHERE workspace_id = $1 AND send_id = $2 AND ended_at IS NULL
            """,
            [workspace, send, isStopped, !isStopped, transaction.moment, failure]
        )
        let row = try transaction.row(
            """
            SELECT \(ScheduledSend.columns) FROM scheduled_send
            WHERE workspace_id = $1 AND send_id = $2
            """,
            [workspace, send]
        )
        guard let ended = try row.map(ScheduledSend.init) else { return }
        let test = ended.splitTest.map { SplitTestID($0) }
        let goesOn =
            try test.map { try SplitTestStore(workspace).isOpen($0, in: transaction) } ?? false
        try CampaignStore(workspace).mark(
            ended.campaign,
            goesOn ? .active : .finished,
            sentAt: ended.beganAt == nil ? nil : ended.endedAt,
            in: transaction
        )
    }
}
