// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Which files an automated import has taken, so that none is taken twice.
struct FileClaims {
    let workspace: WorkspaceID
    let importID: ImportID

    /// Claims a file's content for a task.
    ///
    /// - Returns: The other task that has it; nil when it is ours. A claim of a task that ended
    ///   Fatal, or was cancelled before it merged anything, is free.
    func claim(
        sha256: String,
        name: String,
        for task: TaskID,
        in transaction: Transaction
    ) throws
        -> TaskID?
    {
        try transaction.execute(
            """
            DELETE FROM imported_file WHERE workspace_id = $1 AND import_id = $2 AND sha256 = $3
                AND task_id IN (SELECT id FROM task WHERE workspace_id = $1 AND id <> $4
                    AND (status = 'fatal' OR status = 'completed' AND result IS NULL))
            """,
            [workspace, importID, sha256, task]
        )
        // A later file of this name starts its wait anew.
        try transaction.execute(
            """
            DELETE FROM file_sighting WHERE workspace_id = $1 AND import_id = $2 AND name = $3
            """,
            [workspace, importID, name]
        )
        try transaction.execute(
            """
            INSERT INTO imported_file (workspace_id, import_id, sha256, task_id, name, claimed_at)
            SELECT $1, $2, $3, $4, $5, $6 WHERE true ON CONFLICT DO NOTHING
            """,
            [workspace, importID, sha256, task, name, transaction.moment]
        )
        let owner: TaskID? = try transaction.value(
            """
            SELECT task_id FROM imported_file
            WHERE workspace_id = $1 AND import_id = $2 AND sha256 = $3
            """,
            [workspace, importID, sha256]
        )
        return owner == task ? nil : owner
    }

    /// When a file was first seen with its present size; notes it when the size is new.
    func sighting(
        of name: String,
        size: Int64,
        in transaction: Transaction
    ) throws
        -> (size: Int64, seen: Instant)?
    {
        let row = try transaction.row(
            """
            SELECT size, seen_at FROM file_sighting
            WHERE workspace_id = $1 AND import_id = $2 AND name = $3
            """,
            [workspace, importID, name]
        )
        let last: (size: Int64, seen: Instant)? = try row.map {
            (try $0.get("size"), try $0.get("seen_at"))
        }
        guard last?.size != size else { return last }
        try transaction.execute(
            """
            INSERT INTO file_sighting (workspace_id, import_id, name, size, seen_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (workspace_id, import_id, name) DO UPDATE SET size = $4, seen_at = $5
            """,
            [workspace, importID, name, size, transaction.moment]
        )
        return last
    }
}
