// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

/// A dry run: everything but the writing.
struct ImportForecast {
    /// Rows that are decided on in one snapshot.
    private static let batchRows = 500

    private let work: ImportWork
    private let staging: ImportStaging
    private let staged: FileStager.Outcome

    init(_ work: ImportWork, _ staging: ImportStaging, _ staged: FileStager.Outcome) {
        self.work = work
        self.staging = staging
        self.staged = staged
    }

    func outcome() throws -> TaskOutcome {
        let batch = BatchMerge(
            staged.reader,
            ledgerTask: work.run.task.id,
            batch: 0,
            losers: try staging.losers(staged.reader)
        )
        try forgetEarlierAttempt()
        var state = MergeState()
        state.breakdown.emptyLines = Int(staged.emptyLines)
        let runs = try staging.sorter.merged()
        let rows = RecordBatch()
        while runs.record != nil {
            try rows.fill(from: runs, count: ImportForecast.batchRows)
            let problems = try work.run.database.readBlocking { connection in
                try batch.run(rows, &state, by: work.run.context, in: connection)
            }
            // The rejects of a dry run can be looked at like those of an import.
            try work.run.database.writeBlocking { transaction in
                try work.run.guardLease(in: transaction)
                try ImportLedger(work.run.task.workspace)
                    .record(problems, of: work.run.task.id, in: transaction)
            }
        }
        try work.run.failpoints.pass("import.forecast")
        return .ended(try ending(state))
    }

    private func forgetEarlierAttempt() throws {
        try work.run.database.writeBlocking { transaction in
            try work.run.guardLease(in: transaction)
            try ImportLedger(work.run.task.workspace)
                .clear(task: work.run.task.id, in: transaction)
        }
    }

    private func ending(_ state: MergeState) throws -> TaskEnding {
        let breakdown = state.breakdown
        guard breakdown.closes else { throw ImportError.ledgerOpen("dry run") }
        let result = ImportResult(
            breakdown: breakdown,
            fileName: work.checkpoint.fileName ?? work.run.task.info,
            header: staged.reader.columns.header,
            isDryRun: true,
            optIns: state.optIns,
            optOuts: state.optOuts,
            foreignRows: 0
        )
        let words =
            "Dry run, nothing written: \(breakdown.created) would be created, "
            + "\(breakdown.updated) updated, \(breakdown.unchanged) left unchanged, "
            + "\(breakdown.failed) would fail."
        return try TaskEnding(
            breakdown.failed > 0 ? .error : .completed,
            words,
            result: result
        )
    }
}
