// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Exports room.
public enum ExportsSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(id: "exports-1", steps: [.createTable(export), .createTable(run)]),
        Migration(
            id: "exports-beginning",
            steps: [.addColumn(.text("beginning").orNull, to: "export")]
        ),
        Migration(
            id: "exports-claims",
            steps: [
                .addColumn(.integer("claimed_location").orNull, to: "export_run"),
                .createIndex(claims, on: "export_run"),
            ]
        ),
        Migration(
            id: "exports-scanned",
            steps: [.addColumn(.text("scanned").orNull, to: "export")]
        ),
        Migration(
            id: "exports-entities",
            steps: [.addColumn(.integer("entity_id").orNull, to: "export")]
        ),
    ]

    static let export = TableDefinition(
        "export",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("folded_name"),
            .text("definition"), .text("state"), .integer("schedule_id").orNull,
            .text("cut_off").orNull, .text("chain_head").orNull, .integer("last_seq"),
            .integer("epoch"), .moment("created_at"), .text("created_by"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("export_name", ["workspace_id", "folded_name"], isUnique: true)]
    )

    /// One unfinished run an export (design/protocols.md, "Export").
    static let run = TableDefinition(
        "export_run",
        columns: [
            .integer("workspace_id"), .integer("export_id"), .integer("seq"),
            .integer("task_id"), .text("state"), .text("plan"), .text("file_name"),
            .boolean("is_put_begun"), .text("sealed").orNull, .text("manifest").orNull,
            .boolean("is_file_kept"), .moment("planned_at"), .moment("delivered_at").orNull,
        ],
        primaryKey: ["workspace_id", "export_id", "seq"],
        indexes: [
            IndexDefinition(
                "export_run_unfinished",
                ["workspace_id", "export_id"],
                isUnique: true,
                condition: "state <> 'delivered'"
            )
        ]
    )

    /// A name at a location is one run's as long as the run's file is kept.
    private static let claims = IndexDefinition(
        "export_run_claim",
        ["workspace_id", "claimed_location", "file_name"],
        isUnique: true,
        condition: "claimed_location IS NOT NULL"
    )
}

extension IDKind {
    static let export = IDKind(rawValue: "export")
}
