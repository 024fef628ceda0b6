// SPDX-License-Identifier: Apache-2.0
import Database

/// The tables of custom tables; those of their rows are made as they are defined.
enum CustomTableSchema {
    static let tables = [customTable, rowDeletion, importRow]

    /// What a deleted one is called and is made of stays for the records of its deleted rows.
    static let deleting = Migration(
        id: "audience-deleted-custom-tables",
        steps: [.addColumn(.moment("deleted_at").orNull, to: "custom_table")]
    )

    private static let customTable = TableDefinition(
        "custom_table",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("folded_name"),
            .text("display_name"), .text("kind"), .integer("owner_table_id").orNull,
            .integer("business_key").orNull, .moment("created_at"), .moment("updated_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("custom_table_name", ["workspace_id", "folded_name"], isUnique: true)
        ]
    )

    /// What a deleted row leaves.
    private static let rowDeletion = TableDefinition(
        "row_deletion",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"), .integer("row_id"),
            .text("business_key").orNull, .integer("profile_id").orNull,
            .text("profile_key").orNull, .moment("event_at"), .text("change_source"),
            .integer("stamp"),
        ],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: [
            IndexDefinition("row_deletion_pages", ["workspace_id", "stamp", "id"]),
            IndexDefinition("row_deletion_profile", ["workspace_id", "profile_id"]),
        ],
        partition: TablePartition(by: "id", of: .change)
    )

    /// Lines that became rows; a row and a profile can have the same number.
    private static let importRow = TableDefinition(
        "custom_import_row",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("row_id"), .integer("line"),
            .integer("outcome"), .integer("batch"),
        ],
        primaryKey: ["workspace_id", "task_id", "row_id", "line"],
        isClustered: true,
        partition: AudienceSchema.linesPartition
    )
}
