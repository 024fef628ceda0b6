// SPDX-License-Identifier: Apache-2.0
internal import Database

/// The counts of campaigns, kept as events happen: no page and no call goes through contacts.
enum CountSchema {
    static let steps: [SchemaStep] = [.createTable(count)] + earlier

    /// `detail` says which status or link; empty where there is none.
    ///
    /// Shards keep events that come at once from waiting for one row; upkeep folds them
    /// (``CampaignCounts/fold(before:in:)``).
    static let count = TableDefinition(
        "campaign_count",
        columns: [
            .integer("workspace_id"), .integer("campaign_id"), .integer("send_id"),
            .text("measure"), .text("detail"), .moment("hour_at"), .integer("shard"),
            .integer("total"),
        ],
        primaryKey: [
            "workspace_id", "campaign_id", "send_id", "measure", "detail", "hour_at", "shard",
        ],
        isClustered: true,
        indexes: [
            IndexDefinition(
                "campaign_count_open",
                ["workspace_id", "hour_at"],
                condition: "shard > 0"
            )
        ]
    )

    /// Scheduled sends had counts of their own besides, which began before those of campaigns: what they
    /// have more is added to these, once, in a shard that nobody else writes.
    static let tallied = SchemaStep.statement(
        """
        INSERT INTO campaign_count (workspace_id, campaign_id, send_id, measure, detail, hour_at,
            shard, total)
        SELECT t.workspace_id, s.campaign_id, s.send_id, t.kind, '', s.created_at, -1,
            sum(t.total) - \(counted)
        FROM scheduled_send_tally t -- all workspaces
        JOIN scheduled_send s ON s.workspace_id = t.workspace_id AND s.id = t.scheduled_send_id
        GROUP BY t.workspace_id, s.campaign_id, s.send_id, t.kind, s.created_at
        HAVING sum(t.total) > \(counted)
        """
    )

    private static let counted = """
        coalesce((SELECT sum(c.total) FROM campaign_count c
            WHERE c.workspace_id = t.workspace_id AND c.campaign_id = s.campaign_id
            AND c.send_id = s.send_id AND c.measure = t.kind), 0)
        """

    /// A period of one measure is one range; an event that is counted again changes nothing in it.
    static let periods = IndexDefinition(
        "campaign_count_period",
        ["workspace_id", "campaign_id", "measure", "hour_at"]
    )

    /// What was sent before there were counts, once, at the hour of its send.
    private static let earlier: [SchemaStep] = [
        ("'targeted'", "''", "i.id > 0"),
        ("'sent'", "''", "i.state = 'sent'"),
        ("'inDoubt'", "''", "i.state = 'inDoubt'"),
        ("'stopped'", "''", "i.state = 'stopped'"),
        ("'bounce'", "coalesce(i.status, '')", "i.state = 'sent' AND i.status IS NOT NULL"),
        (
            "'filtered'", "coalesce(i.status, 'OTHER_ERROR')",
            "i.state = 'notSent' AND i.category = 'FILTERED'"
        ),
        (
            "'inError'", "coalesce(i.status, 'OTHER_ERROR')",
            "i.state = 'notSent' AND i.category = 'IN_ERROR'"
        ),
    ].map { measure, detail, condition in
        // A constant cannot be grouped by.
        let grouping = detail == "''" ? "" : ", \(detail)"
        return .statement(
            """
            INSERT INTO campaign_count (workspace_id, campaign_id, send_id, measure, detail,
                hour_at, shard, total)
            SELECT i.workspace_id, i.campaign_id, i.send_id, \(measure), \(detail), s.created_at,
                0, count(*)
            FROM interaction i -- all workspaces
            JOIN send s ON s.workspace_id = i.workspace_id AND s.id = i.send_id
            WHERE \(condition)
            GROUP BY i.workspace_id, i.campaign_id, i.send_id, s.created_at\(grouping)
            """
        )
    }
}
