// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    /// `task_ids` are the scheduled sends of the messages, in their order.
    static let splitTest = TableDefinition(
        "split_test",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("channel"),
            .integer("list_id").orNull, .integer("search_id").orNull, .text("message_ids"),
            .text("share_type"), .integer("share"), .text("criterion"), .integer("delay"),
            .text("action"), .text("tie"), .moment("scheduled_at"), .text("state"),
            .integer("campaign_id"), .integer("task_id"), .text("task_ids"),
            .integer("winner").orNull, .integer("winner_message_id").orNull,
            .boolean("is_tied").orNull, .integer("winner_send_id").orNull,
            .moment("ended_at").orNull, .moment("created_at"), .text("created_by"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("split_test_name", ["workspace_id", "name", "id"])]
    )

    /// Which messages a split test keeps as they are.
    static let splitTestMessage = TableDefinition(
        "split_test_message",
        columns: [
            .integer("workspace_id"), .integer("message_id"), .integer("split_test_id"),
        ],
        primaryKey: ["workspace_id", "message_id", "split_test_id"],
        isClustered: true
    )

    /// Who takes part in the test, and with which message.
    static let splitTestMember = TableDefinition(
        "split_test_member",
        columns: [
            .integer("workspace_id"), .integer("split_test_id"), .integer("profile_id"),
            .integer("version"),
        ],
        primaryKey: ["workspace_id", "split_test_id", "profile_id"],
        isClustered: true,
        indexes: [
            IndexDefinition("split_test_member_profile", ["workspace_id", "profile_id"])
        ]
    )
}
