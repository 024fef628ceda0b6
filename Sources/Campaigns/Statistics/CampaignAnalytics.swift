// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The counts of a campaign or of some of its sends.
///
/// Events are counted once a recipient and send: who gets two messages of a campaign and opens both
/// counts twice for the campaign.
public struct CampaignTotals: Sendable, Hashable {
    private var counts: [CampaignMeasure: Int] = [:]

    /// Makes totals of nothing.
    public init() {}

    mutating func add(_ measure: CampaignMeasure, _ total: Int) {
        counts[measure, default: 0] += total
    }

    /// How many there are of a measure, whatever its status or link.
    public subscript(name: CampaignMeasure.Name) -> Int {
        counts.reduce(0) { $1.key.name == name ? $0 + $1.value : $0 }
    }

    /// How many there are of a measure by status or link, without zeros.
    public func details(of name: CampaignMeasure.Name) -> [String: Int] {
        var details: [String: Int] = [:]
        for (measure, total) in counts where measure.name == name && total != 0 {
            details[measure.detail] = total
        }
        return details
    }

    /// Everyone who was not sent the message.
    public var notSent: Int {
        self[.filtered] + self[.inError] + self[.inDoubt] + self[.stopped]
    }

    /// Who has not been decided on yet.
    public var pending: Int { self[.targeted] - self[.sent] - self[.ready] - notSent }
}

/// What one hour brought.
public struct CampaignHour: Sendable, Hashable {
    /// The beginning of the hour, by UTC.
    public var hour: Instant
    /// What was counted in it.
    public var totals: CampaignTotals
}

/// Reads the counts of campaigns; never a contact and never an event.
public struct CampaignAnalytics: Sendable {
    let workspace: WorkspaceID
    let campaign: CampaignID

    /// The analytics of a campaign.
    public init(_ workspace: WorkspaceID, _ campaign: CampaignID) {
        self.workspace = workspace
        self.campaign = campaign
    }

    /// The totals of all sends.
    public func totals(in connection: Connection) throws -> CampaignTotals {
        try totals("workspace_id = $1 AND campaign_id = $2", [workspace, campaign], connection)
    }

    /// The totals of one send.
    public func totals(of send: SendID, in connection: Connection) throws -> CampaignTotals {
        try totals(
            "workspace_id = $1 AND campaign_id = $2 AND send_id = $3",
            [workspace, campaign, send],
            connection
        )
    }

    /// The sends, newest first, with their tasks and totals.
    public func runs(
        before: SendID = SendID(.max),
        limit: Int = 50,
        in connection: Connection
    ) throws -> [(send: SendID, task: TaskID?, startedAt: Instant, totals: CampaignTotals)] {
        try connection.rows(
            """
            SELECT id, task_id, created_at FROM send
            WHERE workspace_id = $1 AND campaign_id = $2 AND id < $3
            ORDER BY id DESC LIMIT $4
            """,
            [workspace, campaign, before, limit]
        ).map { row in
            let send: SendID = try row.get("id")
            return (
                send, try row.get("task_id"), try row.get("created_at"),
                try totals(of: send, in: connection)
            )
        }
    }

    /// The hours in which something was counted, in order, at most 10,000 counts.
    public func hours(
        from start: Instant,
        until end: Instant,
        in connection: Connection
    ) throws -> [CampaignHour] {
        let rows = try connection.rows(
            """
            SELECT hour_at, measure, CAST(sum(total) AS BIGINT) AS total FROM campaign_count
            WHERE workspace_id = $1 AND campaign_id = $2 AND hour_at >= $3 AND hour_at < $4
            GROUP BY hour_at, measure ORDER BY hour_at, measure LIMIT 10000
            """,
            [workspace, campaign, start, end]
        )
        var hours: [CampaignHour] = []
        for row in rows {
            let hour: Instant = try row.get("hour_at")
            if hours.last?.hour != hour {
                hours.append(CampaignHour(hour: hour, totals: CampaignTotals()))
            }
            let measure = CampaignMeasure(try row.get("measure"))
            hours[hours.count - 1].totals.add(measure, try row.get("total"))
        }
        return hours
    }

    private func totals(
        _ condition: String,
        _ values: [any SQLConvertible],
        _ connection: Connection
    ) throws -> CampaignTotals {
        var totals = CampaignTotals()
        let rows = try connection.rows(
            """
            SELECT measure, detail, CAST(sum(total) AS BIGINT) AS total FROM campaign_count
            WHERE \(condition) GROUP BY measure, detail
            """,
            values
        )
        for row in rows {
            let measure = CampaignMeasure(try row.get("measure"), try row.get("detail"))
            totals.add(measure, try row.get("total"))
        }
        return totals
    }
}

extension SendStore {
    /// The counts of a send.
    public func totals(of send: SendID, in connection: Connection) throws -> CampaignTotals {
        let campaign: CampaignID? = try connection.value(
            "SELECT campaign_id FROM send WHERE workspace_id = $1 AND id = $2",
            [workspace, send]
        )
        guard let campaign else { return CampaignTotals() }
        return try CampaignAnalytics(workspace, campaign).totals(of: send, in: connection)
    }
}
