// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The events that followed the contacts of a workspace: each kind and ordinal once an interaction.
///
/// Whoever receives an event records it here and need not know whether it is the first; unique
/// statistics follow (``ContactEvents``).
public struct ActivityStore: Sendable {
    private let workspace: WorkspaceID

    /// The events of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Records events at the transaction's moment.
    ///
    /// - Returns: Those that had not happened before; an interaction that does not exist has none.
    @discardableResult
    public func record(
        _ activities: [Activity],
        in transaction: Transaction
    ) throws -> [Activity] {
        guard !activities.isEmpty else { return [] }
        let first = try transaction.allocate(activities.count, .activity, in: workspace)
        let stamp = try transaction.stamp()
        var fresh: [Activity] = []
        for (offset, activity) in activities.enumerated()
        where try insert(activity, id: first + Int64(offset), stamp, transaction) {
            fresh.append(activity)
            try count(activity, transaction)
        }
        return fresh
    }

    /// Records that contacts of one send were taken with a file, each the first time, in one statement.
    ///
    /// - Returns: How many had not been taken before.
    func deposit(_ contacts: [Interaction], in transaction: Transaction) throws -> Int {
        guard let one = contacts.first else { return 0 }
        let first = try transaction.allocate(contacts.count, .activity, in: workspace)
        let places = contacts.indices.map { "$\($0 + 6)" }.joined(separator: ", ")
        let fixed: [any SQLConvertible] = [
            workspace, ActivityKind.downloaded, first - 1, transaction.moment,
            try transaction.stamp(),
        ]
        let count = try transaction.execute(
            """
            INSERT INTO activity (workspace_id, interaction_id, kind, ordinal, id, campaign_id,
                table_id, profile_id, event_at, stamp)
            SELECT i.workspace_id, i.id, $2, 0, $3 + row_number() OVER (ORDER BY i.id),
                i.campaign_id, i.table_id, i.profile_id, $4, $5
            FROM interaction i WHERE i.workspace_id = $1 AND i.id IN (\(places))
            ON CONFLICT DO NOTHING
            """,
            fixed + contacts.map { $0.id as any SQLConvertible }
        )
        try CampaignCounts(workspace).add(
            [CampaignMeasure(.downloaded): count],
            to: one.campaign,
            one.send,
            in: transaction
        )
        return count
    }

    private func count(_ activity: Activity, _ transaction: Transaction) throws {
        var isFirst = true
        if let event = activity.kind.contactEvent {
            isFirst = try ContactEvents(workspace)
                .isFirst(event, of: activity.interaction, in: transaction)
        }
        try CampaignCounts(workspace).count(
            activity.kind.measures(activity, isFirst: isFirst),
            of: activity.interaction,
            in: transaction
        )
    }

    /// The events of an interaction, in the order in which they were recorded.
    public func activities(
        of interaction: InteractionID,
        in connection: Connection
    ) throws -> [(activity: Activity, moment: Instant)] {
        try connection.rows(
            """
            SELECT interaction_id, kind, ordinal, category, status, detail, link_name, link_url,
                is_first_click, event_at
            FROM activity WHERE workspace_id = $1 AND interaction_id = $2 ORDER BY event_at, id
            """,
            [workspace, interaction]
        ).map { (try Activity($0), try $0.get("event_at")) }
    }

    /// Campaign, table and profile are those of the interaction.
    private func insert(
        _ activity: Activity,
        id: Int64,
        _ stamp: Stamp,
        _ transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            INSERT INTO activity (workspace_id, interaction_id, kind, ordinal, id, campaign_id,
                table_id, profile_id, category, status, detail, link_name, link_url,
                is_first_click, event_at, stamp)
            SELECT i.workspace_id, i.id, $3, $4, $5, i.campaign_id, i.table_id, i.profile_id,
                $6, $7, $8, $9, $10, $11, $12, $13
            FROM interaction i WHERE i.workspace_id = $1 AND i.id = $2
            ON CONFLICT DO NOTHING
            """,
            [
                workspace, activity.interaction, activity.kind, activity.ordinal, id,
                activity.category, activity.status, activity.detail, activity.linkName,
                activity.linkURL, activity.isFirstClick, transaction.moment, stamp,
            ]
        )
    }
}

extension Activity {
    init(_ row: Row) throws {
        self.init(
            try row.get("kind"),
            of: try row.get("interaction_id"),
            ordinal: try row.get("ordinal"),
            category: try row.get("category"),
            status: try row.get("status"),
            detail: try row.get("detail"),
            linkName: try row.get("link_name"),
            linkURL: try row.get("link_url"),
            isFirstClick: try row.get("is_first_click")
        )
    }
}

extension ActivityKind {
    /// The unique statistic that an event counts in; nil for those without one.
    var contactEvent: ContactEvent? {
        switch self {
        case .opening: .open
        case .click: .click
        case .bounce, .deliveryFailed: .bounce
        case .unsubscribe: .unsubscription
        case .complaint: .complaint
        case .delivered, .stop, .downloaded: nil
        }
    }
}

extension IDKind {
    static let activity = IDKind(rawValue: "activity")
}
