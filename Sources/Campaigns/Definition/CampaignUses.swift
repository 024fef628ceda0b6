// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What campaigns need to be there, so that it is not deleted.
extension CampaignStore {
    /// Whether a campaign that has not finished goes to a list.
    public func uses(_ list: ListID, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT id FROM campaign
            WHERE workspace_id = $1 AND list_id = $2 AND state <> 'finished' LIMIT 1
            """,
            [workspace, list]
        ) != nil
    }

    /// Whether a campaign belongs to an entity.
    public func uses(_ entity: EntityID, in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT id FROM campaign WHERE workspace_id = $1 AND entity_id = $2 LIMIT 1",
            [workspace, entity]
        ) != nil
    }

    /// Whether a scheduled send, a split test or a campaign that has not ended goes to a search, or is
    /// limited to it.
    public func uses(_ search: SearchID, in connection: Connection) throws -> Bool {
        if try ScheduledSendStore(workspace).openSend(to: .search(search), in: connection) != nil {
            return true
        }
        let test = try connection.row(
            """
            SELECT id FROM split_test
            WHERE workspace_id = $1 AND search_id = $2
                AND state NOT IN ('decided', 'cancelled') LIMIT 1
            """,
            [workspace, search]
        )
        if test != nil { return true }
        return try connection.rows(
            "SELECT rules FROM campaign WHERE workspace_id = $1 AND state <> 'finished'",
            [workspace]
        ).contains { try $0.json("rules", as: CampaignRules.self).search == search }
    }
}
