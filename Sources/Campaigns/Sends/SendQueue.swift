// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// What a send has still to hand over, by the moment at which it is due.
///
/// Reads the index of what is open only, so that a send which goes on hundreds of times does not go
/// through all that it has sent.
struct SendQueue {
    let workspace: WorkspaceID
    let send: SendID

    /// Marks messages that are due in flight: second tries first, then those never tried.
    func claim(_ limit: Int, in transaction: Transaction) throws -> [Interaction] {
        var group: [Interaction] = []
        for state in [InteractionState.retry, .pending] where group.count < limit {
            group += try due(
                state,
                limit - group.count,
                at: transaction.moment,
                in: transaction
            )
        }
        let writer = try transaction.update(
            of: "interaction",
            columns: ["state", "attempts"],
            key: "id",
            within: [("workspace_id", workspace.sql)]
        )
        for interaction in group {
            writer.value(InteractionState.inFlight.sql)
            writer.value((interaction.attempts + 1).sql)
            writer.value(interaction.id.sql)
            try writer.endRow()
        }
        try writer.finish()
        return group
    }

    /// When the next message is due; nil when there is none.
    func nextDue(in connection: Connection) throws -> Instant? {
        try [InteractionState.retry, .pending].compactMap { try next($0, in: connection) }.min()
    }

    /// What a send whose messages are all due later waits for.
    func waitReason(in connection: Connection) throws -> String {
        guard let retry = try next(.retry, in: connection) else {
            return "it sends at each recipient's local time"
        }
        guard let first = try next(.pending, in: connection), first < retry else {
            return "some messages were refused for now"
        }
        return "it sends at each recipient's local time"
    }

    /// Whether anything is in flight.
    func isBusy(in connection: Connection) throws -> Bool {
        try next(.inFlight, in: connection) != nil
    }

    /// How many messages are in flight: a group of each node at most.
    func inFlight(in connection: Connection) throws -> Int {
        let count: Int? = try connection.value(
            """
            SELECT count(*) FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND state = 'inFlight'
                AND next_at IS NOT NULL
            """,
            [workspace, send]
        )
        return count ?? 0
    }

    /// How many messages are due at each moment, of so many that are open and not in flight.
    ///
    /// Where all that were never tried are due at once, they are not counted one by one.
    func due(_ pending: Int, in connection: Connection) throws -> [Instant: Int] {
        var due = try due(.retry, in: connection)
        let untried = max(0, pending - due.values.reduce(0, +))
        if let first = try next(.pending, in: connection),
            try first == next(.pending, isLast: true, in: connection)
        {
            due[first, default: 0] += untried
            return due
        }
        return try due.merging(self.due(.pending, in: connection)) { $0 + $1 }
    }

    private func due(
        _ state: InteractionState,
        in connection: Connection
    ) throws -> [Instant: Int] {
        let rows = try connection.rows(
            """
            SELECT next_at, count(*) AS total FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND state = $3 AND next_at IS NOT NULL
            GROUP BY next_at
            """,
            [workspace, send, state]
        )
        var due: [Instant: Int] = [:]
        for row in rows { due[try row.get("next_at")] = try row.get("total") }
        return due
    }

    private func due(
        _ state: InteractionState,
        _ limit: Int,
        at moment: Instant,
        in connection: Connection
    ) throws -> [Interaction] {
        try connection.rows(
            """
            SELECT \(Interaction.columns) FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND state = $3 AND next_at <= $4
            ORDER BY next_at, id LIMIT $5
            """,
            [workspace, send, state, moment, limit]
        ).map(Interaction.init)
    }

    private func next(
        _ state: InteractionState,
        isLast: Bool = false,
        in connection: Connection
    ) throws -> Instant? {
        try connection.value(
            """
            SELECT next_at FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND state = $3 AND next_at IS NOT NULL
            ORDER BY \(isLast ? "next_at DESC, id DESC" : "next_at, id") LIMIT 1
            """,
            [workspace, send, state]
        )
    }
}
