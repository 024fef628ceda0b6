// SPDX-License-Identifier: Apache-2.0
internal import Database

/// The tables of text messages: accounts, parts, links, credit.
enum TextSchema {
    static let migration = Migration(
        id: "texts-1",
        steps: [
            .createTable(account), .createTable(message), .createTable(link),
            .createTable(credit), .createTable(entry),
        ]
    )

    /// Its secret is sealed elsewhere, under a name made of the id.
    static let account = TableDefinition(
        "sms_account",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("kind"),
            .text("settings"), .integer("connections"), .boolean("is_active"),
            .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("sms_account_name", ["workspace_id", "name"], isUnique: true)]
    )

    /// What a contact's text was like when it was handed over, and what it costs in millionths:
    /// `reserved` while nobody knows whether it was taken, `spent` once it was.
    static let message = TableDefinition(
        "text_message",
        columns: [
            .integer("workspace_id"), .integer("interaction_id"), .integer("account_id").orNull,
            .text("number").orNull, .text("encoding"), .integer("parts"), .integer("reserved"),
            .integer("spent"),
        ],
        primaryKey: ["workspace_id", "interaction_id"],
        isClustered: true,
        indexes: [
            IndexDefinition(
                "text_message_number",
                ["workspace_id", "number", "interaction_id"],
                condition: "number IS NOT NULL"
            )
        ],
        partition: TablePartition(by: "interaction_id", of: .interaction)
    )

    /// Where the short links of a contact lead.
    static let link = TableDefinition(
        "text_link",
        columns: [
            .integer("workspace_id"), .integer("interaction_id"), .integer("ordinal"),
            .text("url"),
        ],
        primaryKey: ["workspace_id", "interaction_id", "ordinal"],
        isClustered: true,
        partition: TablePartition(by: "interaction_id", of: .interaction)
    )

    /// In millionths; what was topped up is always the sum of the other three.
    static let credit = TableDefinition(
        "sms_credit",
        columns: [
            .integer("workspace_id"), .integer("price"), .integer("balance"), .integer("reserved"),
            .integer("spent"),
        ],
        primaryKey: ["workspace_id"]
    )

    /// What was topped up, or taken back.
    static let entry = TableDefinition(
        "sms_credit_entry",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("amount"), .text("note"),
            .text("actor"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"]
    )
}

extension IDKind {
    static let smsAccount = IDKind(rawValue: "sms_account")
    static let smsCreditEntry = IDKind(rawValue: "sms_credit_entry")
}
