// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Files room.
public enum FilesSchema {
    /// The migrations, in order.
    public static let migrations = [Migration(id: "files-1", steps: [.createTable(location)])]

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
}

extension IDKind {
    static let location = IDKind(rawValue: "location")
}
