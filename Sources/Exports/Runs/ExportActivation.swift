// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Tasks

extension ExportStore {
    /// Lets an export run when it is due; one that was paused goes on where it stopped.
    public func activate(_ id: ExportID, by context: Context, in transaction: Transaction) throws {
        let export = try export(id, in: transaction)
        guard export.state != .active else { return }
        let schedules = ScheduleStore(workspace)
        var schedule = export.schedule
        if let schedule {
            try schedules.setActive(schedule, true, by: context, in: transaction)
        } else {
            schedule = try schedules.create(
                try IncrementalExportJob.task(for: export),
                recurrence: export.definition.recurrence,
                isActive: true,
                by: context,
                in: transaction
            )
        }
        try set(.active, schedule, of: id, in: transaction)
    }

    /// Stops an export until it is activated again; its next file then covers the pause.
    public func pause(_ id: ExportID, by context: Context, in transaction: Transaction) throws {
        let export = try export(id, in: transaction)
        guard export.state == .active else { throw ExportsError.notActive(id) }
        if let schedule = export.schedule {
            try ScheduleStore(workspace).setActive(schedule, false, by: context, in: transaction)
        }
        try set(.paused, export.schedule, of: id, in: transaction)
    }

    /// Enqueues an execution now, beside those of the schedule.
    ///
    /// - Throws: ``ExportsError/notActive(_:)``.
    public func runNow(
        _ id: ExportID,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> TaskID?
    {
        let export = try export(id, in: transaction)
        guard export.state == .active else { throw ExportsError.notActive(id) }
        return try TaskStore(workspace)
            .enqueue(try IncrementalExportJob.task(for: export), by: context, in: transaction)
    }

    /// Enqueues the delivery of a file once more, byte for byte.
    ///
    /// - Throws: ``ExportsError/noSuchRun(_:seq:)``, ``ExportsError/fileGone(_:seq:)``.
    public func deliverAgain(
        _ id: ExportID,
        seq: Int64,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        let export = try export(id, in: transaction)
        let run = try RunStore(workspace).run(seq, of: id, in: transaction)
        guard run.state == .delivered else { throw ExportsError.noSuchRun(id, seq: seq) }
        guard run.isFileKept else { throw ExportsError.fileGone(id, seq: seq) }
        let task = try ExportDeliveryJob.task(for: export, seq: seq)
        return try TaskStore(workspace).enqueue(task, by: context, in: transaction)
    }

    /// The lowest cut-off of all active and paused exports: nothing after it may be forgotten.
    ///
    /// - Returns: The beginning when one of them has not delivered yet; nil when there is none.
    public func lowestCutOff(in connection: Connection) throws -> Stamp? {
        try all(in: connection).filter { $0.state != .draft }
            .map { ($0.cutOff ?? .beginning).bounds.min }.min()
    }

    private func set(
        _ state: ExportState,
        _ schedule: ScheduleID?,
        of id: ExportID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE export SET state = $3, schedule_id = $4 WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, state, schedule]
        )
    }
}
