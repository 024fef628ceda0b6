// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    static let bounces = Migration(
        id: "bounces-1",
        steps: [.createTable(bounceMailbox), .createTable(bounceMessage)]
    )

    /// The mailboxes of returned mails; a password is sealed elsewhere, under a name made of the id.
    static let bounceMailbox = TableDefinition(
        "bounce_mailbox",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("address"), .integer("hours"),
            .integer("schedule_id"), .moment("created_at"), .text("created_by"),
        ],
        primaryKey: ["workspace_id", "id"]
    )

    /// The digests of reports that were recorded: a mail that was not removed in time, or an event that
    /// a provider tells again, counts once.
    static let bounceMessage = TableDefinition(
        "bounce_message",
        columns: [.integer("workspace_id"), .text("digest"), .moment("seen_at")],
        primaryKey: ["workspace_id", "digest"],
        indexes: [IndexDefinition("bounce_message_seen", ["workspace_id", "seen_at"])]
    )
}

extension IDKind {
    static let bounceMailbox = IDKind(rawValue: "bounce_mailbox")
}
