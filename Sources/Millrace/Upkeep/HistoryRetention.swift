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
    func clear(before moment: Instant, _ ledger: inout RetentionLedger) throws {
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

    /// Whether an export run or a trigger still waits for a task.
    private func isNeeded(_ task: TaskID, in connection: Connection) throws -> Bool {
        try ImportTriggerStore(workspace).hasOpenTrigger(of: task, in: connection)
            || ExportRetention(workspace, spool: spool).needs(task, in: connection)
    }

    private func clearLines(of task: TaskRecord, _ ledger: inout RetentionLedger) throws {
        if task.type == ImportTasks.profileImport.name {
            var removed: Int
            repeat {
                removed = try run.database.writeBlocking { transaction in
                    try run.guardLease(in: transaction)
                    return try ImportLedger(workspace).removeSome(of: task.id, in: transaction)
                }
                ledger.fileLines += removed
            } while removed > 0
        }
        for file in files(of: task) where try spool.exists(file) {
            try spool.remove(file)
            ledger.spoolFiles += 1
        }
    }

    /// What a task left in the spool; a record that cannot be read names nothing.
    private func files(of task: TaskRecord) -> [SpoolFile] {
        switch task.type {
        case ImportTasks.profileImport.name: return (try? task.importFiles()) ?? []
        case ExcludedUsersReportJob.taskType.name:
            let result: ExcludedUsersReportJob.Result? = try? task.result()
            return result.map { [$0.file] } ?? []
        default: return []
        }
    }
}
