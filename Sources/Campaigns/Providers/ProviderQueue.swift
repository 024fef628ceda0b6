// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// The sends that wait for providers, with their priorities.
struct ProviderQueue {
    let workspace: WorkspaceID
    let send: SendID

    /// Who said that it looks again at a moment and did not within this has stopped or died.
    static let staleness = Span.seconds(15)

    /// The priority of the send; 0 unless set, higher goes first.
    func priority(in connection: Connection) throws -> Int {
        let value: Int?? = try connection.value(
            "SELECT priority FROM send WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        return (value ?? nil) ?? 0
    }

    /// Whether a send with a higher priority waits for a provider.
    func isWanted(
        _ provider: Provider,
        by others: Int,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.row(
            """
            SELECT send_id FROM provider_queue
            WHERE workspace_id = $1 AND kind = $2 AND provider_id = $3 AND priority > $4
                AND due_at > $5 AND send_id <> $6 LIMIT 1
            """,
            [
                workspace, provider.kind, provider.number, others,
                transaction.moment - ProviderQueue.staleness, send,
            ]
        ) != nil
    }

    /// Notes that the send waits for a provider.
    func enter(
        _ provider: Provider,
        until moment: Instant,
        _ priority: Int,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO provider_queue
                (workspace_id, send_id, kind, provider_id, priority, due_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, send_id) DO UPDATE SET kind = excluded.kind,
                provider_id = excluded.provider_id, priority = excluded.priority,
                due_at = excluded.due_at
            """,
            [workspace, send, provider.kind, provider.number, priority, moment]
        )
    }

    /// Notes that the send does not wait any more.
    func leave(in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM provider_queue WHERE workspace_id = $1 AND send_id = $2",
            [workspace, send]
        )
    }
}
