// SPDX-License-Identifier: Apache-2.0
public import Database

extension SplitTestStore {
    /// The split tests as they can be listed.
    public static let listing = Listing(
        from: "split_test s",
        scope: "s.workspace_id",
        key: "s.id",
        columns: [
            ListingColumn("id", "s.id", .integer), ListingColumn("name", "s.name", .text),
            ListingColumn("channel", "s.channel", .text),
            ListingColumn("list", "s.list_id", .integer).orNull,
            ListingColumn("search", "s.search_id", .integer).orNull,
            ListingColumn("messages", "s.message_ids", .json),
            ListingColumn("shareType", "s.share_type", .text),
            ListingColumn("share", "s.share", .integer),
            ListingColumn("criterion", "s.criterion", .text),
            ListingColumn("delay", "s.delay", .integer),
            ListingColumn("action", "s.action", .text), ListingColumn("tie", "s.tie", .text),
            ListingColumn("scheduledAt", "s.scheduled_at", .moment),
            ListingColumn("state", "s.state", .text),
            ListingColumn(
                "cancelled",
                "(s.state = 'cancelled')",
                .boolean
            ),
            ListingColumn("tasks", "s.task_ids", .json),
            ListingColumn("winnerMessage", "s.winner_message_id", .integer).orNull,
            ListingColumn("tied", "s.is_tied", .boolean).orNull,
            ListingColumn("winnerTask", "s.winner_send_id", .integer).orNull,
            ListingColumn("endedAt", "s.ended_at", .moment).orNull,
            ListingColumn("createdAt", "s.created_at", .moment),
        ]
    )
}
