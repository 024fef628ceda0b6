// SPDX-License-Identifier: Apache-2.0
public import Database

extension ActivityStore {
    /// The first openings of mails.
    public static let openings = listing("a.kind = 'opening'")

    /// The first clicks on links of mails.
    public static let clicks = listing("a.kind = 'click'")

    /// The mails that came back and the text messages that did not arrive, each time.
    public static let bounces = listing("a.kind IN ('bounce', 'deliveryFailed')")

    private static func listing(_ condition: String) -> Listing {
        Listing(
            from: """
                activity a JOIN interaction i \
                ON i.workspace_id = a.workspace_id AND i.id = a.interaction_id \
                LEFT JOIN scheduled_send s \
                ON s.workspace_id = i.workspace_id AND s.send_id = i.send_id
                """,
            scope: "a.workspace_id",
            key: "a.id",
            columns: columns,
            condition: condition
        )
    }

    private static let columns = [
        ListingColumn("id", "a.id", .integer), ListingColumn("task", "s.id", .integer).orNull,
        ListingColumn("author", "s.author_id", .integer).orNull,
        ListingColumn("profile", "a.profile_id", .integer),
        ListingColumn("campaign", "a.campaign_id", .integer),
        ListingColumn("contact", "a.interaction_id", .integer),
        ListingColumn(
            "channel",
            "CASE WHEN a.kind = 'deliveryFailed' THEN 'sms' ELSE 'email' END",
            .text
        ),
        ListingColumn("category", "a.category", .text).orNull,
        ListingColumn("status", "a.status", .text).orNull,
        ListingColumn("linkName", "a.link_name", .text).orNull,
        ListingColumn("linkURL", "a.link_url", .text).orNull,
        ListingColumn("isFirstClick", "a.is_first_click", .boolean).orNull,
        ListingColumn("eventAt", "a.event_at", .moment),
    ]
}
