// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What a recipient did with a message, or what became of it: counted once a recipient.
public enum ContactEvent: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// It came back, hard or soft; for SMS a DELIVERY_FAILED.
    case bounce
    /// A link was clicked.
    case click
    /// It was opened.
    case open
    /// The recipient unsubscribed, by link or with one click.
    case unsubscription
    /// The recipient complained.
    case complaint
}

/// How many distinct recipients of a scheduled send had each event.
public struct SendStatistics: Sendable, Hashable {
    private var totals: [ContactEvent: Int] = [:]

    /// Makes statistics of nothing.
    public init() {}

    /// The number of distinct recipients.
    public subscript(event: ContactEvent) -> Int {
        get { totals[event] ?? 0 }
        set { totals[event] = newValue }
    }
}

/// The first events of each interaction of a workspace, and the statistics that follow from them.
///
/// Whoever receives an event calls ``count(_:of:in:)`` and need not know whether it is the first.
public struct ContactEvents: Sendable {
    private let workspace: WorkspaceID

    /// The events of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Counts an event of some interactions, each once whatever it had before.
    ///
    /// - Returns: Those that had no such event before.
    @discardableResult
    public func count(
        _ event: ContactEvent,
        of interactions: [InteractionID],
        in transaction: Transaction
    ) throws -> [InteractionID] {
        let fresh = try interactions.filter { try isFirst(event, $0, in: transaction) }
        for interaction in fresh { try add(event, interaction, in: transaction) }
        return fresh
    }

    /// The statistics of scheduled sends; those without events have zeros.
    public func statistics(
        of sends: [ScheduledSendID],
        in connection: Connection
    ) throws -> [ScheduledSendID: SendStatistics] {
        var found = Dictionary(sends.map { ($0, SendStatistics()) }) { first, _ in first }
        guard !sends.isEmpty else { return found }
        let places = sends.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let rows = try connection.rows(
            """
            SELECT scheduled_send_id, kind, CAST(sum(total) AS BIGINT) AS total
            FROM scheduled_send_tally
            WHERE workspace_id = $1 AND scheduled_send_id IN (\(places))
            GROUP BY scheduled_send_id, kind
            """,
            [workspace] + sends.map { $0 as any SQLConvertible }
        )
        for row in rows {
            let id: ScheduledSendID = try row.get("scheduled_send_id")
            found[id]?[try row.get("kind")] = try row.get("total")
        }
        return found
    }

    private func isFirst(
        _ event: ContactEvent,
        _ interaction: InteractionID,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            INSERT INTO contact_event (workspace_id, interaction_id, kind, event_at)
            SELECT $1, $2, $3, $4 WHERE true ON CONFLICT DO NOTHING
            """,
            [workspace, interaction, event, transaction.moment]
        )
    }

    /// Many events of one send come at once: shards keep them from waiting for one row.
    private func add(
        _ event: ContactEvent,
        _ interaction: InteractionID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO scheduled_send_tally
                (workspace_id, scheduled_send_id, kind, shard, total)
            SELECT s.workspace_id, s.id, $3, $4, 1
            FROM interaction i JOIN scheduled_send s
                ON s.workspace_id = i.workspace_id AND s.send_id = i.send_id
            WHERE i.workspace_id = $1 AND i.id = $2
            ON CONFLICT (workspace_id, scheduled_send_id, kind, shard)
            DO UPDATE SET total = scheduled_send_tally.total + 1
            """,
            [workspace, interaction, event, interaction.value % ContactEvents.shards]
        )
    }

    private static let shards: Int64 = 16
}
