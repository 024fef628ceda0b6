// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// How many profiles a transactional campaign has reached today without filters.
struct UnfilteredQuota {
    let workspace: WorkspaceID
    let campaign: Campaign
    /// The calendar day in the profile table's zone.
    let day: Int64

    /// How many more it may reach; nil for a campaign with filters.
    ///
    /// Keeps others from planning for the campaign until a transaction ends.
    func left(in connection: Connection) throws -> Int? {
        guard let quota = campaign.rules.unfilteredQuota else { return nil }
        if let transaction = connection as? Transaction {
            try transaction.lock("unfiltered:\(workspace):\(campaign.id)")
        }
        let used: Int? = try connection.value(
            """
            SELECT total FROM unfiltered_use
            WHERE workspace_id = $1 AND campaign_id = $2 AND day = $3
            """,
            [workspace, campaign.id, day]
        )
        return max(0, quota - (used ?? 0))
    }

    /// Notes that it reached so many.
    func take(_ count: Int, in transaction: Transaction) throws {
        guard count > 0 else { return }
        try transaction.execute(
            """
            INSERT INTO unfiltered_use (workspace_id, campaign_id, day, total)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (workspace_id, campaign_id) DO UPDATE SET
                total = excluded.total + CASE WHEN unfiltered_use.day = excluded.day
                    THEN unfiltered_use.total ELSE 0 END,
                day = excluded.day
            """,
            [workspace, campaign.id, day, count]
        )
    }
}
