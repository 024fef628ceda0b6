// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Tasks

/// The webhooks of one workspace.
public struct WebhookStore: Sendable {
    let workspace: WorkspaceID

    /// The webhooks of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The webhooks as they can be listed.
    public static let listing = Listing(
        from: "webhook w",
        scope: "w.workspace_id",
        key: "w.id",
        columns: [
            ListingColumn("id", "w.id", .integer), ListingColumn("url", "w.url", .text),
            ListingColumn("types", "w.types", .json),
            ListingColumn("active", "w.is_active", .boolean),
            ListingColumn("cdate", "w.created_at", .moment),
        ]
    )

    /// Makes a webhook, active at once; its secret is kept by whoever calls.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for a URL or a type that is none.
    public func create(
        url: String,
        types: [String] = [],
        by context: Context,
        in transaction: Transaction
    ) throws -> Webhook {
        let webhook = Webhook(
            id: try transaction.nextID(.webhook, in: workspace),
            url: url,
            types: Set(types).sorted(),
            isActive: true,
            createdAt: context.moment
        )
        try WebhookRule.check(url: url)
        try WebhookRule.check(types: types)
        try transaction.execute(
            """
            INSERT INTO webhook (workspace_id, id, url, types, is_active, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                workspace, webhook.id, webhook.url, JSONColumn(webhook.types), webhook.isActive,
                webhook.createdAt,
            ]
        )
        try TaskFollowers(workspace).set(webhook.follower, in: transaction)
        return webhook
    }

    /// Changes where a webhook goes, what it is told, and whether it is.
    ///
    /// - Throws: As ``create(url:types:by:in:)``, and ``CampaignError/noSuchWebhook(_:)``.
    public func update(_ webhook: Webhook, in transaction: Transaction) throws {
        try WebhookRule.check(url: webhook.url)
        try WebhookRule.check(types: webhook.types)
        let isKnown = try transaction.guarded(
            """
            UPDATE webhook SET url = $3, types = $4, is_active = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, webhook.id, webhook.url, JSONColumn(Set(webhook.types).sorted()),
                webhook.isActive,
            ]
        )
        guard isKnown else { throw CampaignError.noSuchWebhook(webhook.id) }
        let followers = TaskFollowers(workspace)
        if webhook.isActive { return try followers.set(webhook.follower, in: transaction) }
        try followers.remove(
            WebhookDeliveryJob.taskType,
            subject: webhook.id.value,
            in: transaction
        )
    }

    /// Deletes a webhook; deliveries that wait end without a message.
    ///
    /// - Throws: ``CampaignError/noSuchWebhook(_:)``.
    public func delete(_ id: WebhookID, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            "DELETE FROM webhook WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw CampaignError.noSuchWebhook(id) }
        try TaskFollowers(workspace)
            .remove(WebhookDeliveryJob.taskType, subject: id.value, in: transaction)
    }

    /// A webhook, if it exists.
    public func webhook(_ id: WebhookID, in connection: Connection) throws -> Webhook? {
        try connection.row(
            """
            SELECT id, url, types, is_active, created_at FROM webhook
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        ).map { row in
            Webhook(
                id: try row.get("id"),
                url: try row.get("url"),
                types: try row.json("types"),
                isActive: try row.get("is_active"),
                createdAt: try row.get("created_at")
            )
        }
    }

    /// Enqueues a message of the type `webhook.test`, also to a webhook that is switched off.
    ///
    /// - Returns: The task that delivers it.
    /// - Throws: ``CampaignError/noSuchWebhook(_:)``.
    public func test(
        _ id: WebhookID,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        guard let follower = try webhook(id, in: transaction)?.follower else {
            throw CampaignError.noSuchWebhook(id)
        }
        let task = try NewTask(
            follower.type,
            info: follower.info,
            parameters: TaskFollowUp(subject: id.value, end: nil),
            lane: follower.lane
        )
        let made = try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        guard let made else { throw CampaignError.noSuchWebhook(id) }
        return made
    }
}
