// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files

/// Removes the spooled files of old deliveries, and of exports that were removed.
///
/// They are kept for 5 days by default (spec/exports.md, "Files").
public struct ExportRetention: Sendable {
    private let workspace: WorkspaceID
    private let spool: Spool

    /// The kept files of a workspace.
    public init(_ workspace: WorkspaceID, spool: Spool) {
        self.workspace = workspace
        self.spool = spool
    }

    /// Removes what is too old; blocks.
    ///
    /// - Returns: How many files were removed.
    @discardableResult
    public func removeFiles(
        olderThan age: Span = .days(5),
        from database: Database
    ) throws -> Int {
        let limit = database.time.now() - age
        let store = RunStore(workspace)
        let old = try database.readBlocking { try expired(before: limit, in: $0) }
        for run in old {
            // In this order: a file that is forgotten first stays for ever after a crash.
            if let file = run.sealed?.packed.file { try spool.remove(file) }
            try database.writeBlocking { try store.forgetFile(run, in: $0) }
        }
        return old.count
    }

    /// The runs whose kept file is too old.
    public func expired(before limit: Instant, in connection: Connection) throws -> [ExportRun] {
        try connection.rows(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND is_file_kept AND (delivered_at < $2 OR planned_at < $2
                AND export_id NOT IN (SELECT id FROM export WHERE workspace_id = $1))
            """,
            [workspace, limit]
        ).map(ExportRun.init)
    }

    /// Whether a run that a task made is not delivered yet, so that the task's record is needed.
    public func needs(_ task: TaskID, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT seq FROM export_run
            WHERE workspace_id = $1 AND task_id = $2 AND state <> 'delivered'
            """,
            [workspace, task]
        ) != nil
    }
}
