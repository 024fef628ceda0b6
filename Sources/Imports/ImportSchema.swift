// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Imports room.
public enum ImportSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(
            id: "imports-1",
            steps: [
                .createTable(automatedImport), .createTable(importedFile),
                .createTable(sighting), .createTable(measure),
            ]
        ),
        MemberBulkSchema.migration,
    ]

    static let automatedImport = TableDefinition(
        "automated_import",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("folded_name"),
            .text("definition"), .integer("schedule_id").orNull, .boolean("is_active"),
            .moment("created_at"), .boolean("is_deleted"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition(
                "automated_import_name",
                ["workspace_id", "folded_name"],
                isUnique: true
            )
        ]
    )

    /// Which files an import has taken, by content.
    static let importedFile = TableDefinition(
        "imported_file",
        columns: [
            .integer("workspace_id"), .integer("import_id"), .text("sha256"),
            .integer("task_id"), .text("name"), .moment("claimed_at"),
        ],
        primaryKey: ["workspace_id", "import_id", "sha256"]
    )

    /// The size at which a file was last seen, to tell whether it still grows.
    static let sighting = TableDefinition(
        "file_sighting",
        columns: [
            .integer("workspace_id"), .integer("import_id"), .text("name"), .integer("size"),
            .moment("seen_at"),
        ],
        primaryKey: ["workspace_id", "import_id", "name"]
    )

    /// What past files of an import were like, for the feed watch.
    static let measure = TableDefinition(
        "import_measure",
        columns: [
            .integer("workspace_id"), .integer("import_id"), .integer("task_id"),
            .integer("row_count"), .integer("column_count"),
            ColumnDefinition("blank_rate", .double), ColumnDefinition("reject_rate", .double),
            .moment("measured_at"),
        ],
        primaryKey: ["workspace_id", "import_id", "task_id"]
    )
}

extension IDKind {
    static let automatedImport = IDKind(rawValue: "import")
}
