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
        let old = try database.readBlocking { connection in
            try connection.rows(
                """
                SELECT \(ExportRun.columns) FROM export_run
                WHERE workspace_id = $1 AND (delivered_at < $2 OR planned_at < $2
                    AND export_id NOT IN (SELECT id FROM export WHERE workspace_id = $1))
                """,
                [workspace, limit]
            ).map(ExportRun.init).filter(\.isFileKept)
        }
        for run in old {
            try database.writeBlocking { try store.forgetFile(run, in: $0) }
            if let file = run.sealed?.packed.file { try spool.remove(file) }
        }
        return old.count
    }
}
