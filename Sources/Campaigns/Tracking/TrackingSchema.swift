// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    static let tracking = Migration(
        id: "tracking-1",
        steps: [
            .createTable(trackedLink), .createTable(trackedSend),
            .createIndex(IndexDefinition("activity_id", ["workspace_id", "id"]), on: "activity"),
        ]
    )

    /// The links of a campaign's mails, each once by name and target, whose digest is the key: both
    /// together are too long for an index of PostgreSQL.
    static let trackedLink = TableDefinition(
        "tracked_link",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("campaign_id"), .text("digest"),
            .text("name"), .text("url"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition(
                "tracked_link_digest",
                ["workspace_id", "campaign_id", "digest"],
                isUnique: true
            )
        ]
    )

    /// The sends whose mails tell of openings and clicks: of others nothing is known, which is not
    /// nothing.
    static let trackedSend = TableDefinition(
        "tracked_send",
        columns: [.integer("workspace_id"), .integer("send_id"), .moment("since")],
        primaryKey: ["workspace_id", "send_id"]
    )
}

extension IDKind {
    static let trackedLink = IDKind(rawValue: "tracked_link")
}
