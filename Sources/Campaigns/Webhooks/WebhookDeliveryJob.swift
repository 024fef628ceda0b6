// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging
public import Tasks

/// What deliveries need from rooms that this one does not know; given by the composition root.
public struct WebhookGround: Sendable {
    /// The secret of a webhook; nil when it has none.
    let secret: @Sendable (Webhook, WorkspaceID, Connection) throws -> WebhookSecret?
    /// Whether a workspace lets its webhooks go to this machine and private networks.
    let allowsInside: @Sendable (WorkspaceID, Connection) throws -> Bool

    /// Brings both.
    public init(
        secret: @escaping @Sendable (Webhook, WorkspaceID, Connection) throws -> WebhookSecret?,
        allowsInside: @escaping @Sendable (WorkspaceID, Connection) throws -> Bool
    ) {
        self.secret = secret
        self.allowsInside = allowsInside
    }
}

/// Delivers one message to a webhook: at least once, with the same `webhook-id` at each try.
public struct WebhookDeliveryJob: TaskJob {
    /// `webhook_delivery`: eight attempts over about a day.
    public static let taskType = TaskType(
        name: "webhook_delivery",
        displayName: "Webhook delivery",
        queue: "webhooks",
        retry: RetryPolicy(attempts: 8, firstPause: .minutes(10), longestPause: .hours(12))
    )

    private let transport: WebhookTransport
    private let ground: WebhookGround
    private let randomness: any Randomness

    /// Makes the job.
    public init(
        _ ground: WebhookGround,
        transport: WebhookTransport = WebhookTransport(),
        randomness: any Randomness = SystemRandomness()
    ) {
        self.ground = ground
        self.transport = transport
        self.randomness = randomness
    }

    /// `webhook_delivery`.
    public var type: TaskType { WebhookDeliveryJob.taskType }

    /// Makes one try and notes what came of it in the transaction that ends the attempt.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let order: TaskFollowUp = try run.task.parameters()
        guard let target = try await begin(order, run) else {
            let words = "The webhook was switched off or deleted; nothing was sent."
            return .ended(try TaskEnding(.completed, words))
        }
        let message = WebhookMessage(
            url: target.webhook.url,
            id: "msg_\(run.task.workspace)_\(run.task.id)",
            moment: run.database.time.now(),
            body: Array(try WebhookBody.text(order.end, asked: run.task.createdAt).utf8)
        )
        let answer = try await run.database.blocking { [transport] in
            try transport.post(
                message,
                signedWith: target.secret,
                allowsInside: target.allowsInside
            )
        }
        try run.failpoints.pass("webhook.answered")
        try await run.database.write(.guarded) { try settle(answer, target.webhook, run, in: $0) }
        return .endedInTransaction
    }

    private struct Target: Sendable {
        var webhook: Webhook
        var secret: WebhookSecret
        var allowsInside: Bool
    }

    /// What is sent where, as things stand at this try.
    private func begin(_ order: TaskFollowUp, _ run: TaskRun) async throws -> Target? {
        let workspace = run.task.workspace
        return try await run.database.write(.guarded) { transaction in
            try run.guardLease(in: transaction)
            let id = WebhookID(order.subject)
            let found = try WebhookStore(workspace).webhook(id, in: transaction)
            guard let webhook = found else { return nil }
            try WebhookDeliveries(workspace).begin(run.task.id, to: id, in: transaction)
            guard webhook.isActive || order.end == nil,
                let secret = try ground.secret(webhook, workspace, transaction)
            else { return nil }
            let allowsInside = try ground.allowsInside(workspace, transaction)
            return Target(webhook: webhook, secret: secret, allowsInside: allowsInside)
        }
    }

    private func settle(
        _ answer: WebhookAnswer,
        _ webhook: Webhook,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws {
        var status: Int?
        if case .status(let code) = answer { status = code }
        try run.guardLease(in: transaction)
        try WebhookDeliveries(run.task.workspace).note(
            run.task.id,
            status: status,
            deliveredAt: answer.isTaken ? transaction.moment : nil,
            in: transaction
        )
        if answer.isTaken {
            let words = "Delivered. \(answer)"
            return try run.end(try TaskEnding(.completed, words), in: transaction)
        }
        if status == 410 { return try switchOff(webhook, run, in: transaction) }
        let failure = CampaignError.undelivered("\(answer)", isFinal: answer == .refused)
        let chance = Double(randomness.next() >> 11) / Double(1 << 53)
        _ = try run.fail(failure, policy: type.retry, chance: chance, in: transaction)
    }

    /// 410 means that no more messages are wanted (Standard Webhooks, "Deliverability").
    private func switchOff(
        _ webhook: Webhook,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws {
        let store = WebhookStore(run.task.workspace)
        if var present = try store.webhook(webhook.id, in: transaction), present.url == webhook.url
        {
            present.isActive = false
            try store.update(present, in: transaction)
        }
        let words = "The receiver answered 410: it is gone, and the webhook was switched off."
        try run.end(try TaskEnding(.error, words), in: transaction)
    }
}
