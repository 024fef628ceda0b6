// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The tasks of one workspace.
public struct TaskStore: Sendable {
    let workspace: WorkspaceID

    /// The tasks of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The tasks as they can be listed.
    public static let listing = Listing(
        from: "task t",
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer), ListingColumn("type", "t.type", .text),
            ListingColumn("info", "t.info", .text), ListingColumn("status", "t.status", .text),
            ListingColumn("outcome", "coalesce(t.outcome, t.failure)", .text).orNull,
            ListingColumn("ledger", "t.result", .json).orNull,
            ListingColumn("done", "t.progress_done", .integer),
            ListingColumn("total", "t.progress_total", .integer).orNull,
            ListingColumn("import_id", "t.import_id", .integer).orNull,
            ListingColumn("campaign_id", "t.campaign_id", .integer).orNull,
            ListingColumn("export_id", "t.export_id", .integer).orNull,
            ListingColumn("parent_id", "t.parent_id", .integer).orNull,
            ListingColumn("started_by", "t.started_by", .text),
            ListingColumn("attempts", "t.attempts", .integer),
            ListingColumn("node", "t.node", .text).orNull,
            ListingColumn("date", "coalesce(t.started_at, t.created_at)", .moment),
            ListingColumn("created", "t.created_at", .moment),
            ListingColumn("started", "t.started_at", .moment).orNull,
            ListingColumn("finished", "t.finished_at", .moment).orNull,
        ]
    )

    /// Enqueues a task; with a due time that has its task already, does nothing.
    ///
    /// - Returns: The task's id, or nil when the due time had one.
    @discardableResult
    public func enqueue(
        _ task: NewTask,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> TaskID?
    {
        let id: TaskID = try transaction.nextID(.task, in: workspace)
        let isNew = try transaction.guarded(
            """
            INSERT INTO task (workspace_id, id, type, info, queue, lane, status, import_id,
                campaign_id, export_id, parent_id, started_by, source, parameters,
                progress_done, attempts, run_at, created_at, schedule_id, due_at,
                closes_when_stopped)
            SELECT $1, $2, $3, $4, $5, $6, 'new', $7, $8, $9, $10, $11, $12, $13, 0, 0, $14, $15,
                $16, $17, $18
            WHERE true ON CONFLICT DO NOTHING
            """,
            [
                workspace, id, task.type.name, task.info, task.type.queue, task.lane,
                task.subjects.importID, task.subjects.campaignID, task.subjects.exportID,
                task.subjects.parentID, context.actor, context.source, task.parameters,
                task.runAt ?? context.moment, context.moment, task.due?.schedule, task.due?.at,
                task.type.closesWhenStopped,
            ]
        )
        guard isNew else { return nil }
        transaction.ringAfterCommit()
        return id
    }

    /// One task.
    ///
    /// - Throws: ``TaskError/noSuchTask(_:)``.
    public func task(_ id: TaskID, in connection: Connection) throws -> TaskRecord {
        let row = try connection.row(
            "SELECT \(TaskRecord.columns) FROM task WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard let row else { throw TaskError.noSuchTask(id) }
        return try TaskRecord(row)
    }

    /// The tasks that a filter accepts, newest first, from an id downwards.
    public func history(
        _ filter: TaskFilter = TaskFilter(),
        before: TaskID? = nil,
        limit: Int = 50,
        in connection: Connection
    ) throws -> [TaskRecord] {
        var found: [TaskRecord] = []
        try connection.each(
            """
            SELECT \(TaskRecord.columns) FROM task
            WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC
            """,
            [workspace, before ?? TaskID(.max)]
        ) { cursor in
            let task = try TaskRecord(cursor.copy())
            if filter.accepts(task) { found.append(task) }
            return found.count < limit
        }
        return found
    }

    /// The tasks of a type that an automated import made, newest first, at most 1,000.
    public func tasks(
        ofImport id: ImportID,
        type: TaskType,
        in connection: Connection
    ) throws -> [TaskRecord] {
        try connection.rows(
            """
            SELECT \(TaskRecord.columns) FROM task
            WHERE workspace_id = $1 AND import_id = $2 AND type = $3 ORDER BY id DESC LIMIT 1000
            """,
            [workspace, id, type.name]
        ).map(TaskRecord.init)
    }

    /// The log of a task's steps, in order.
    public func steps(of id: TaskID, in connection: Connection) throws -> [TaskStep] {
        try connection.rows(
            """
            SELECT moment, words FROM task_step WHERE workspace_id = $1 AND task_id = $2
            ORDER BY number
            """,
            [workspace, id]
        ).map { TaskStep(moment: try $0.get("moment"), words: try $0.get("words")) }
    }

    /// Adds a step to a task's log.
    public func log(_ words: String, of id: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO task_step (workspace_id, task_id, number, moment, words)
            SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4 FROM task_step
            WHERE workspace_id = $1 AND task_id = $2
            """,
            [workspace, id, transaction.moment, words]
        )
    }

    /// Asks a task to stop: one that waits is ended at once, one that runs at its next safe place.
    ///
    /// A waiting task whose type ``TaskType/closesWhenStopped`` is due at once, and its job ends it.
    ///
    /// - Throws: ``TaskError/ended(_:)`` when it has ended.
    public func stop(_ id: TaskID, by context: Context, in transaction: Transaction) throws {
        let ended = try transaction.row(
            """
            UPDATE task SET status = 'completed', finished_at = $3, outcome = $4,
                stop_requested_by = $5, wait_reason = NULL, hold_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'new' AND NOT closes_when_stopped
            RETURNING \(TaskFollowers.question)
            """,
            [workspace, id, context.moment, "Cancelled by \(context.actor).", context.actor]
        )
        if let ended {
            try log("Cancelled by \(context.actor).", of: id, in: transaction)
            return try TaskFollowers(workspace).follow(id, asked: ended, in: transaction)
        }
        let asked = try transaction.guarded(
            """
            UPDATE task SET stop_requested_by = coalesce(stop_requested_by, $3),
                run_at = CASE WHEN status = 'new' THEN $4 ELSE run_at END,
                wait_reason = NULL, hold_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status IN ('new', 'executing')
            """,
            [workspace, id, context.actor, context.moment]
        )
        guard asked else { throw TaskError.ended(try task(id, in: transaction).id) }
        try log("\(context.actor) asked it to stop.", of: id, in: transaction)
        transaction.ringAfterCommit()
    }

    /// Makes a task that ended Error or Fatal, or that waits, due at once, with all its attempts.
    ///
    /// - Throws: ``TaskError/cannotRetry(_:)`` when it is running or went well.
    public func retry(_ id: TaskID, by context: Context, in transaction: Transaction) throws {
        let changed = try transaction.guarded(
            """
            UPDATE task SET status = 'new', attempts = 0, run_at = $3, finished_at = NULL,
                outcome = NULL, failure = NULL, stop_requested_by = NULL, wait_reason = NULL,
                hold_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status IN ('new', 'error', 'fatal')
            """,
            [workspace, id, context.moment]
        )
        guard changed else { throw TaskError.cannotRetry(id) }
        try log("Tried again at the request of \(context.actor).", of: id, in: transaction)
        transaction.ringAfterCommit()
    }

    /// Lets a task that waits for something look again at once: what it waits for has changed.
    ///
    /// Tasks that are held, that failed and that have not waited yet stay where they are.
    public func wake(_ id: TaskID, in transaction: Transaction) throws {
        let isWoken = try transaction.guarded(
            """
            UPDATE task SET run_at = $3
            WHERE workspace_id = $1 AND id = $2 AND status = 'new' AND wait_reason IS NOT NULL
                AND hold_reason IS NULL AND run_at > $3
            """,
            [workspace, id, transaction.moment]
        )
        if isWoken { transaction.ringAfterCommit() }
    }

    /// Says anew what identifies a task, and moves it to another moment unless it is executing.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - info: What identifies it to a person.
    ///   - runAt: The earliest moment of its next attempt; nil to leave it.
    ///   - transaction: A transaction.
    /// - Throws: `DatabaseError`.
    public func reschedule(
        _ id: TaskID,
        info: String,
        runAt: Instant?,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            "UPDATE task SET info = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, id, info]
        )
        guard let runAt else { return }
        try transaction.execute(
            """
            UPDATE task SET run_at = $3 WHERE workspace_id = $1 AND id = $2 AND status = 'new'
            """,
            [workspace, id, runAt]
        )
        transaction.ringAfterCommit()
    }

    /// Lets a held task go on, as a person decided.
    ///
    /// - Returns: Whether it was held.
    @discardableResult
    public func release(
        _ id: TaskID,
        by context: Context,
        in transaction: Transaction
    ) throws -> Bool {
        let wasHeld = try transaction.guarded(
            """
            UPDATE task SET hold_reason = NULL
            WHERE workspace_id = $1 AND id = $2 AND status = 'new' AND hold_reason IS NOT NULL
            """,
            [workspace, id]
        )
        guard wasHeld else { return false }
        try log("Released by \(context.actor).", of: id, in: transaction)
        transaction.ringAfterCommit()
        return true
    }

    /// Brings a finished task's ledger up to date.
    public func amend(
        _ id: TaskID,
        status: TaskStatus,
        result: String,
        outcome: String,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE task SET status = $3, result = $4, outcome = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, status, result, outcome]
        )
    }

    /// Sets how many tasks of a queue may run at once in this workspace.
    public func limit(queue: String, to running: Int, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO queue_limit (workspace_id, queue, running) VALUES ($1, $2, $3)
            ON CONFLICT (workspace_id, queue) DO UPDATE SET running = $3
            """,
            [workspace, queue, running]
        )
    }
}

/// One line of a task's log.
public struct TaskStep: Sendable, Hashable {
    /// When it was written.
    public var moment: Instant
    /// What happened.
    public var words: String
}
