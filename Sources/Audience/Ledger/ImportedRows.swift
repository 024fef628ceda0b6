// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension ImportLedger {
    /// The rows that a task imported, in the order of their profiles, behind one of them.
    public func imported(
        by task: TaskID,
        after last: ProfileID = ProfileID(0),
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [ImportedRow] {
        try connection.rows(
            """
            SELECT line, profile_id, outcome, batch FROM import_row
            WHERE workspace_id = $1 AND task_id = $2 AND profile_id > $3
            ORDER BY profile_id, line LIMIT $4
            """,
            [workspace, task, last, limit]
        ).map { row in
            ImportedRow(
                task: task,
                line: try row.get("line"),
                profile: try row.get("profile_id"),
                outcome: RowOutcome(rawValue: try row.get("outcome")) ?? .unchanged,
                batch: try row.get("batch")
            )
        }
    }

    /// The rows of a custom table that a task imported, in the order of their numbers, behind one.
    public func customRows(
        by task: TaskID,
        after last: CustomRowID = CustomRowID(0),
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [ImportedCustomRow] {
        try connection.rows(
            """
            SELECT line, row_id, outcome FROM custom_import_row
            WHERE workspace_id = $1 AND task_id = $2 AND row_id > $3
            ORDER BY row_id, line LIMIT $4
            """,
            [workspace, task, last, limit]
        ).map { row in
            ImportedCustomRow(
                line: try row.get("line"),
                row: try row.get("row_id"),
                outcome: RowOutcome(rawValue: try row.get("outcome")) ?? .unchanged
            )
        }
    }
}

/// An accepted line of a file of rows of a custom table.
public struct ImportedCustomRow: Sendable, Hashable {
    /// The line of the file, the header being line 1.
    public var line: Int64
    /// The row.
    public var row: CustomRowID
    /// What the line did.
    public var outcome: RowOutcome
}
