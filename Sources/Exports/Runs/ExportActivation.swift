// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Tasks

extension ExportStore {
    /// Lets an export run when it is due; one that was paused goes on where it stopped.
    ///
    /// - Throws: ``ExportsError/hasCompleted(_:)``.
    public func activate(_ id: ExportID, by context: Context, in transaction: Transaction) throws {
        let export = try export(id, in: transaction)
        guard export.state != .active else { return }
        guard export.state != .completed else { throw ExportsError.hasCompleted(id) }
        let schedule = try ExportTiming(export).start(by: context, in: transaction)
        try set(.active, schedule, of: id, in: transaction)
    }

    /// Stops an export until it is activated again; its next file then covers the pause.
    public func pause(_ id: ExportID, by context: Context, in transaction: Transaction) throws {
        let export = try export(id, in: transaction)
        guard export.state == .active else { throw ExportsError.notActive(id) }
        try ExportTiming(export).rest(by: context, in: transaction)
        try set(.paused, export.schedule, of: id, in: transaction)
    }

    /// Enqueues an execution now, beside those of the schedule; the one of an export that runs once
    /// comes at once.
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
        return try ExportTiming(export).runNow(by: context, in: transaction)
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

    /// The lowest cut-off of all active and paused incremental exports: nothing after it may be
    /// forgotten.
    ///
    /// - Returns: The beginning when one of them has not delivered yet; nil when there is none.
    public func lowestCutOff(in connection: Connection) throws -> Stamp? {
        try all(in: connection).filter { $0.state != .draft && !$0.definition.pair.isFull }
            .map { ($0.cutOff ?? .beginning).bounds.min }.min()
    }

    /// Notes that an export has done what it was to do once; does nothing for others, nor for one that
    /// was given another moment meanwhile.
    func noteDone(_ export: ExportRecord, in transaction: Transaction) throws {
        guard let once = export.definition.once else { return }
        let present = try self.export(export.id, in: transaction)
        guard present.definition.once == once else { return }
        try set(.completed, nil, of: export.id, in: transaction)
    }

    /// Changes when an export's tasks come, after its definition was changed.
    func retime(
        _ present: ExportRecord,
        as changed: ExportDefinition,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let before = present.definition
        let isSameKind = before.pair.isFull == changed.pair.isFull && before.once == changed.once
        guard !isSameKind else {
            guard let schedule = present.schedule, before.recurrence != changed.recurrence else {
                return
            }
            return try ScheduleStore(workspace)
                .reschedule(schedule, changed.recurrence, by: context, in: transaction)
        }
        try ExportTiming(present).end(by: context, in: transaction)
        let state = present.state == .completed ? .draft : present.state
        try set(state, nil, of: present.id, in: transaction)
        guard state == .active else { return }
        let export = try export(present.id, in: transaction)
        let schedule = try ExportTiming(export).start(by: context, in: transaction)
        try set(.active, schedule, of: present.id, in: transaction)
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
