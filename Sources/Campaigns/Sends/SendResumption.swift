// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// What a person can do about a send that has ended: let go out again what is in doubt, go on with
/// what a stop held back, or write to those whom it reached.
extension SendStore {
    /// Sends what was in doubt again, because a person decided so; the Message-IDs stay.
    ///
    /// - Returns: How many messages go out again.
    /// - Throws: ``CampaignError/stillSending`` while the send has not ended,
    ///   ``CampaignError/noSuchSend``.
    public func resendInDoubt(
        _ send: SendID,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> Int
    {
        let words = "sent again at the request of \(context.actor)"
        return try reopen(send, .inDoubt, words, by: context, in: transaction)
    }

    /// Sends what a stop held back, because a person decided so; those left out stay left out.
    ///
    /// - Returns: How many messages go out.
    /// - Throws: ``CampaignError/stillSending`` while the send has not ended,
    ///   ``CampaignError/noSuchSend``.
    public func resumeRest(
        _ send: SendID,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> Int
    {
        let words = "resumed at the request of \(context.actor)"
        let count = try reopen(send, .stopped, words, by: context, in: transaction)
        guard count > 0 else { return 0 }
        let campaign = try CampaignStore(workspace)
            .campaign(campaign(of: send, in: transaction), in: transaction)
        try PressureRelease(workspace: workspace, campaign: campaign)
            .countAgain(send, in: transaction)
        // The stop is taken back: it goes on as if it had not been, and ends in its own time.
        try transaction.execute(
            "UPDATE send SET finished_at = NULL WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        try transaction.execute(
            """
            UPDATE scheduled_send SET cancelled = $3, completed = $3, ended_at = NULL
            WHERE workspace_id = $1 AND send_id = $2
            """,
            [workspace, send, false]
        )
        try ImportTriggerStore(workspace).resume(send, from: .stopped, in: transaction)
        return count
    }

    /// Sends a campaign to everyone whom a send reached, such as a correction.
    ///
    /// - Throws: ``CampaignError/stillSending`` while the send has not ended,
    ///   ``CampaignError/noSuchSend``, ``CampaignError/notActive(_:)``,
    ///   ``CampaignError/otherTable(campaign:table:)``.
    public func correct(
        _ send: SendID,
        with campaign: Campaign,
        by context: Context,
        in transaction: Transaction
    ) throws -> (send: SendID, task: TaskID) {
        let parent = try endedTask(of: send, in: transaction)
        guard campaign.state == .active else {
            throw CampaignError.notActive(campaign.displayName)
        }
        let corrected = try CampaignStore(workspace)
            .campaign(self.campaign(of: send, in: transaction), in: transaction)
        guard corrected.table == campaign.table else {
            throw CampaignError.otherTable(
                campaign: campaign.displayName,
                table: "that of \(corrected.displayName)"
            )
        }
        return try start(campaign, .reached(send), after: parent, by: context, in: transaction)
    }

    /// Lets a send go before those with a lower priority where a provider's cap holds; 0 unless set.
    ///
    /// - Throws: ``CampaignError/noSuchSend``.
    public func prioritise(
        _ send: SendID,
        _ priority: Int,
        in transaction: Transaction
    ) throws {
        let isKnown = try transaction.guarded(
            "UPDATE send SET priority = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, send, priority]
        )
        guard isKnown else { throw CampaignError.noSuchSend }
        try transaction.execute(
            "UPDATE provider_queue SET priority = $3 WHERE workspace_id = $1 AND send_id = $2",
            [workspace, send, priority]
        )
    }

    private func campaign(of send: SendID, in connection: Connection) throws -> CampaignID {
        let campaign: CampaignID? = try connection.value(
            "SELECT campaign_id FROM send WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        guard let campaign else { throw CampaignError.noSuchSend }
        return campaign
    }

    private func endedTask(of send: SendID, in transaction: Transaction) throws -> TaskID {
        let id: TaskID? = try transaction.value(
            "SELECT task_id FROM send WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        guard let id else { throw CampaignError.noSuchSend }
        guard try TaskStore(workspace).task(id, in: transaction).status.isEnded else {
            throw CampaignError.stillSending
        }
        return id
    }

    private func reopen(
        _ send: SendID,
        _ state: InteractionState,
        _ words: String,
        by context: Context,
        in transaction: Transaction
    ) throws -> Int {
        let id = try endedTask(of: send, in: transaction)
        let count = try transaction.execute(
            """
            UPDATE interaction SET state = 'pending', attempts = 0, detail = $3, event_at = NULL,
                next_at = $4
            WHERE workspace_id = $1 AND send_id = $2 AND state = $5
                AND address IS NOT NULL
            """,
            [workspace, send, words, context.moment, state]
        )
        guard count > 0 else { return 0 }
        try CampaignCounts(workspace).add(
            [state == .inDoubt ? .inDoubt : .stopped: -count],
            to: campaign(of: send, in: transaction),
            send,
            in: transaction
        )
        try transaction.execute(
            "UPDATE send SET state = 'sending' WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        // A stopped send has ended Completed: what a person resends is no retry of it.
        try transaction.execute(
            "UPDATE task SET status = 'error' WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        try TaskStore(workspace).retry(id, by: context, in: transaction)
        return count
    }
}
