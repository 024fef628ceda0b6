// SPDX-License-Identifier: Apache-2.0
public import Common

extension Transaction {
    /// Lets the server look anew at the part of a table that holds a row.
    ///
    /// For when many rows were added around it: the server may take that part for nearly empty still,
    /// and would read all of it for a few rows. Nothing on SQLite, whose statistics are assumed.
    ///
    /// - Parameters:
    ///   - table: The name of a scoped table whose key is `id`.
    ///   - id: The row's id.
    ///   - workspace: The row's workspace.
    /// - Throws: ``DatabaseError`` of the server.
    public func noteGrowth(of table: String, at id: Int64, in workspace: WorkspaceID) throws {
        try engine.noteGrowth(of: table, at: id, workspace: workspace.value)
    }
}
