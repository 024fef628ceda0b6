// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The tables that this room makes as profile tables are defined, besides its migrations.
public enum PhysicalTables {
    /// Their definitions, with the columns of hidden attributes.
    ///
    /// - Parameters:
    ///   - workspace: The workspace whose tables are wanted; nil for all workspaces.
    ///   - connection: Where they are.
    /// - Returns: Two tables for each profile table, in the order of their ids.
    /// - Throws: `DatabaseError`.
    public static func all(
        of workspace: WorkspaceID?,
        in connection: Connection
    ) throws -> [TableDefinition] {
        let workspaces = try workspace.map { [$0] } ?? all(in: connection)
        return try workspaces.flatMap { workspace in
            try ProfileTableStore(workspace).all(in: connection)
                .sorted { $0.id.value < $1.id.value }
                .flatMap { table in
                    let hidden = try AttributeStore(workspace)
                        .hiddenColumns(of: table.id, in: connection)
                    var own = table.definition
                    own.columns += hidden
                    return [own, table.recencyDefinition]
                }
        }
    }

    /// The one list that is read across workspaces here.
    private static func all(in connection: Connection) throws -> [WorkspaceID] {
        try connection.rows(
            "SELECT DISTINCT workspace_id FROM profile_table ORDER BY workspace_id"
                + " -- all workspaces"
        ).map { try $0.get(0) }
    }
}
