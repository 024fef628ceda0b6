// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of webhooks.
public enum WebhookSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(id: "webhooks-1", steps: [.createTable(webhook), .createTable(delivery)])
    ]

    /// Its secret is sealed elsewhere, under a name made of the id.
    static let webhook = TableDefinition(
        "webhook",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("url"), .text("types"),
            .boolean("is_active"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"]
    )

    /// What deliveries came to besides what their tasks say: attempts, next try, words.
    static let delivery = TableDefinition(
        "webhook_delivery",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("webhook_id"),
            .integer("http_status").orNull, .moment("delivered_at").orNull,
        ],
        primaryKey: ["workspace_id", "task_id"],
        indexes: [
            IndexDefinition(
                "webhook_delivery_webhook",
                ["workspace_id", "webhook_id", "task_id"]
            )
        ]
    )
}

extension IDKind {
    static let webhook = IDKind(rawValue: "webhook")
}
