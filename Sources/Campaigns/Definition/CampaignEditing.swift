// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension CampaignStore {
    /// Rewrites a draft; what has sent or may send stays as it is, so that reports stay true.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for one that is no draft, otherwise as
    ///   ``create(_:by:in:)``.
    public func edit(
        _ id: CampaignID,
        _ new: NewCampaign,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try check(new, in: transaction)
        let isChanged = try transaction.guarded(
            """
            UPDATE campaign SET display_name = $3, table_id = $4, channel = $5, kind = $6,
                initiation = $7, content = $8, list_id = $9, rules = $10, entity_id = $11
            WHERE workspace_id = $1 AND id = $2 AND state = $12
            """,
            [
                workspace, id, new.displayName, new.table, new.content.channel, new.kind,
                new.initiation, new.content.json, new.list, JSONColumn(new.rules), new.entity,
                CampaignState.draft,
            ]
        )
        guard isChanged else {
            _ = try campaign(id, in: transaction)
            throw CampaignError.refused(
                attribute: "state",
                reason: "only a draft can be changed; make a copy of it"
            )
        }
    }
}
