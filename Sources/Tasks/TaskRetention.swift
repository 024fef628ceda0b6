// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Removes old records from Task History; 400 days are kept by default (spec/task-history.md).
public struct TaskRetention: Sendable {
    let workspace: WorkspaceID

    /// The history of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The tasks that ended before a moment and that no unfinished task follows from, oldest first.
    ///
    /// To page, `after` names the last task of the page before.
    public func expired(
        before moment: Instant,
        after: TaskID = TaskID(0),
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [TaskRecord] {
        var found: [TaskRecord] = []
        var last = after
        while found.count < limit {
            let page = try unfollowed(after: last, in: connection)
            for task in page where found.count < limit {
                // Ids ascend with time: what comes later was made too late to have ended before.
                guard task.createdAt < moment else { return found }
                if let end = task.finishedAt, task.status.isEnded, end < moment {
                    found.append(task)
                }
            }
            guard let end = page.last?.id, page.count == TaskRetention.page else { break }
            last = end
        }
        return found
    }

    /// The next tasks that no unfinished one follows from; a server's answer is in memory as a whole.
    private func unfollowed(after: TaskID, in connection: Connection) throws -> [TaskRecord] {
        try connection.rows(
            """
            SELECT \(TaskRecord.columns) FROM task
            WHERE workspace_id = $1 AND id > $2 AND NOT EXISTS (
                SELECT 1 FROM task follower WHERE follower.workspace_id = $1
                    AND follower.parent_id = task.id AND follower.status IN ('new', 'executing'))
            ORDER BY id LIMIT $3
            """,
            [workspace, after, TaskRetention.page]
        ).map(TaskRecord.init)
    }

    private static let page = 1_000

    /// How many tasks there are in a range of ids.
    public func count(_ ids: Range<Int64>, in connection: Connection) throws -> Int {
        try connection.value(
            "SELECT count(*) FROM task WHERE workspace_id = $1 AND id >= $2 AND id < $3",
            [workspace, ids.lowerBound, ids.upperBound]
        ) ?? 0
    }

    /// Removes the records of tasks that have ended, with their steps.
    ///
    /// - Returns: How many records were removed.
    @discardableResult
    public func delete(_ ids: [TaskID], in transaction: Transaction) throws -> Int {
        try ids.count { id in
            let isRemoved = try transaction.guarded(
                """
                DELETE FROM task
                WHERE workspace_id = $1 AND id = $2 AND status NOT IN ('new', 'executing')
                """,
                [workspace, id]
            )
            guard isRemoved else { return false }
            try transaction.execute(
                "DELETE FROM task_step WHERE workspace_id = $1 AND task_id = $2",
                [workspace, id]
            )
            return true
        }
    }
}
