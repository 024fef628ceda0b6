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
public struct ContactEvents: Sendable {
    private let workspace: WorkspaceID

    /// The events of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Notes an event of an interaction; false when it had one before.
    func isFirst(
        _ event: ContactEvent,
        of interaction: InteractionID,
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

    /// The statistics of scheduled sends, from the counts of their campaigns; those without events
    /// have zeros.
    public func statistics(
        of sends: [ScheduledSendID],
        in connection: Connection
    ) throws -> [ScheduledSendID: SendStatistics] {
        var found = Dictionary(sends.map { ($0, SendStatistics()) }) { first, _ in first }
        guard !sends.isEmpty else { return found }
        let places = sends.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let measures = ContactEvent.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let rows = try connection.rows(
            """
            SELECT s.id, c.measure, CAST(sum(c.total) AS BIGINT) AS total
            FROM scheduled_send s JOIN campaign_count c ON c.workspace_id = s.workspace_id
                AND c.campaign_id = s.campaign_id AND c.send_id = s.send_id
            WHERE s.workspace_id = $1 AND s.id IN (\(places)) AND c.measure IN (\(measures))
            GROUP BY s.id, c.measure
            """,
            [workspace] + sends.map { $0 as any SQLConvertible }
        )
        for row in rows {
            let id: ScheduledSendID = try row.get("id")
            found[id]?[try row.get("measure")] = try row.get("total")
        }
        return found
    }
}
