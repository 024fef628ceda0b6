// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Files
internal import Tasks

/// Stages the file of one run.
struct ImportStaging {
    let sorter: StagingSorter
    private let work: ImportWork
    private let path: String

    init(_ work: ImportWork, _ file: SpoolFile) throws {
        self.work = work
        path = work.job.spool.path(of: file)
        sorter = StagingSorter(spool: work.job.spool, name: name(work))
    }

    /// Reads the file and sorts its rows; after an interruption the same rows in the same order.
    func stage() throws -> FileStager.Outcome {
        let plan = try plan()
        let workspace = work.run.task.workspace
        var stager = FileStager(path: path, format: plan.format, sorter: sorter) { header in
            try work.run.database.readBlocking { connection in
                let table = try ProfileTableStore(workspace).table(named: plan.table, in: connection)
                let lists = try ListStore(workspace).all(of: table.id, in: connection)
                let columns = try ResolvedColumns(plan, header: header, table: table, lists: lists)
                return RowReader(
                    columns, countryCode: try work.job.countryCode(workspace, connection),
                    separator: plan.valueSeparator)
            }
        }
        if case .replay(let task, _, _) = work.parameters.origin {
            stager.format = FileFormat()
            stager.replayLines = try replayLines(of: task)
        }
        return try stager.stage()
    }

    /// The lines that lose a unique value to an earlier row.
    func losers(_ reader: RowReader) throws -> Set<Int64> {
        try UniqueInFile(reader: reader, spool: work.job.spool, name: name(work))
            .losers(in: sorter)
    }

    /// Lines that failed, and those that this replay has already dealt with before a crash.
    private func replayLines(of task: TaskID) throws -> Set<Int64> {
        try work.run.database.readBlocking { connection in
            let ledger = ImportLedger(work.run.task.workspace)
            let batch = try ImportTarget.replayBatch(of: work.run.task, in: connection)
            return try ledger.failedLines(of: task, in: connection)
                .union(ledger.lines(of: task, batch: batch, in: connection))
        }
    }

    private func plan() throws -> ImportPlan {
        if let plan = work.parameters.plan { return plan }
        if let automated = work.automated { return automated.definition.plan }
        guard case .replay(let task, _, _) = work.parameters.origin else { return ImportPlan() }
        return try work.run.database.readBlocking { connection in
            let workspace = work.run.task.workspace
            let original = try TaskStore(workspace).task(task, in: connection)
            let parameters: ImportParameters = try original.parameters()
            if let plan = parameters.plan { return plan }
            guard let id = original.subjects.importID else { return ImportPlan() }
            return try AutomatedImportStore(workspace).find(id, in: connection).definition.plan
        }
    }
}

private func name(_ work: ImportWork) -> String {
    "\(work.run.task.workspace)-\(work.run.task.id)"
}
