// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// The tasks that are due, read page by page: a queue of 100,000 is never fetched whole.
///
/// The first page in the order of due times nearly always has what a claim wants. When a long queue
/// that is full fills it, the queues that are not full are visited one by one.
struct Backlog {
    static let pageSize = 100

    let now: Instant

    /// Whether anything is due.
    func hasDue(in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT id FROM task -- all workspaces
            WHERE status = 'new' AND run_at <= $1 AND hold_reason IS NULL
            ORDER BY run_at, id LIMIT 1
            """,
            [now]
        ) != nil
    }

    /// Calls a closure with each task that the rule lets start, until it returns false.
    func visit(
        _ rule: inout ClaimRule,
        in connection: Connection,
        _ start: (ClaimRule.Entry) throws -> Bool
    ) throws {
        let first = try firstPage(in: connection)
        for entry in first where rule.admit(entry) {
            guard try start(entry) else { return }
        }
        guard first.count == Backlog.pageSize else { return }
        for queue in try queues(in: connection) where rule.hasRoom(queue) {
            guard try visit(queue, &rule, in: connection, start) else { return }
        }
    }

    private func firstPage(in connection: Connection) throws -> [ClaimRule.Entry] {
        try connection.rows(
            """
            SELECT workspace_id, id, queue, lane FROM task -- all workspaces
            WHERE status = 'new' AND run_at <= $1 AND hold_reason IS NULL
            ORDER BY run_at, id LIMIT $2
            """,
            [now, Backlog.pageSize]
        ).map(ClaimRule.Entry.init)
    }

    /// The queues with due tasks, the one that waits longest first.
    ///
    /// Goes from queue to queue in the index task_queue, however long each of them is.
    private func queues(in connection: Connection) throws -> [ClaimRule.QueueKey] {
        try connection.rows(
            """
            WITH RECURSIVE waiting(workspace_id, queue) AS (
                SELECT first.workspace_id, first.queue FROM (
                    SELECT workspace_id, queue FROM task -- all workspaces
                    WHERE status = 'new' ORDER BY workspace_id, queue LIMIT 1) AS first
                UNION ALL
                SELECT
                    (SELECT task.workspace_id FROM task WHERE status = 'new'
                        AND (task.workspace_id, task.queue) > (waiting.workspace_id, waiting.queue)
                        ORDER BY task.workspace_id, task.queue LIMIT 1),
                    (SELECT task.queue FROM task WHERE status = 'new'
                        AND (task.workspace_id, task.queue) > (waiting.workspace_id, waiting.queue)
                        ORDER BY task.workspace_id, task.queue LIMIT 1)
                FROM waiting WHERE waiting.workspace_id IS NOT NULL
            ), headed AS (
                SELECT workspace_id, queue, (
                    SELECT task.run_at FROM task WHERE status = 'new' AND hold_reason IS NULL
                        AND task.workspace_id = waiting.workspace_id
                        AND task.queue = waiting.queue AND task.run_at <= $1
                    ORDER BY task.run_at LIMIT 1) AS head
                FROM waiting WHERE workspace_id IS NOT NULL
            )
            SELECT workspace_id, queue FROM headed WHERE head IS NOT NULL
            ORDER BY head, workspace_id, queue
            """,
            [now]
        ).map {
            ClaimRule.QueueKey(workspace: try $0.get("workspace_id"), queue: try $0.get("queue"))
        }
    }

    /// Visits one queue until it is full or through; false when nothing more is wanted.
    private func visit(
        _ queue: ClaimRule.QueueKey,
        _ rule: inout ClaimRule,
        in connection: Connection,
        _ start: (ClaimRule.Entry) throws -> Bool
    ) throws -> Bool {
        var last = (runAt: Instant(microseconds: 0), id: TaskID(0))
        while rule.hasRoom(queue) {
            let rows = try page(of: queue, after: last, in: connection)
            for row in rows {
                let entry = try ClaimRule.Entry(row)
                guard rule.admit(entry) else { continue }
                guard try start(entry) else { return false }
            }
            guard rows.count == Backlog.pageSize, let end = rows.last else { return true }
            last = (try end.get("run_at"), try end.get("id"))
        }
        return true
    }

    private func page(
        of queue: ClaimRule.QueueKey,
        after last: (runAt: Instant, id: TaskID),
        in connection: Connection
    ) throws -> [Row] {
        try connection.rows(
            """
            SELECT workspace_id, id, queue, lane, run_at FROM task
            WHERE workspace_id = $1 AND queue = $2 AND status = 'new' AND hold_reason IS NULL
                AND run_at <= $3 AND (run_at, id) > ($4, $5)
                AND (lane IS NULL OR NOT EXISTS (
                    SELECT 1 FROM task busy WHERE busy.workspace_id = $1
                        AND busy.status = 'executing' AND busy.lane = task.lane))
            ORDER BY run_at, id LIMIT $6
            """,
            [queue.workspace, queue.queue, now, last.runAt, last.id, Backlog.pageSize]
        )
    }
}
