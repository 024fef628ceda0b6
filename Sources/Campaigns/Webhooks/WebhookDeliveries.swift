// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Tasks

/// One message to a webhook, from its task and what was noted of its tries.
public struct WebhookDelivery: Sendable, Hashable {
    /// The task that delivers it, whose id tells deliveries apart.
    public var task: TaskRecord
    /// The task whose end it tells; nil for a test.
    public var ended: TaskID?
    /// What the receiver answered last.
    public var httpStatus: Int?
    /// When the receiver took it.
    public var deliveredAt: Instant?

    /// The moment of the next try; nil when there is none.
    public var nextTry: Instant? { task.status == .new ? task.runAt : nil }

    /// What the last try failed on, in words; nil when it went well or was not made.
    public var lastError: String? {
        guard deliveredAt == nil else { return nil }
        return task.status.isEnded ? task.outcome ?? task.failure : task.failure
    }
}

/// The log of deliveries of one workspace.
public struct WebhookDeliveries: Sendable {
    let workspace: WorkspaceID

    /// The deliveries of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The deliveries to a webhook, newest first, from a task's id downwards; with those that wait
    /// for their first try.
    public func all(
        to id: WebhookID,
        before: TaskID = TaskID(.max),
        limit: Int = 200,
        in connection: Connection
    ) throws -> [WebhookDelivery] {
        let rows = try connection.rows(
            """
            SELECT task_id, http_status, delivered_at FROM webhook_delivery
            WHERE workspace_id = $1 AND webhook_id = $2 AND task_id < $3
            ORDER BY task_id DESC LIMIT $4
            """,
            [workspace, id, before, limit]
        )
        let noted = Dictionary(
            try rows.map { (try $0.get("task_id", as: TaskID.self), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let store = TaskStore(workspace)
        let lane = TaskFollower(type: WebhookDeliveryJob.taskType, subject: id.value, info: "").lane
        let waiting = try store.waiting(
            inLane: lane,
            queue: WebhookDeliveryJob.taskType.queue,
            before: before,
            limit: limit,
            in: connection
        )
        return try Set(noted.keys).union(waiting).sorted(by: >).prefix(limit).map { id in
            let task = try store.task(id, in: connection)
            return WebhookDelivery(
                task: task,
                ended: task.subjects.parentID,
                httpStatus: try noted[id]?.get("http_status"),
                deliveredAt: try noted[id]?.get("delivered_at")
            )
        }
    }

    /// Forgets a delivery, with its task.
    public func delete(ofTask id: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM webhook_delivery WHERE workspace_id = $1 AND task_id = $2",
            [workspace, id]
        )
    }

    /// Notes that a delivery is tried.
    func begin(_ task: TaskID, to id: WebhookID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO webhook_delivery (workspace_id, task_id, webhook_id)
            SELECT $1, $2, $3 WHERE true ON CONFLICT DO NOTHING
            """,
            [workspace, task, id]
        )
    }

    /// Notes what the receiver answered; nil when it did not.
    func note(
        _ task: TaskID,
        status: Int?,
        deliveredAt: Instant?,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE webhook_delivery SET http_status = $3, delivered_at = $4
            WHERE workspace_id = $1 AND task_id = $2
            """,
            [workspace, task, status, deliveredAt]
        )
    }
}
