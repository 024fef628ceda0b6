// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// The cap and the health of one provider of a workspace, for all tasks and nodes.
public struct ProviderGate: Sendable {
    private let workspace: WorkspaceID
    private let provider: Provider

    /// The gate of a provider.
    public init(_ workspace: WorkspaceID, _ provider: Provider) {
        self.workspace = workspace
        self.provider = provider
    }

    /// How it stands; as one that works when nothing is known of it.
    public func state(in connection: Connection) throws -> ProviderState {
        let row = try connection.row(
            """
            SELECT cap, slot_at, slot_taken, failures, pauses, paused_at, paused_until, reason
            FROM provider_gate WHERE workspace_id = $1 AND kind = $2 AND provider_id = $3
            """,
            [workspace, provider.kind, provider.number]
        )
        return try row.map(ProviderState.init) ?? ProviderState()
    }

    /// Sets how many messages it takes an hour; nil for no limit.
    ///
    /// What waits looks again at once.
    public func setCap(_ cap: Int?, in transaction: Transaction) throws {
        var next = try state(in: transaction)
        guard next.cap != cap else { return }
        next.cap = cap
        try save(next, in: transaction)
        try wake(in: transaction)
    }

    /// Keeps everything from it until someone resumes it.
    public func pause(reason: String, in transaction: Transaction) throws {
        var next = try state(in: transaction)
        (next.pausedAt, next.pausedUntil) = (transaction.moment, nil)
        next.reason = reason
        try save(next, in: transaction)
    }

    /// Lets it go on, whoever or whatever paused it.
    ///
    /// What waits looks again at once.
    public func resume(in transaction: Transaction) throws {
        var next = try state(in: transaction)
        (next.pausedAt, next.pausedUntil, next.reason) = (nil, nil, nil)
        (next.failures, next.pauses) = (0, 0)
        try save(next, in: transaction)
        try wake(in: transaction)
    }

    /// Notes that messages were claimed for it.
    func take(_ count: Int, in transaction: Transaction) throws {
        var next = try state(in: transaction)
        guard count > 0, let cap = next.cap else { return }
        next.usage = Pace(rate: cap).use(next.usage, count, at: transaction.moment)
        try save(next, in: transaction)
    }

    /// Notes what messages say of it; writes only what changes.
    ///
    /// - Returns: How it stands now, if it has just been paused.
    func note(
        _ signs: [ProviderHealth.Sign],
        hasAlternative: Bool,
        in transaction: Transaction
    ) throws -> ProviderState? {
        let present = try state(in: transaction)
        let next = ProviderHealth.after(
            present,
            signs,
            hasAlternative: hasAlternative,
            at: transaction.moment
        )
        guard next != present else { return nil }
        try save(next, in: transaction)
        return next.pausedUntil != present.pausedUntil && next.pausedAt != nil ? next : nil
    }

    /// Forgets a provider that is gone; who waits for it looks again.
    func remove(in transaction: Transaction) throws {
        try wake(in: transaction)
        try transaction.execute(
            """
            DELETE FROM provider_gate
            WHERE workspace_id = $1 AND kind = $2 AND provider_id = $3
            """,
            [workspace, provider.kind, provider.number]
        )
    }

    private func wake(in transaction: Transaction) throws {
        let tasks = try transaction.rows(
            """
            SELECT s.task_id FROM provider_queue q
            JOIN send s ON s.workspace_id = q.workspace_id AND s.id = q.send_id
            WHERE q.workspace_id = $1 AND q.kind = $2
            """,
            [workspace, provider.kind]
        )
        for row in tasks {
            guard let task: TaskID = try row.get("task_id") else { continue }
            try TaskStore(workspace).wake(task, in: transaction)
        }
    }

    private func save(_ state: ProviderState, in transaction: Transaction) throws {
        let values: [any SQLConvertible] = [
            workspace, provider.kind, provider.number, state.cap, state.usage.slot,
            state.usage.taken, state.failures, state.pauses, state.pausedAt, state.pausedUntil,
            state.reason,
        ]
        try transaction.execute(
            """
            INSERT INTO provider_gate (workspace_id, kind, provider_id, cap, slot_at, slot_taken,
                failures, pauses, paused_at, paused_until, reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (workspace_id, kind, provider_id) DO UPDATE SET cap = excluded.cap,
                slot_at = excluded.slot_at, slot_taken = excluded.slot_taken,
                failures = excluded.failures, pauses = excluded.pauses,
                paused_at = excluded.paused_at, paused_until = excluded.paused_until,
                reason = excluded.reason
            """,
            values
        )
    }
}

extension ProviderState {
    init(_ row: Row) throws {
        cap = try row.get("cap")
        usage = Pace.Usage(slot: try row.get("slot_at"), taken: try row.get("slot_taken"))
        failures = try row.get("failures")
        pauses = try row.get("pauses")
        pausedAt = try row.get("paused_at")
        pausedUntil = try row.get("paused_until")
        reason = try row.get("reason")
    }
}
