// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Tasks

/// One run of an import, step by step (design/protocols.md, "Import").
final class ImportWork {
    let run: TaskRun
    let job: ProfileImportJob
    let parameters: ImportParameters
    var checkpoint: ImportCheckpoint
    /// The automated import as the run began with it, if it is one.
    var automated: AutomatedImport?

    init(_ run: TaskRun, _ job: ProfileImportJob) throws {
        self.run = run
        self.job = job
        parameters = try run.task.parameters()
        checkpoint = try run.checkpoint() ?? ImportCheckpoint()
        guard case .automated(let id, _) = parameters.origin else { return }
        let automated = try ImportWork.automated(id, checkpoint, run)
        self.automated = automated
        checkpoint.definition = automated.definition
    }

    private static func automated(
        _ id: ImportID,
        _ checkpoint: ImportCheckpoint,
        _ run: TaskRun
    ) throws -> AutomatedImport {
        if let definition = checkpoint.definition {
            return AutomatedImport(id: id, definition: definition, scheduleID: nil, isActive: true)
        }
        return try run.database.readBlocking { connection in
            try AutomatedImportStore(run.task.workspace).find(id, in: connection)
        }
    }

    /// Fetches, stages, watches, merges and ends.
    func go() throws -> TaskOutcome {
        if let outcome = try outcomeBefore() ?? cancellation() ?? bring() { return outcome }
        try run.failpoints.pass("import.fetched")
        guard let file = checkpoint.file else { throw ImportError.noHeader }
        let staging = try ImportStaging(self, file)
        defer { staging.sorter.remove() }
        let before = try run.database.traffic()
        let staged = try staging.stage()
        try run.failpoints.pass("import.staged")
        if let oddity = try oddity(of: staged) { return .held(reason: oddity) }
        if parameters.isDryRun {
            let outcome = try ImportForecast(self, staging, staged).outcome()
            try? job.spool.remove(file)
            return outcome
        }
        let isQuiet = try !run.database.traffic().isBusy(since: before, tolerated: 5)
        try merge(staging, staged, isQuiet: isQuiet)
        try? job.spool.remove(file)
        return .endedInTransaction
    }

    private func merge(
        _ staging: ImportStaging,
        _ staged: FileStager.Outcome,
        isQuiet: Bool
    ) throws {
        let finish = try ImportFinish(self, staged)
        let opening = ImportOpening(work: self, staged: staged, target: finish.target)
        let state = try opening.begin(isQuiet: isQuiet)
        try run.failpoints.pass("import.begun")
        let batch = BatchMerge(
            staged.reader,
            ledgerTask: finish.target.task,
            batch: finish.target.batch,
            losers: try staging.losers(staged.reader)
        )
        let merge = ImportMerge(run: run, sorter: staging.sorter, batch: batch) {
            [checkpoint] state in
            var next = checkpoint
            next.merge = state
            return next
        }
        let end = try merge.merge(state)
        try opening.rebuildIndexes(end)
        try run.failpoints.pass("import.merged")
        try disposeOfFile()
        try finish.end(end)
        try run.failpoints.pass("import.ended")
    }

    /// A task that ended with failed rows has nothing left to try: its rejects can be replayed.
    private func outcomeBefore() throws -> TaskOutcome? {
        guard let result: ImportResult = try run.task.result(), !result.isDryRun else { return nil }
        let status: TaskStatus = result.breakdown.failed > 0 ? .error : .completed
        let words =
            "\(result.breakdown.words) Every row was dealt with; replay the rejects instead."
        return .ended(try TaskEnding(status, words))
    }

    /// A task that is stopped before its merge began has written nothing.
    private func cancellation() throws -> TaskOutcome? {
        guard checkpoint.merge == nil else { return nil }
        let requester = try run.database.readBlocking { try run.stopRequester(in: $0) }
        return try requester.map { name in
            .ended(try TaskEnding(.completed, "Cancelled by \(name); nothing was written."))
        }
    }

    /// Brings the file into the spool; an outcome when there is nothing to import yet.
    private func bring() throws -> TaskOutcome? {
        switch parameters.origin {
        case .upload(let file, let name), .replay(_, let file, let name):
            checkpoint.file = file
            checkpoint.fileName = name
            return nil
        case .automated(_, let wanted):
            guard let automated else { return nil }
            if let file = checkpoint.file {
                // A retry long after: someone else may have imported the file by now.
                return checkpoint.merge == nil ? try claim(file, automated) : nil
            }
            return try fetch(checkpoint.fileName ?? wanted, automated)
        }
    }

    private func fetch(_ wanted: String?, _ automated: AutomatedImport) throws -> TaskOutcome? {
        let outcome = try fileFetch(automated).fetch(wanted) { name, transaction in
            checkpoint.fileName = name
            try run.save(checkpoint: checkpoint, done: 0, total: nil, in: transaction)
        }
        switch outcome {
        case .notReady(let until, let reason): return .waiting(until: until, reason: reason)
        case .fetched(let file, let remote):
            checkpoint.file = file
            checkpoint.fileName = remote.name
            checkpoint.remote = remote
            return try claim(file, automated)
        }
    }

    private func claim(_ file: SpoolFile, _ automated: AutomatedImport) throws -> TaskOutcome? {
        let name = checkpoint.fileName ?? file.name
        let claims = FileClaims(workspace: run.task.workspace, importID: automated.id)
        let owner = try run.database.writeBlocking { transaction -> TaskID? in
            try run.save(checkpoint: checkpoint, done: 0, total: nil, in: transaction)
            guard automated.definition.skipsKnownFiles else { return nil }
            return try claims.claim(
                sha256: file.sha256,
                name: name,
                for: run.task.id,
                in: transaction
            )
        }
        guard let owner else { return nil }
        try? job.spool.remove(file)
        return .ended(
            try TaskEnding(
                .completed,
                "Skipped: task \(owner) has imported this file (\(name)) already."
            )
        )
    }

    private func oddity(of staged: FileStager.Outcome) throws -> String? {
        guard let automated, checkpoint.merge == nil, !checkpoint.isAccepted else { return nil }
        if let missing = staged.reader.columns.missing.first {
            return "the file has no column \(missing), which is mapped"
        }
        let past = try run.database.readBlocking { connection in
            try FeedMeasureStore(workspace: run.task.workspace, importID: automated.id)
                .past(in: connection)
        }
        return FeedMeasure(staged, failed: 0).oddity(among: past, automated.definition.watch)
    }

    private func disposeOfFile() throws {
        guard let automated, let remote = checkpoint.remote else { return }
        do {
            try fileFetch(automated).dispose(of: remote)
        } catch {
            try run.database.writeBlocking { transaction in
                try run.store.log(
                    "The file could not be put away: \(error)",
                    of: run.task.id,
                    in: transaction
                )
            }
        }
    }

    private func fileFetch(_ automated: AutomatedImport) throws -> FileFetch {
        let location = try run.database.readBlocking { connection in
            try job.locations.find(
                named: automated.definition.location,
                run.task.workspace,
                in: connection
            )
        }
        let access = try job.locations.access(to: location, workspace: run.task.workspace)
        return FileFetch(run: run, automated: automated, access: access, spool: job.spool)
    }
}
