// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

extension ScheduledSendStore {
    /// A scheduled send of which everything is known but its numbers.
    struct Plan {
        var name: String
        var channel: Channel
        var target: SendTarget
        var message: StoredMessage
        var scheduledAt: Instant
        var rate: Int?
        var size: Int
        var splitTest: SplitTestID?
    }

    /// Makes a scheduled send with its send and its task.
    func insert(
        _ plan: Plan,
        _ campaign: Campaign,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let id: ScheduledSendID = try transaction.nextID(.scheduledSend, in: workspace)
        let started = try SendStore(workspace)
            .schedule(campaign, for: id, at: plan.scheduledAt, by: context, in: transaction)
        let values: [any SQLConvertible] = [
            workspace, id, plan.name, plan.channel, plan.target.list, plan.target.search,
            plan.message.id, plan.message.author, campaign.id, started.send, started.task, false,
            plan.rate, plan.scheduledAt, plan.size, context.moment, context.actor, plan.splitTest,
        ]
        try transaction.execute(
            """
            INSERT INTO scheduled_send (workspace_id, id, name, channel, list_id, search_id,
                message_id, author_id, campaign_id, send_id, task_id, cancelled, completed, rate,
                slot_taken, scheduled_at, size, created_at, created_by, splittest_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, 0, $14, $15, $16,
                $17, $18)
            """,
            values
        )
        return try scheduledSend(id, in: transaction)
    }

    /// Makes the send of one message of a split test, at once.
    func create(
        version: String,
        of test: SplitTest,
        _ message: StoredMessageID,
        size: Int,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let plan = Plan(
            name: "\(test.name) \(version)",
            channel: test.channel,
            target: test.target,
            message: try MessageStore(workspace).message(message, in: transaction),
            scheduledAt: context.moment,
            size: size,
            splitTest: test.id
        )
        let campaign = try CampaignStore(workspace).campaign(test.campaign, in: transaction)
        return try insert(plan, campaign, by: context, in: transaction)
    }
}
