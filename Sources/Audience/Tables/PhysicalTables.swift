// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The tables that this room makes as profile tables and custom tables are defined, besides its migrations.
public enum PhysicalTables {
    /// Their definitions, with the columns of hidden attributes.
    ///
    /// - Parameters:
    ///   - workspace: The workspace whose tables are wanted; nil for all workspaces.
    ///   - connection: Where they are.
    /// - Returns: Two tables for each profile table, then one for each custom table, in the order of
    ///   their ids.
    /// - Throws: `DatabaseError`.
    public static func all(
        of workspace: WorkspaceID?,
        in connection: Connection
    ) throws -> [TableDefinition] {
        let workspaces = try workspace.map { [$0] } ?? all(in: connection)
        return try workspaces.flatMap { workspace in
            try profiles(of: workspace, in: connection)
                + CustomTableStore(workspace).all(in: connection)
                .sorted { $0.id.value < $1.id.value }
                .map { table in
                    try own(table.definition, table.id.value, workspace, connection)
                }
        }
    }

    private static func profiles(
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> [TableDefinition] {
        try ProfileTableStore(workspace).all(in: connection)
            .sorted { $0.id.value < $1.id.value }
            .flatMap { table in
                [
                    try own(table.definition, table.id.value, workspace, connection),
                    table.recencyDefinition,
                ]
            }
    }

    /// A table with the columns of its hidden attributes.
    private static func own(
        _ definition: TableDefinition,
        _ table: Int64,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> TableDefinition {
        var own = definition
        own.columns += try AttributeStore(workspace).hiddenColumns(of: table, in: connection)
        return own
    }

    /// The one list that is read across workspaces here.
    private static func all(in connection: Connection) throws -> [WorkspaceID] {
        try connection.rows(
            "SELECT DISTINCT workspace_id FROM profile_table ORDER BY workspace_id"
                + " -- all workspaces"
        ).map { try $0.get(0) }
    }
}
