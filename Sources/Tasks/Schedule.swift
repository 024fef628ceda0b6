// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Something that makes a task again and again.
public struct Schedule: Sendable {
    /// Its workspace.
    public var workspace: WorkspaceID
    /// Its id.
    public var id: ScheduleID
    /// The type of task that it makes.
    public var type: String
    /// The queue of its tasks.
    public var queue: String
    /// What identifies its tasks to a person.
    public var info: String
    /// The lane of its tasks.
    public var lane: String?
    /// What its tasks work on.
    public var subjects: TaskSubjects
    /// The parameters of its tasks, JSON.
    public var parameters: String
    /// When it is due.
    public var recurrence: Recurrence
    /// The next due time.
    public var nextDue: Instant
    /// Whether it makes tasks at all.
    public var isActive: Bool
    /// How late a missed due time may still be run; 12 hours unless set otherwise.
    public var missedWindow: Span
}

extension NewTask {
    init(_ schedule: Schedule, dueAt: Instant) {
        type = TaskType(name: schedule.type, displayName: schedule.type, queue: schedule.queue)
        info = schedule.info
        parameters = schedule.parameters
        subjects = schedule.subjects
        lane = schedule.lane
        due = (schedule.id, dueAt)
    }
}

/// The schedules of one workspace.
public struct ScheduleStore: Sendable {
    let workspace: WorkspaceID

    /// The schedules of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a schedule for tasks like the given one; first due after the call.
    public func create(
        _ task: NewTask,
        recurrence: Recurrence,
        isActive: Bool,
        missedWindow: Span = .hours(12),
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduleID {
        let id: ScheduleID = try transaction.nextID(.schedule, in: workspace)
        try transaction.execute(
            """
            INSERT INTO schedule (workspace_id, id, type, info, queue, lane, import_id, export_id,
                parameters, recurrence, next_due, is_active, missed_window)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            [
                workspace, id, task.type.name, task.info, task.type.queue, task.lane,
                task.subjects.importID, task.subjects.exportID, task.parameters,
                JSONColumn(recurrence), recurrence.next(after: context.moment), isActive,
                missedWindow.microseconds,
            ]
        )
        return id
    }

    /// Starts or pauses a schedule; starting it looks ahead only.
    public func setActive(
        _ id: ScheduleID,
        _ isActive: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws {
        guard let schedule = try schedule(id, in: transaction) else { return }
        try transaction.execute(
            """
            UPDATE schedule SET is_active = $3, next_due = $4 WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, isActive, schedule.recurrence.next(after: context.moment)]
        )
    }

    /// Changes when a schedule is due; looks ahead only.
    public func reschedule(
        _ id: ScheduleID,
        _ recurrence: Recurrence,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE schedule SET recurrence = $3, next_due = $4
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, JSONColumn(recurrence), recurrence.next(after: context.moment)]
        )
    }

    /// Removes a schedule; its tasks stay in the history.
    public func delete(_ id: ScheduleID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM schedule WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// One schedule, if it exists.
    public func schedule(_ id: ScheduleID, in connection: Connection) throws -> Schedule? {
        try connection.row(
            "SELECT \(Schedule.columns) FROM schedule WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        ).map(Schedule.init)
    }

    /// The schedules that make tasks of a type for an automated import.
    public func schedules(
        ofImport id: ImportID,
        type: TaskType,
        in connection: Connection
    ) throws -> [Schedule] {
        try connection.rows(
            """
            SELECT \(Schedule.columns) FROM schedule
            WHERE workspace_id = $1 AND import_id = $2 AND type = $3 ORDER BY id
            """,
            [workspace, id, type.name]
        ).map(Schedule.init)
    }

    /// The active schedules that are due next, soonest first.
    public func upcoming(_ limit: Int, in connection: Connection) throws -> [Schedule] {
        try connection.rows(
            """
            SELECT \(Schedule.columns) FROM schedule
            WHERE workspace_id = $1 AND is_active = $2 ORDER BY next_due, id LIMIT $3
            """,
            [workspace, true, limit]
        ).map(Schedule.init)
    }

    /// Moves the next due time on; false when someone else has.
    func advance(
        _ id: ScheduleID,
        from due: Instant,
        to next: Instant,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE schedule SET next_due = $4
            WHERE workspace_id = $1 AND id = $2 AND next_due = $3
            """,
            [workspace, id, due, next]
        )
    }

    static func due(by now: Instant, in connection: Connection) throws -> [Schedule] {
        try connection.rows(
            """
            SELECT \(Schedule.columns) FROM schedule -- all workspaces
            WHERE next_due <= $1 ORDER BY next_due, id
            """,
            [now]
        ).map(Schedule.init).filter(\.isActive)
    }
}

extension Schedule {
    static let columns = """
        workspace_id, id, type, queue, info, lane, import_id, export_id, parameters, recurrence,
        next_due, is_active, missed_window
        """

    init(_ row: Row) throws {
        workspace = try row.get("workspace_id")
        id = try row.get("id")
        type = try row.get("type")
        queue = try row.get("queue")
        info = try row.get("info")
        lane = try row.get("lane")
        subjects = TaskSubjects(
            importID: try row.get("import_id"),
            exportID: try row.get("export_id")
        )
        parameters = try row.get("parameters")
        recurrence = try row.json("recurrence")
        nextDue = try row.get("next_due")
        isActive = try row.get("is_active")
        missedWindow = Span(microseconds: try row.get("missed_window"))
    }
}
