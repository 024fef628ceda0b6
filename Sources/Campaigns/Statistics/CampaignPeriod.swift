// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What a period brought, whatever else the campaign ever did: a range of the counts by hour.
extension CampaignAnalytics {
    /// How many there are of a measure by hour, in order; hours without any are left out.
    public func hours(
        of name: CampaignMeasure.Name,
        from start: Instant,
        until end: Instant,
        in connection: Connection
    ) throws -> [(hour: Instant, total: Int)] {
        try connection.rows(
            """
            SELECT hour_at, CAST(sum(total) AS BIGINT) AS total FROM campaign_count
            WHERE workspace_id = $1 AND campaign_id = $2 AND measure = $3
                AND hour_at >= $4 AND hour_at < $5
            GROUP BY hour_at ORDER BY hour_at
            """,
            [workspace, campaign, name, start, end]
        ).map { (try $0.get("hour_at"), try $0.get("total")) }
    }

    /// The links that were clicked, by name or address, with how many recipients did; the most
    /// clicked first.
    public func links(
        from start: Instant,
        until end: Instant,
        limit: Int = 100,
        in connection: Connection
    ) throws -> [(link: String, recipients: Int)] {
        try connection.rows(
            """
            SELECT detail, CAST(sum(total) AS BIGINT) AS total FROM campaign_count
            WHERE workspace_id = $1 AND campaign_id = $2 AND measure = $3
                AND hour_at >= $4 AND hour_at < $5
            GROUP BY detail ORDER BY total DESC, detail LIMIT $6
            """,
            [workspace, campaign, CampaignMeasure.Name.link, start, end, limit]
        ).map { (try $0.get("detail"), try $0.get("total")) }
    }
}
