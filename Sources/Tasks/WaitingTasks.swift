// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension TaskStore {
    /// The tasks of a type that wait for their moment, or for another attempt, for an export, oldest
    /// first.
    ///
    /// - Parameters:
    ///   - id: The export.
    ///   - type: The type.
    ///   - connection: A connection.
    /// - Returns: Their ids.
    /// - Throws: `DatabaseError`.
    public func waiting(
        ofExport id: ExportID,
        type: TaskType,
        in connection: Connection
    ) throws -> [TaskID] {
        try connection.rows(
            """
            SELECT id FROM task
            WHERE workspace_id = $1 AND export_id = $2 AND type = $3 AND status = 'new' ORDER BY id
            """,
            [workspace, id, type.name]
        ).map { try $0.get(0) }
    }
}
