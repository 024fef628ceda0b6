// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

/// The last transaction of an import: balances the ledger, sets the status, tells who listens.
struct ImportFinish {
    let target: ImportTarget
    private let work: ImportWork
    private let staged: FileStager.Outcome

    init(_ work: ImportWork, _ staged: FileStager.Outcome) throws {
        self.work = work
        self.staged = staged
        target = try ImportTarget(work)
    }

    func end(_ state: MergeState) throws {
        var breakdown = state.breakdown
        breakdown.total = Int(staged.rows)
        breakdown.notReached = Int(staged.rows - state.done)
        guard breakdown.closes else { throw ImportError.ledgerOpen(describe(breakdown)) }
        let result = result(breakdown, state)
        let foreign =
            staged.foreignRows > 0
            ? " \(staged.foreignRows) rows do not stand among the failed ones and were left out."
            : ""
        let ending = try TaskEnding(
            breakdown.failed > 0 ? .error : .completed,
            breakdown.words + foreign,
            result: result
        )
        try work.run.database.writeBlocking { transaction in
            try work.run.end(ending, in: transaction)
            if target.batch > 0 { try amend(in: transaction) }
            try measure(breakdown, in: transaction)
            let context = work.run.context.at(transaction.moment)
            let run = try target.run(
                work.run,
                work.automated,
                into: staged.reader.columns.plan.table.people?.id,
                isStopped: breakdown.notReached > 0,
                in: transaction
            )
            for listener in work.job.listeners {
                try listener.importEnded(run, by: context, in: transaction)
            }
        }
    }

    private func result(_ breakdown: ImportBreakdown, _ state: MergeState) -> ImportResult {
        ImportResult(
            breakdown: breakdown,
            fileName: work.checkpoint.fileName ?? work.run.task.info,
            header: staged.reader.columns.header,
            isDryRun: false,
            optIns: state.optIns,
            optOuts: state.optOuts,
            foreignRows: staged.foreignRows
        )
    }

    /// Brings the replayed task's breakdown up to date, counted anew from the ledger's rows.
    private func amend(in transaction: Transaction) throws {
        let store = TaskStore(work.run.task.workspace)
        let task = try store.task(target.task, in: transaction)
        guard var result: ImportResult = try task.result() else { return }
        let relation = staged.reader.columns.plan.table.ledger
        let counts = try ImportLedger(work.run.task.workspace, of: relation)
            .counts(of: target.task, in: transaction)
        result.breakdown = ImportBreakdown(
            counts,
            total: result.breakdown.total,
            emptyLines: result.breakdown.emptyLines,
            notReached: result.breakdown.notReached
        )
        guard result.breakdown.closes else {
            throw ImportError.ledgerOpen(describe(result.breakdown))
        }
        try store.amend(
            target.task,
            status: result.breakdown.failed > 0 ? .error : .completed,
            result: try JSONText.encode(result),
            outcome: result.breakdown.words,
            in: transaction
        )
        try store.log(
            "Task \(work.run.task.id) replayed rejects: \(result.breakdown.words)",
            of: target.task,
            in: transaction
        )
    }

    private func measure(_ breakdown: ImportBreakdown, in transaction: Transaction) throws {
        guard let automated = work.automated else { return }
        let measure = FeedMeasure(staged, failed: breakdown.failed)
        try FeedMeasureStore(workspace: work.run.task.workspace, importID: automated.id)
            .record(measure, of: work.run.task.id, in: transaction)
    }

    private func describe(_ breakdown: ImportBreakdown) -> String {
        "\(breakdown.total) rows, \(breakdown.imported) imported, \(breakdown.failed) failed"
    }
}

extension ImportBreakdown {
    /// The ledger in a sentence.
    var words: String {
        let stopped =
            notReached > 0 ? " Stopped on request; \(notReached) rows were not reached." : ""
        return "\(imported) of \(total) rows imported, \(failed) failed.\(stopped)"
    }

    /// A breakdown counted from the ledger's rows.
    init(_ counts: ImportLedger.Counts, total: Int, emptyLines: Int, notReached: Int) {
        self.total = total
        self.emptyLines = emptyLines
        self.notReached = notReached
        created = counts.outcomes[.created] ?? 0
        updated = counts.outcomes[.updated] ?? 0
        unchanged = counts.outcomes[.unchanged] ?? 0
        duplicates = counts.problems[RowFate.duplicate.rawValue] ?? 0
        wrongColumns = counts.problems[RowFate.wrongColumns.rawValue] ?? 0
        emptyIdentifiers = counts.problems[RowFate.emptyIdentifier.rawValue] ?? 0
        notSaved = counts.problems[RowFate.notSaved.rawValue] ?? 0
        warnings = counts.problems[RowFate.warning.rawValue] ?? 0
    }
}
