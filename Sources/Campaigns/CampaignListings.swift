// SPDX-License-Identifier: Apache-2.0
public import Database

extension MessageStore {
    /// The messages.
    public static let listing = Listing(
        from: "message m",
        scope: "m.workspace_id",
        key: "m.id",
        columns: [
            ListingColumn("id", "m.id", .integer), ListingColumn("name", "m.name", .text),
            ListingColumn("channel", "m.channel", .text),
            ListingColumn("author", "m.created_by", .integer).orNull,
            ListingColumn(
                "used",
                """
                (EXISTS (SELECT 1 FROM scheduled_send u WHERE u.workspace_id = m.workspace_id \
                AND u.message_id = m.id) \
                OR EXISTS (SELECT 1 FROM split_test_message u \
                WHERE u.workspace_id = m.workspace_id AND u.message_id = m.id))
                """,
                .boolean
            ),
            ListingColumn("createdAt", "m.created_at", .moment),
            ListingColumn(
                "editable",
                """
                (NOT EXISTS (SELECT 1 FROM scheduled_send u WHERE u.workspace_id = m.workspace_id \
                AND u.message_id = m.id) \
                AND NOT EXISTS (SELECT 1 FROM split_test_message u \
                WHERE u.workspace_id = m.workspace_id AND u.message_id = m.id))
                """,
                .boolean
            ),
            ListingColumn("content", "m.content", .json),
            ListingColumn("createdAt", "m.created_at", .moment),
            ListingColumn("updatedAt", "m.updated_at", .moment),
        ]
    )
}

extension ScheduledSendStore {
    /// The scheduled sends; ``ContactEvents/statistics(of:in:)`` has their statistics.
    public static let listing = Listing(
        from: "scheduled_send s",
        scope: "s.workspace_id",
        key: "s.id",
        columns: [
            ListingColumn("id", "s.id", .integer), ListingColumn("name", "s.name", .text),
            ListingColumn("channel", "s.channel", .text),
            ListingColumn("cancelled", "s.cancelled", .boolean),
            ListingColumn("completed", "s.completed", .boolean),
            ListingColumn("list", "s.list_id", .integer).orNull,
            ListingColumn("search", "s.search_id", .integer).orNull,
            ListingColumn("message", "s.message_id", .integer),
            ListingColumn("author", "s.author_id", .integer).orNull,
            ListingColumn("rate", "s.rate", .integer).orNull,
            ListingColumn("size", "s.size", .integer),
            ListingColumn("splitTest", "s.splittest_id", .integer).orNull,
            ListingColumn("scheduledAt", "s.scheduled_at", .moment),
            ListingColumn("endedAt", "s.ended_at", .moment).orNull,
            ListingColumn("createdAt", "s.created_at", .moment),
            // What statistics begin with on their own channel.
            ListingColumn("emailZero", "CASE WHEN s.channel = 'email' THEN 0 END", .integer).orNull,
            ListingColumn("smsZero", "CASE WHEN s.channel = 'sms' THEN 0 END", .integer).orNull,
        ]
    )
}

extension SendStore {
    /// The contacts: everyone whom a campaign targeted, sent or not.
    ///
    /// `task` is the scheduled send; nil for sends of other campaigns.
    public static let contacts = Listing(
        from: contactTables,
        scope: "i.workspace_id",
        key: "i.id",
        columns: contactColumns
    )

    /// Whom sends targeted, as a page of one send shows them.
    ///
    /// - Parameters:
    ///   - states: Those in some states; everyone when none is given.
    ///   - event: Those who did something; everyone when nil.
    /// - Returns: The listing.
    public static func people(
        in states: [InteractionState],
        having event: ContactEvent? = nil
    ) -> Listing {
        let conditions = [states.isEmpty ? nil : condition(states), event.map(condition)]
            .compactMap(\.self)
        return Listing(
            from: "interaction i",
            scope: "i.workspace_id",
            key: "i.id",
            columns: peopleColumns,
            condition: conditions.isEmpty ? nil : conditions.joined(separator: " AND ")
        )
    }

    private static func condition(_ event: ContactEvent) -> String {
        """
        EXISTS (SELECT 1 FROM contact_event e WHERE e.workspace_id = i.workspace_id \
        AND e.interaction_id = i.id AND e.kind = '\(event.rawValue)')
        """
    }

    private static func condition(_ states: [InteractionState]) -> String {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        // Where one condition holds for all of them, an index of few rows can be used.
        let common = Set(states.map { $0.condition(of: "i") })
        let few = common.count == 1 ? common.first ?? "true" : "true"
        return "i.state IN (\(words)) AND \(few)"
    }

    private static let peopleColumns = [
        ListingColumn("id", "i.id", .integer), ListingColumn("send", "i.send_id", .integer),
        ListingColumn("profile", "i.profile_id", .integer),
        ListingColumn("campaign", "i.campaign_id", .integer),
        ListingColumn("address", "i.address", .text).orNull,
        ListingColumn("state", "i.state", .text),
        ListingColumn("status", "i.status", .text).orNull,
        ListingColumn("bounced", "(i.state = 'sent' AND i.status IS NOT NULL)", .boolean),
        ListingColumn("createdAt", "i.created_at", .moment),
        ListingColumn("eventAt", "i.event_at", .moment).orNull,
    ]

    private static let contactTables = """
        interaction i LEFT JOIN scheduled_send s \
        ON s.workspace_id = i.workspace_id AND s.send_id = i.send_id
        """

    private static let contactColumns = [
        ListingColumn("id", "i.id", .integer), ListingColumn("task", "s.id", .integer).orNull,
        ListingColumn("author", "s.author_id", .integer).orNull,
        ListingColumn("profile", "i.profile_id", .integer),
        ListingColumn("campaign", "i.campaign_id", .integer),
        ListingColumn(
            "channel",
            """
            (SELECT c.channel FROM campaign c \
            WHERE c.workspace_id = i.workspace_id AND c.id = i.campaign_id)
            """,
            .text
        ),
        ListingColumn("address", "i.address", .text).orNull,
        ListingColumn("state", "i.state", .text),
        ListingColumn("category", "i.category", .text).orNull,
        ListingColumn("status", "i.status", .text).orNull,
        ListingColumn(
            "parts",
            """
            (SELECT m.parts FROM text_message m \
            WHERE m.workspace_id = i.workspace_id AND m.interaction_id = i.id)
            """,
            .integer
        ).orNull,
        ListingColumn("createdAt", "i.created_at", .moment),
        ListingColumn("eventAt", "i.event_at", .moment).orNull,
    ]
}

extension CampaignStore {
    /// The campaigns.
    public static let listing = Listing(
        from: """
            campaign c JOIN profile_table t \
            ON t.workspace_id = c.workspace_id AND t.id = c.table_id
            """,
        scope: "c.workspace_id",
        key: "c.id",
        columns: [
            ListingColumn("id", "c.id", .integer), ListingColumn("name", "c.display_name", .text),
            ListingColumn("technical_name", "c.technical_name", .text),
            ListingColumn("profile_table", "t.name", .text),
            ListingColumn("entity_id", "c.entity_id", .integer).orNull,
            ListingColumn("channel", "c.channel", .text), ListingColumn("kind", "c.kind", .text),
            ListingColumn("content", "c.content", .json),
            ListingColumn("list_id", "c.list_id", .integer).orNull,
            ListingColumn("rules", "c.rules", .json), ListingColumn("state", "c.state", .text),
            ListingColumn("cdate", "c.created_at", .moment),
        ]
    )
}
