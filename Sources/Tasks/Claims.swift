// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Takes tasks out of the queue of all workspaces, under leases.
struct Claims: Sendable {
    /// How long a lease holds without being renewed.
    static let leaseLength = Span.seconds(60)

    let node: NodeName
    let randomness: any Randomness

    /// A task in this node's hands.
    struct Claimed: Sendable {
        var task: TaskRecord
        var lease: String
    }

    /// Claims up to `free` tasks that are due, leaving those of dead nodes to be taken first.
    func claim(_ free: Int, now: Instant, in transaction: Transaction) throws -> [Claimed] {
        try release(now: now, in: transaction)
        return try choose(free, now: now, in: transaction)
            .compactMap { try take($0, now: now, in: transaction) }
    }

    /// Goes through what is due until enough may start: a full queue does not hide the others.
    private func choose(
        _ free: Int,
        now: Instant,
        in connection: Connection
    ) throws -> [ClaimRule.Entry] {
        var rule: ClaimRule?
        var chosen: [ClaimRule.Entry] = []
        try connection.each(
            """
            SELECT workspace_id, id, queue, lane FROM task -- all workspaces
            WHERE status = 'new' AND run_at <= $1 AND hold_reason IS NULL
            ORDER BY run_at, id
            """,
            [now]
        ) { cursor in
            let entry = try Claims.entry(cursor.copy())
            var present = try rule ?? Claims.rule(in: connection)
            if present.admit(entry) { chosen.append(entry) }
            rule = present
            return chosen.count < free
        }
        return chosen
    }

    /// Claims one task ahead of those before it, unless its lane or its queue is full.
    func claim(
        _ id: TaskID,
        of workspace: WorkspaceID,
        now: Instant,
        in transaction: Transaction
    )
        throws -> Claimed?
    {
        try release(now: now, in: transaction)
        let task = try TaskStore(workspace).task(id, in: transaction)
        let entry = ClaimRule.Entry(
            workspace: workspace,
            id: id,
            queue: task.queue,
            lane: task.lane
        )
        guard task.status == .new, task.runAt <= now, task.holdReason == nil,
            try Claims.rule(in: transaction).obstacle(to: entry) == nil
        else { return nil }
        return try take(entry, now: now, in: transaction)
    }

    /// The rule as things stand.
    static func rule(in connection: Connection) throws -> ClaimRule {
        let executing = try connection.rows(
            """
            SELECT workspace_id, id, queue, lane FROM task -- all workspaces
            WHERE status = 'executing'
            """
        ).map(entry)
        let limits = try connection.rows(
            "SELECT workspace_id, queue, running FROM queue_limit -- all workspaces"
        ).map { row in
            (
                ClaimRule.QueueKey(
                    workspace: try row.get("workspace_id"),
                    queue: try row.get("queue")
                ),
                try row.get("running", as: Int.self)
            )
        }
        return ClaimRule(executing: executing, limits: Dictionary(uniqueKeysWithValues: limits))
    }

    /// Puts tasks whose lease has lapsed, or whose process on this host is gone, back in the queue.
    private func release(now: Instant, in transaction: Transaction) throws {
        let rows = try transaction.rows(
            """
            SELECT workspace_id, id, node, lease, lease_until FROM task -- all workspaces
            WHERE status = 'executing'
            """
        )
        for row in rows {
            let name: String = try row.get("node")
            let until: Instant = try row.get("lease_until")
            guard until < now || NodeName(name)?.isGone == true else { continue }
            let workspace: WorkspaceID = try row.get("workspace_id")
            let id: TaskID = try row.get("id")
            let isFree = try transaction.guarded(
                """
                UPDATE task SET status = 'new', lease = NULL, lease_until = NULL
                WHERE workspace_id = $1 AND id = $2 AND status = 'executing' AND lease = $3
                """,
                [workspace, id, try row.get("lease", as: String.self)]
            )
            guard isFree else { continue }
            try TaskStore(workspace).log(
                "Node \(name) is gone; the task goes on at its checkpoint.",
                of: id,
                in: transaction
            )
        }
    }

    private func take(
        _ entry: ClaimRule.Entry,
        now: Instant,
        in transaction: Transaction
    ) throws
        -> Claimed?
    {
        let lease = randomness.token()
        let isOurs = try transaction.guarded(
            """
            UPDATE task SET status = 'executing', lease = $3, lease_until = $4, node = $5,
                attempts = attempts + 1, started_at = coalesce(started_at, $6), wait_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'new'
            """,
            [entry.workspace, entry.id, lease, now + Claims.leaseLength, node.text, now]
        )
        guard isOurs else { return nil }
        let task = try TaskStore(entry.workspace).task(entry.id, in: transaction)
        return Claimed(task: task, lease: lease)
    }

    private static func entry(_ row: Row) throws -> ClaimRule.Entry {
        ClaimRule.Entry(
            workspace: try row.get("workspace_id"),
            id: try row.get("id"),
            queue: try row.get("queue"),
            lane: try row.get("lane")
        )
    }
}
