// SPDX-License-Identifier: Apache-2.0
internal import Database

/// The tables of providers: relays, and what relays and gateways have in common.
enum ProviderSchema {
    static let steps: [SchemaStep] = [
        .createTable(gate), .createTable(queue), .createTable(relay),
        .addColumn(ColumnDefinition("priority", .integer, isNullable: true), to: "send"),
    ]

    /// One row a provider: each claim reads and writes it in its own transaction, so that the cap
    /// holds over tasks, nodes and restarts.
    static let gate = TableDefinition(
        "provider_gate",
        columns: [
            .integer("workspace_id"), .text("kind"), .integer("provider_id"),
            .integer("cap").orNull, .moment("slot_at").orNull, .integer("slot_taken"),
            .integer("failures"), .integer("pauses"), .moment("paused_at").orNull,
            .moment("paused_until").orNull, .text("reason").orNull,
        ],
        primaryKey: ["workspace_id", "kind", "provider_id"]
    )

    /// The sends that wait for a provider, each once.
    static let queue = TableDefinition(
        "provider_queue",
        columns: [
            .integer("workspace_id"), .integer("send_id"), .text("kind"),
            .integer("provider_id"), .integer("priority"), .moment("due_at"),
        ],
        primaryKey: ["workspace_id", "send_id"]
    )

    /// Its password is sealed elsewhere, under a name made of the id.
    static let relay = TableDefinition(
        "relay",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("host"),
            .integer("port"), .text("security"), .text("login").orNull, .text("client_name"),
            .integer("connections"), .integer("position"), .boolean("is_active"),
            .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("relay_name", ["workspace_id", "name"], isUnique: true)]
    )
}

extension IDKind {
    static let relay = IDKind(rawValue: "relay")
}
