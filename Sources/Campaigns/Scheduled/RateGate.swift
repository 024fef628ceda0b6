// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// The rate of one send, kept in the row of its scheduled send: it holds on all nodes and over
/// restarts, since each claim reads and writes it in its own transaction (design/protocols.md).
struct RateGate {
    private let workspace: WorkspaceID
    private let send: SendID

    init(_ workspace: WorkspaceID, _ send: SendID) {
        self.workspace = workspace
        self.send = send
    }

    /// What may leave now; nil when the send keeps to no rate.
    func allowance(in transaction: Transaction) throws -> Pace.Allowance? {
        guard let (pace, usage) = try read(in: transaction) else { return nil }
        return pace.allowance(usage, at: transaction.moment)
    }

    /// Notes that messages were claimed.
    func take(_ count: Int, in transaction: Transaction) throws {
        guard count > 0, let (pace, usage) = try read(in: transaction) else { return }
        let next = pace.use(usage, count, at: transaction.moment)
        try transaction.execute(
            """
            UPDATE scheduled_send SET slot_at = $3, slot_taken = $4
            WHERE workspace_id = $1 AND send_id = $2
            """,
            [workspace, send, next.slot, next.taken]
        )
    }

    private func read(in transaction: Transaction) throws -> (Pace, Pace.Usage)? {
        let row = try transaction.row(
            """
            SELECT rate, slot_at, slot_taken FROM scheduled_send
            WHERE workspace_id = $1 AND send_id = $2 AND rate IS NOT NULL
            """,
            [workspace, send]
        )
        guard let row else { return nil }
        let usage = Pace.Usage(slot: try row.get("slot_at"), taken: try row.get("slot_taken"))
        return (Pace(rate: try row.get("rate")), usage)
    }
}
