// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Exports
import Files
import Imports
import Tasks

/// Removes old tasks of a workspace with the lines and files that belong to them; blocks.
///
/// A task goes last, after its lines: an interruption leaves a task that the next run takes up.
struct HistoryRetention {
    let run: TaskRun
    let spool: Spool

    private var workspace: WorkspaceID { run.task.workspace }

    /// Removes tasks that ended before a moment, by the thousand.
    ///
    /// Lines of whole id ranges go with their partition; then the tasks find none.
    func clear(before moment: Instant, _ ledger: inout RetentionLedger) throws {
        try dropLines(before: moment, &ledger)
        var last = TaskID(0)
        while try !run.isStopRequested() {
            let page = try run.database.readBlocking { connection in
                try TaskRetention(workspace).expired(before: moment, after: last, in: connection)
            }
            guard let end = page.last?.id else { return }
            last = end
            let removable = try run.database.readBlocking { connection in
                try page.filter { try !isNeeded($0.id, in: connection) }
            }
            for task in removable { try clearLines(of: task, &ledger) }
            ledger.tasks += try run.database.writeBlocking { transaction in
                try run.guardLease(in: transaction)
                return try TaskRetention(workspace).delete(removable.map(\.id), in: transaction)
            }
        }
    }

    /// Drops the partitions of lines none of whose tasks is kept; what is busy goes row by row.
    private func dropLines(before moment: Instant, _ ledger: inout RetentionLedger) throws {
        let partitions = Partitions(workspace, in: run.database)
        for partition in try partitions.past()
        where try ImportLedger.tables.contains(partition.table) && !run.isStopRequested() {
            let removable = try run.database.readBlocking { connection in
                try removableTasks(partition.ids, before: moment, in: connection)
            }
            guard let removable else { continue }
            do {
                // A task that came meanwhile may have lines already.
                let isDropped = try partitions.drop(partition) { connection in
                    try TaskRetention(workspace).count(partition.ids, in: connection) == removable
                }
                if isDropped { ledger.partitions += 1 }
            } catch DatabaseError.conflict { continue }
        }
    }

    /// How many tasks there are in a range when none of them is kept; nil when one is.
    private func removableTasks(
        _ ids: Range<Int64>,
        before moment: Instant,
        in connection: Connection
    ) throws -> Int? {
        let retention = TaskRetention(workspace)
        let tasks = try retention.count(ids, in: connection)
        let expired =
            try retention
            .expired(
                before: moment,
                after: TaskID(ids.lowerBound - 1),
                limit: tasks,
                in: connection
            )
            .filter { ids.contains($0.id.value) }
        guard expired.count == tasks,
            try !expired.contains(where: { try isNeeded($0.id, in: connection) })
        else { return nil }
        return tasks
    }

    /// Whether an export run or a trigger still waits for a task.
    private func isNeeded(_ task: TaskID, in connection: Connection) throws -> Bool {
        try ImportTriggerStore(workspace).hasOpenTrigger(of: task, in: connection)
            || ExportRetention(workspace, spool: spool).needs(task, in: connection)
    }

    private func clearLines(of task: TaskRecord, _ ledger: inout RetentionLedger) throws {
        if ImportTasks.areOf(task.type) {
            var removed: Int
            repeat {
                removed = try run.database.writeBlocking { transaction in
                    try run.guardLease(in: transaction)
                    return try ImportLedger(workspace).removeSome(of: task.id, in: transaction)
                }
                ledger.fileLines += removed
            } while removed > 0
        }
        try clearNotes(of: task)
        if task.type == MemberBulkJob.taskType.name {
            try run.database.writeBlocking(.guarded) { transaction in
                try run.guardLease(in: transaction)
                try MemberBulkStore(workspace).delete(ofTask: task.id, in: transaction)
            }
        }
        for file in files(of: task) where try spool.exists(file) {
            try spool.remove(file)
            ledger.spoolFiles += 1
        }
    }

    private func clearNotes(of task: TaskRecord) throws {
        let delivery = WebhookDeliveryJob.taskType.name
        guard [delivery, SearchCountJob.taskType.name].contains(task.type) else { return }
        try run.database.writeBlocking(.guarded) { transaction in
            try run.guardLease(in: transaction)
            if task.type == delivery {
                try WebhookDeliveries(workspace).delete(ofTask: task.id, in: transaction)
            } else {
                try SearchExecutions(workspace).delete(ofTask: task.id, in: transaction)
            }
        }
    }

    /// What a task left in the spool; a record that cannot be read names nothing.
    private func files(of task: TaskRecord) -> [SpoolFile] {
        switch task.type {
        case ImportTasks.profileImport.name, ImportTasks.customTableImport.name:
            return (try? task.importFiles()) ?? []
        case ExcludedUsersReportJob.taskType.name:
            let result: ExcludedUsersReportJob.Result? = try? task.result()
            return result.map { [$0.file] } ?? []
        default: return []
        }
    }
}
