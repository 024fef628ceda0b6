// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks

/// How an export's tasks come: by its schedule, or as one task that waits for its moment.
///
/// The task of an export that runs once is made when it is activated, and is durable as all tasks
/// are: no restart makes another one, nor loses it.
struct ExportTiming {
    private let export: ExportRecord
    private let schedules: ScheduleStore
    private let tasks: TaskStore

    init(_ export: ExportRecord) {
        self.export = export
        schedules = ScheduleStore(export.workspace)
        tasks = TaskStore(export.workspace)
    }

    /// Lets tasks come.
    ///
    /// - Returns: The schedule; nil when the export runs once.
    func start(by context: Context, in transaction: Transaction) throws -> ScheduleID? {
        var task = try IncrementalExportJob.task(for: export)
        if let once = export.definition.once {
            task.runAt = once.moment
            try tasks.enqueue(task, by: context, in: transaction)
            return nil
        }
        if let schedule = export.schedule {
            try schedules.setActive(schedule, true, by: context, in: transaction)
            return schedule
        }
        return try schedules.create(
            task,
            recurrence: export.definition.recurrence,
            isActive: true,
            by: context,
            in: transaction
        )
    }

    /// Lets no more tasks come.
    func rest(by context: Context, in transaction: Transaction) throws {
        if let schedule = export.schedule {
            try schedules.setActive(schedule, false, by: context, in: transaction)
        }
        try cancel(by: context, in: transaction)
    }

    /// Forgets what makes tasks come.
    func end(by context: Context, in transaction: Transaction) throws {
        if let schedule = export.schedule { try schedules.delete(schedule, in: transaction) }
        try cancel(by: context, in: transaction)
    }

    /// A task that is due now: another one, or the only one there is to be.
    func runNow(by context: Context, in transaction: Transaction) throws -> TaskID? {
        let task = try IncrementalExportJob.task(for: export)
        guard let waiting = try waiting(in: transaction).first else {
            return try tasks.enqueue(task, by: context, in: transaction)
        }
        try tasks.reschedule(
            waiting,
            info: task.info,
            runAt: context.moment,
            in: transaction
        )
        return waiting
    }

    private func cancel(by context: Context, in transaction: Transaction) throws {
        for task in try waiting(in: transaction) {
            try tasks.stop(task, by: context, in: transaction)
        }
    }

    /// The tasks of an export that runs once; a schedule's go by their due times.
    private func waiting(in connection: Connection) throws -> [TaskID] {
        guard export.definition.once != nil else { return [] }
        return try tasks.waiting(
            ofExport: export.id,
            type: FullExportJob.taskType,
            in: connection
        )
    }
}
