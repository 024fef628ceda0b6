// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Keeps the counts of campaigns as things happen, in the transactions in which they happen.
public struct CampaignCounts: Sendable {
    private let workspace: WorkspaceID

    /// The counts of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Adds to the counts of a send at the transaction's hour; may take away what has changed.
    func add(
        _ deltas: [CampaignMeasure: Int],
        to campaign: CampaignID,
        _ send: SendID,
        shard: Int64 = 0,
        in transaction: Transaction
    ) throws {
        let hour = CampaignCounts.hour(of: transaction.moment)
        for (measure, delta) in deltas.sorted(by: CampaignCounts.isBefore) where delta != 0 {
            try transaction.execute(
                """
                INSERT INTO campaign_count (workspace_id, campaign_id, send_id, measure, detail,
                    hour_at, shard, total)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (workspace_id, campaign_id, send_id, measure, detail, hour_at, shard)
                DO UPDATE SET total = campaign_count.total + excluded.total
                """,
                [workspace, campaign, send, measure.name, measure.detail, hour, shard, delta]
            )
        }
    }

    /// How many people a send that was just planned is meant for, and how many of them are left out.
    func planned(
        _ send: SendID,
        of campaign: CampaignID,
        in connection: Connection
    ) throws -> (targeted: Int64, leftOut: Int64) {
        let row = try connection.row(
            """
            SELECT CAST(sum(CASE measure WHEN $4 THEN total ELSE 0 END) AS BIGINT) AS targeted,
                CAST(sum(CASE measure WHEN $4 THEN 0 ELSE total END) AS BIGINT) AS left_out
            FROM campaign_count
            WHERE workspace_id = $1 AND campaign_id = $2 AND send_id = $3
                AND measure IN ($4, $5, $6)
            """,
            [
                workspace, campaign, send, CampaignMeasure.Name.targeted,
                CampaignMeasure.Name.filtered, CampaignMeasure.Name.inError,
            ]
        )
        return (
            try row?.get("targeted", as: Int64?.self) ?? 0,
            try row?.get("left_out", as: Int64?.self) ?? 0
        )
    }

    /// Counts an event that followed an interaction, for the first time there.
    func count(
        _ measures: [CampaignMeasure],
        of interaction: InteractionID,
        in transaction: Transaction
    ) throws {
        guard !measures.isEmpty else { return }
        let row = try transaction.row(
            "SELECT campaign_id, send_id FROM interaction WHERE workspace_id = $1 AND id = $2",
            [workspace, interaction]
        )
        guard let row else { return }
        try add(
            Dictionary(measures.map { ($0, 1) }) { first, _ in first },
            to: try row.get("campaign_id"),
            try row.get("send_id"),
            shard: 1 + interaction.value % CampaignCounts.shards,
            in: transaction
        )
    }

    /// Folds the shards of hours that are over, some at a time.
    ///
    /// Nobody adds to an hour that is over, so what is read stays as it is.
    ///
    /// - Returns: How many rows were folded; 0 when there is nothing left.
    @discardableResult
    public func fold(before moment: Instant, in transaction: Transaction) throws -> Int {
        try transaction.lock("campaign_count:\(workspace)")
        let rows = try transaction.rows(
            """
            SELECT campaign_id, send_id, measure, detail, hour_at, shard, total
            FROM campaign_count
            WHERE workspace_id = $1 AND hour_at < $2 AND shard > 0
            ORDER BY hour_at LIMIT 500
            """,
            [workspace, CampaignCounts.hour(of: moment)]
        )
        for row in rows { try fold(row, in: transaction) }
        return rows.count
    }

    private func fold(_ row: Row, in transaction: Transaction) throws {
        let key: [any SQLConvertible] = [
            workspace, try row.get("campaign_id", as: Int64.self),
            try row.get("send_id", as: Int64.self), try row.get("measure", as: String.self),
            try row.get("detail", as: String.self), try row.get("hour_at", as: Instant.self),
        ]
        try transaction.execute(
            """
            INSERT INTO campaign_count (workspace_id, campaign_id, send_id, measure, detail,
                hour_at, shard, total)
            VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
            ON CONFLICT (workspace_id, campaign_id, send_id, measure, detail, hour_at, shard)
            DO UPDATE SET total = campaign_count.total + excluded.total
            """,
            key + [try row.get("total", as: Int64.self)]
        )
        try transaction.execute(
            """
            DELETE FROM campaign_count
            WHERE workspace_id = $1 AND campaign_id = $2 AND send_id = $3 AND measure = $4
                AND detail = $5 AND hour_at = $6 AND shard = $7
            """,
            key + [try row.get("shard", as: Int64.self)]
        )
    }

    private static let shards: Int64 = 16

    /// The beginning of the hour, by UTC.
    static func hour(of moment: Instant) -> Instant {
        let hour = Span.hours(1).microseconds
        let rest = moment.microseconds % hour
        return Instant(microseconds: moment.microseconds - (rest < 0 ? rest + hour : rest))
    }

    /// One order for all who write, so that none waits for another in a circle.
    private static func isBefore(
        _ left: (key: CampaignMeasure, value: Int),
        _ right: (key: CampaignMeasure, value: Int)
    ) -> Bool {
        (left.key.name.rawValue, left.key.detail) < (right.key.name.rawValue, right.key.detail)
    }
}

extension ActivityKind {
    /// What an event counts as when its interaction has it for the first time.
    func measures(_ activity: Activity, isFirst: Bool) -> [CampaignMeasure] {
        switch self {
        case .click:
            let link = CampaignMeasure(.link, activity.linkName ?? activity.linkURL ?? "")
            return isFirst ? [link, CampaignMeasure(.click)] : [link]
        case .delivered: return [CampaignMeasure(.delivered)]
        case .stop: return [CampaignMeasure(.stop)]
        case .downloaded: return [CampaignMeasure(.downloaded)]
        case .opening, .bounce, .deliveryFailed, .unsubscribe, .complaint:
            guard isFirst, let event = contactEvent else { return [] }
            return [.event(event, activity.status)]
        }
    }
}
