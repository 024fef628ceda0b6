// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    /// Keyed by interaction, so that "first" is a unique key and old data go by ranges of ids; read
    /// by windows of the stamp.
    static let activity = TableDefinition(
        "activity",
        columns: [
            .integer("workspace_id"), .integer("interaction_id"), .text("kind"),
            .integer("ordinal"), .integer("id"), .integer("campaign_id"), .integer("table_id"),
            .integer("profile_id"), .text("category").orNull, .text("status").orNull,
            .text("detail").orNull, .text("link_name").orNull, .text("link_url").orNull,
            .boolean("is_first_click").orNull, .moment("event_at"), .integer("stamp"),
        ],
        primaryKey: ["workspace_id", "interaction_id", "kind", "ordinal"],
        isClustered: true,
        indexes: [
            IndexDefinition("activity_stamp", ["workspace_id", "stamp", "id"]),
            IndexDefinition("activity_profile", ["workspace_id", "profile_id", "campaign_id"]),
        ],
        partition: TablePartition(by: "interaction_id", of: .interaction)
    )
}
