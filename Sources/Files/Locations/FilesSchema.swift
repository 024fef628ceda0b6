// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Files room.
public enum FilesSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(id: "files-1", steps: [.createTable(location)]),
        Migration(
            id: "files-2",
            steps: [
                .createTable(spoolFile), .createTable(spoolChunk), .createTable(spoolLoose),
            ]
        ),
    ]

    static let location = TableDefinition(
        "location",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("kind"),
            .text("configuration"), .text("created_by"), .moment("created_at"),
            .moment("updated_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("location_name", ["workspace_id", "name"], isUnique: true)]
    )

    /// The finished files of a spool in the database; a file is visible by its row only.
    ///
    /// Spool kinds are claimed by dossier sections one by one; these tables hold their files.
    static let spoolFile = TableDefinition(
        "spool_file",
        isScoped: false,
        columns: [
            .text("kind"), .text("name"), .text("content"), .integer("bytes"), .text("sha256"),
            .moment("created_at"),
        ],
        primaryKey: ["kind", "name"],
        isClustered: true,
        moving: .carried
    )

    /// Contents, a megabyte a row.
    ///
    /// Not clustered: SQLite keeps large rows badly in an index.
    static let spoolChunk = TableDefinition(
        "spool_chunk",
        isScoped: false,
        columns: [.text("content"), .integer("position"), ColumnDefinition("bytes", .bytes)],
        primaryKey: ["content", "position"],
        moving: .carried
    )

    /// Contents that are no file's: still being written, or abandoned and about to be deleted.
    static let spoolLoose = TableDefinition(
        "spool_loose",
        isScoped: false,
        columns: [.text("content"), .boolean("is_abandoned"), .moment("touched_at")],
        primaryKey: ["content"],
        isClustered: true,
        moving: .carried
    )
}

extension IDKind {
    static let location = IDKind(rawValue: "location")
}
