// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Tasks

/// Stages the file of one run.
struct ImportStaging {
    let sorter: StagingSorter
    private let work: ImportWork
    private let file: SpoolFile

    init(_ work: ImportWork, _ file: SpoolFile) throws {
        self.work = work
        self.file = file
        sorter = StagingSorter(spool: work.job.spool, name: name(work))
    }

    /// Reads the file and sorts its rows; after an interruption the same rows in the same order.
    func stage() throws -> FileStager.Outcome {
        try work.job.spool.withLocalPath(of: file, stage)
    }

    private func stage(_ path: String) throws -> FileStager.Outcome {
        let plan = plan
        let workspace = work.run.task.workspace
        var stager = FileStager(path: path, format: plan.format, sorter: sorter) { header in
            try work.run.database.readBlocking { connection in
                let (table, lists) = try plan.target(workspace, in: connection)
                let columns = try ResolvedColumns(
                    plan,
                    header: header,
                    table: table,
                    lists: lists,
                    mayLack: work.automated?.definition.watch.isOn ?? false
                )
                return RowReader(
                    columns,
                    countryCode: try work.job.countryCode(workspace, connection),
                    separator: plan.valueSeparator
                )
            }
        }
        if case .replay(let task, _, _) = work.parameters.origin {
            stager.format = FileFormat()
            stager.replay = try replayedLines(of: task)
        }
        return try stager.stage()
    }

    /// The lines that lose a unique value to an earlier row.
    func losers(_ reader: RowReader) throws -> [Int64: [Int]] {
        try UniqueInFile(reader: reader, spool: work.job.spool, name: name(work))
            .losers(in: sorter)
    }

    /// Lines that failed, and those that this replay has already dealt with before a crash.
    private func replayedLines(of task: TaskID) throws -> ReplayedLines {
        let relation: ImportLedger.Relation = plan.customTable == nil ? .profiles : .customRows
        let ledger = ImportLedger(work.run.task.workspace, of: relation)
        let database = work.run.database
        let lines = try database.readBlocking { connection in
            let batch = try ImportTarget.replayBatch(of: work.run.task, in: connection)
            return try ledger.failedLines(of: task, in: connection)
                .union(ledger.lines(of: task, batch: batch, in: connection))
        }
        return ReplayedLines(lines) { line in
            try database.readBlocking { connection in
                try ledger.problems(of: task, fromLine: line, limit: 200, in: connection)
            }
        }
    }

    private var plan: ImportPlan {
        if let plan = work.parameters.plan { return plan }
        return work.automated?.definition.plan ?? ImportPlan()
    }
}

private func name(_ work: ImportWork) -> String {
    "\(work.run.task.workspace)-\(work.run.task.id)"
}

extension ImportPlan {
    /// The table that rows go to, with its lists.
    ///
    /// - Throws: `AudienceError` when there is no such table.
    func target(
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws -> (table: MergeTable, lists: [MailingList]) {
        if let customTable {
            let found = try CustomTableStore(workspace).table(named: customTable, in: connection)
            return (found.rows, [])
        }
        let found = try ProfileTableStore(workspace).table(named: table, in: connection)
        return (found.rows, try ListStore(workspace).all(of: found.id, in: connection))
    }

    /// The type of the tasks that import by the plan.
    var taskType: TaskType {
        customTable == nil ? ImportTasks.profileImport : ImportTasks.customTableImport
    }
}
