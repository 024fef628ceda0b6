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
}
