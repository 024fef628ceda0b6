// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Files
internal import Tasks

/// One run of an import, step by step (design/protocols.md, "Import").
final class ImportWork {
    let run: TaskRun
    let job: ProfileImportJob
    let parameters: ImportParameters
    var checkpoint: ImportCheckpoint
    /// The automated import, if it is one.
    var automated: AutomatedImport?

    init(_ run: TaskRun, _ job: ProfileImportJob) throws {
        self.run = run
        self.job = job
        parameters = try run.task.parameters()
        checkpoint = try run.checkpoint() ?? ImportCheckpoint()
        if case .automated(let id, _) = parameters.origin {
            automated = try run.database.readBlocking { connection in
                try AutomatedImportStore(run.task.workspace).find(id, in: connection)
            }
        }
    }

    /// Fetches, stages, watches, merges and ends.
    func go() throws -> TaskOutcome {
        if checkpoint.file == nil, let early = try fetch() { return early }
        try run.failpoints.pass("import.fetched")
        guard let file = checkpoint.file else { throw ImportError.noHeader }
        let staging = try ImportStaging(self, file)
        defer { staging.sorter.remove() }
        let before = try run.database.traffic()
        let staged = try staging.stage()
        try run.failpoints.pass("import.staged")
        if let oddity = try oddity(of: staged) { return .held(reason: oddity) }
        let isQuiet = try !run.database.traffic().isBusy(since: before, tolerated: 5)
        if parameters.isDryRun { return try ImportForecast(self, staging, staged).outcome() }
        let finish = try ImportFinish(self, staged)
        let state = try begin(staged, finish.target, isQuiet: isQuiet)
        try run.failpoints.pass("import.begun")
        let batch = BatchMerge(
            reader: staged.reader,
            merge: ProfileMerge(
                staged.reader.columns.plan, task: finish.target.task, batch: finish.target.batch),
            losers: try staging.losers(staged.reader), batch: finish.target.batch,
            isDryRun: false)
        let merge = ImportMerge(
            run: run, sorter: staging.sorter, batch: batch, ledgerTask: finish.target.task,
            table: staged.reader.columns.plan.table
        ) { [checkpoint] state in
            var next = checkpoint
            next.merge = state
            return next
        }
        let end = try merge.merge(state)
        try rebuild(end.droppedIndexes, of: staged.reader.columns.plan.table)
        try run.failpoints.pass("import.merged")
        try disposeOfFile()
        try finish.end(end)
        try run.failpoints.pass("import.ended")
        try? job.spool.remove(file)
        return .endedInTransaction
    }

    /// Brings the file into the spool; an outcome when there is nothing to import yet.
    private func fetch() throws -> TaskOutcome? {
        switch parameters.origin {
        case .upload(let file, let name), .replay(_, let file, let name):
            checkpoint.file = file
            checkpoint.fileName = name
            return nil
        case .automated(_, let wanted):
            guard let automated else { return nil }
            let fetch = try fileFetch(automated)
            switch try fetch.fetch(wanted) {
            case .notReady(let until, let reason): return .waiting(until: until, reason: reason)
            case .fetched(let file, let name): return try claim(file, name, automated)
            }
        }
    }

    private func claim(
        _ file: SpoolFile, _ name: String, _ automated: AutomatedImport
    ) throws -> TaskOutcome? {
        checkpoint.file = file
        checkpoint.fileName = name
        let claims = FileClaims(workspace: run.task.workspace, importID: automated.id)
        let owner = try run.database.writeBlocking { transaction -> TaskID? in
            try run.save(checkpoint: checkpoint, done: 0, total: nil, in: transaction)
            guard automated.definition.skipsKnownFiles else { return nil }
            return try claims.claim(
                sha256: file.sha256, name: name, for: run.task.id, in: transaction)
        }
        guard let owner else { return nil }
        try? job.spool.remove(file)
        return .ended(
            try TaskEnding(
                .completed, "Skipped: task \(owner) has imported this file (\(name)) already."))
    }

    /// Opens the merge: decides how it is done, and tells those who listen.
    private func begin(
        _ staged: FileStager.Outcome, _ target: ImportTarget, isQuiet: Bool
    ) throws -> MergeState {
        if let state = checkpoint.merge { return state }
        let table = staged.reader.columns.plan.table
        return try run.database.writeBlocking { transaction in
            var state = MergeState()
            state.breakdown.emptyLines = Int(staged.emptyLines)
            let tables = ProfileTableStore(run.task.workspace)
            state.isFresh = try tables.isEmpty(table, in: transaction)
            if state.isFresh, isQuiet, staged.rows >= ImportWork.indexThreshold {
                state.droppedIndexes = try tables.dropSecondaryIndexes(of: table, in: transaction)
            }
            checkpoint.staged = staged.rows
            checkpoint.header = staged.reader.columns.header
            checkpoint.merge = state
            try run.save(checkpoint: checkpoint, done: 0, total: staged.rows, in: transaction)
            let context = run.context.at(transaction.moment)
            let importRun = try target.run(run, automated, in: transaction)
            for listener in job.listeners {
                try listener.importStarted(importRun, by: context, in: transaction)
            }
            return state
        }
    }

    /// Builds the indexes that an import into an empty table left out.
    private func rebuild(_ indexes: [String], of table: ProfileTable) throws {
        for index in table.indexes where indexes.contains(index.name) {
            try run.database.writeBlocking(isBulk: true) { transaction in
                try run.guardLease(in: transaction)
                try transaction.change([.createIndex(index, on: table.physicalName)])
            }
        }
    }

    private func oddity(of staged: FileStager.Outcome) throws -> String? {
        guard let automated, checkpoint.merge == nil, !checkpoint.isAccepted else { return nil }
        let measure = FeedMeasure(
            rows: staged.rows, columns: Int64(staged.reader.columns.header.count), blankRate: 0,
            rejectRate: 0)
        let past = try run.database.readBlocking { connection in
            try FeedMeasureStore(workspace: run.task.workspace, importID: automated.id)
                .past(in: connection)
        }
        return measure.oddity(among: past, automated.definition.watch)
    }

    private func disposeOfFile() throws {
        guard let automated, let name = checkpoint.fileName else { return }
        do {
            try fileFetch(automated).dispose(of: name)
        } catch {
            try run.database.writeBlocking { transaction in
                try run.store.log(
                    "The file could not be put away: \(error)", of: run.task.id, in: transaction)
            }
        }
    }

    private func fileFetch(_ automated: AutomatedImport) throws -> FileFetch {
        let location = try run.database.readBlocking { connection in
            try job.locations.find(
                named: automated.definition.location, run.task.workspace, in: connection)
        }
        let access = try job.locations.access(
            for: location.location, workspace: run.task.workspace)
        return FileFetch(run: run, automated: automated, access: access, spool: job.spool)
    }

    /// Says in the log what a failed attempt leaves behind.
    func logWhatWasWritten() throws {
        guard let state = try run.savedState(), state.done > 0 else { return }
        let words =
            "\(state.breakdown.imported) rows of \(state.done) were written before this; "
            + "another attempt goes on behind them."
        try run.database.writeBlocking { transaction in
            try run.store.log(words, of: run.task.id, in: transaction)
        }
    }

    /// From how many rows on it pays to build indexes afterwards.
    private static let indexThreshold: Int64 = 20_000
}
