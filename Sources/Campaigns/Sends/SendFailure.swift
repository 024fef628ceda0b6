// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// What a send that ends Fatal leaves behind, and what it takes back when someone retries it.
struct SendFailure {
    let workspace: WorkspaceID
    let send: SendID

    /// Closes what the send kept open, in the transaction that ends its task.
    func note(_ words: String, in transaction: Transaction) throws {
        let campaign: CampaignID? = try transaction.value(
            "SELECT campaign_id FROM send WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        guard let campaign else { return }
        try SendStore(workspace)
            .doubt(send, of: campaign, "in flight when the send failed", in: transaction)
        try ProviderQueue(workspace: workspace, send: send).leave(in: transaction)
        try transaction.execute(
            "UPDATE send SET state = 'failed' WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        try ImportTriggerStore(workspace).fail(send, words, in: transaction)
        try ScheduledSendLife(workspace: workspace)
            .conclude(send, isStopped: false, failure: words, in: transaction)
    }

    /// The send goes on where it stopped.
    func takeBack(in transaction: Transaction) throws {
        let hasFailed = try transaction.guarded(
            """
            UPDATE send SET state = 'sending'
            WHERE workspace_id = $1 AND id = $2 AND state = 'failed'
            """,
            [workspace, send]
        )
        guard hasFailed else { return }
        try ImportTriggerStore(workspace).resume(send, from: .failed, in: transaction)
    }
}

extension SendStore {
    /// Nobody waits any more for the answers to what is in flight: it is in doubt.
    func doubt(
        _ send: SendID,
        of campaign: CampaignID,
        _ words: String,
        in transaction: Transaction
    ) throws {
        try TextLedger(workspace).settleInFlight(of: send, in: transaction)
        let count = try transaction.execute(
            """
            UPDATE interaction SET state = 'inDoubt', detail = $3, event_at = $4, next_at = NULL
            WHERE workspace_id = $1 AND send_id = $2 AND state = 'inFlight'
                AND next_at IS NOT NULL
            """,
            [workspace, send, words, transaction.moment]
        )
        try CampaignCounts(workspace).add([.inDoubt: count], to: campaign, send, in: transaction)
    }
}
