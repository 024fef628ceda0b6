// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Takes tasks out of the queue of all workspaces, under leases.
///
/// One short lock orders the claims of all nodes, so that what a claim counts holds until it is
/// committed: limits of queues and lanes are exact (docs/decisions, "Claim lock").
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

    /// Whether a claim could find anything; asked without the lock, which idle nodes leave alone.
    func isWorthwhile(
        now: Instant,
        holding held: Set<String>? = nil,
        in connection: Connection
    ) throws -> Bool {
        if try Backlog(now: now).hasDue(in: connection) { return true }
        return try ExecutingTask.all(in: connection).contains {
            isAbandoned($0, now: now, holding: held)
        }
    }

    /// Claims up to `free` tasks that are due, leaving those of dead nodes to be taken first.
    ///
    /// `held` are the leases of all runs of this node, or nil when they are not known; what it
    /// claimed besides them is abandoned: the connection broke before it learnt of its claim.
    func claim(
        _ free: Int,
        now: Instant,
        holding held: Set<String>? = nil,
        in transaction: Transaction
    ) throws -> [Claimed] {
        var rule = try begin(now: now, holding: held, in: transaction)
        var claimed: [Claimed] = []
        try Backlog(now: now).visit(&rule, in: transaction) { entry in
            if let task = try take(entry, now: now, in: transaction) { claimed.append(task) }
            return claimed.count < free
        }
        return claimed
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
        let rule = try begin(now: now, holding: nil, in: transaction)
        let task = try TaskStore(workspace).task(id, in: transaction)
        let entry = ClaimRule.Entry(
            workspace: workspace,
            id: id,
            queue: task.queue,
            lane: task.lane
        )
        guard task.status == .new, task.runAt <= now, task.holdReason == nil,
            rule.obstacle(to: entry) == nil
        else { return nil }
        return try take(entry, now: now, in: transaction)
    }

    /// The rule as things stand.
    static func rule(in connection: Connection) throws -> ClaimRule {
        try rule(ExecutingTask.all(in: connection), in: connection)
    }

    private static func rule(
        _ executing: [ExecutingTask],
        in connection: Connection
    ) throws -> ClaimRule {
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
        return ClaimRule(
            executing: executing.map(\.entry),
            limits: Dictionary(uniqueKeysWithValues: limits)
        )
    }

    /// Waits for the turn of this claim, and puts abandoned tasks back in the queue.
    ///
    /// - Returns: The rule, which holds until the transaction ends.
    private func begin(
        now: Instant,
        holding held: Set<String>?,
        in transaction: Transaction
    ) throws -> ClaimRule {
        // A claim that a crash of the server forgets is a lost lease: its run writes nothing, and
        // nothing leaves before a later commit that waits for the disk.
        try transaction.mayBeForgotten()
        try transaction.lock("task claims")
        let executing = try ExecutingTask.all(in: transaction)
        let abandoned = executing.filter { isAbandoned($0, now: now, holding: held) }
        for task in abandoned { try release(task, in: transaction) }
        let present = abandoned.isEmpty ? executing : try ExecutingTask.all(in: transaction)
        return try Claims.rule(present, in: transaction)
    }

    /// Whether a task's lease has lapsed, its process on this machine is gone, or its run is.
    private func isAbandoned(
        _ task: ExecutingTask,
        now: Instant,
        holding held: Set<String>?
    ) -> Bool {
        if let held, task.node == node.text { return !held.contains(task.lease) }
        return task.leaseUntil < now || NodeName(task.node)?.isGone == true
    }

    /// Puts a task back unless its lease was renewed meanwhile.
    private func release(_ task: ExecutingTask, in transaction: Transaction) throws {
        let isFree = try transaction.guarded(
            """
            UPDATE task SET status = 'new', lease = NULL, lease_until = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'executing' AND lease = $3
                AND lease_until = $4
            """,
            [task.entry.workspace, task.entry.id, task.lease, task.leaseUntil]
        )
        guard isFree else { return }
        try TaskStore(task.entry.workspace).log(
            "Node \(task.node) is gone; the task goes on at its checkpoint.",
            of: task.entry.id,
            in: transaction
        )
    }

    /// Takes one task, unless someone is changing it: then the next claim looks again.
    private func take(
        _ entry: ClaimRule.Entry,
        now: Instant,
        in transaction: Transaction
    ) throws
        -> Claimed?
    {
        let lease = randomness.token()
        let row = try transaction.row(
            """
            UPDATE task SET status = 'executing', lease = $3, lease_until = $4, node = $5,
                attempts = attempts + 1, started_at = coalesce(started_at, $6), wait_reason = NULL
            WHERE workspace_id = $1 AND id = (
                SELECT id FROM task WHERE workspace_id = $1 AND id = $2 AND status = 'new'
                    AND run_at <= $6 AND hold_reason IS NULL \(transaction.skippingLocked))
            RETURNING \(TaskRecord.columns)
            """,
            [entry.workspace, entry.id, lease, now + Claims.leaseLength, node.text, now]
        )
        return try row.map { Claimed(task: try TaskRecord($0), lease: lease) }
    }
}

/// A task in some node's hands.
struct ExecutingTask {
    var entry: ClaimRule.Entry
    var node: String
    var lease: String
    var leaseUntil: Instant

    /// All of them: as many as the nodes have places.
    static func all(in connection: Connection) throws -> [ExecutingTask] {
        try connection.rows(
            """
            SELECT workspace_id, id, queue, lane, node, lease, lease_until
            FROM task -- all workspaces
            WHERE status = 'executing'
            """
        ).map { row in
            ExecutingTask(
                entry: try ClaimRule.Entry(row),
                node: try row.get("node"),
                lease: try row.get("lease"),
                leaseUntil: try row.get("lease_until")
            )
        }
    }
}

extension ClaimRule.Entry {
    init(_ row: Row) throws {
        self.init(
            workspace: try row.get("workspace_id"),
            id: try row.get("id"),
            queue: try row.get("queue"),
            lane: try row.get("lane")
        )
    }
}
