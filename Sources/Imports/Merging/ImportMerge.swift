// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import Tasks

/// Merges staged rows in transactions that each hold all they do: profiles, ledger rows, change
/// records, counts and the checkpoint (design/protocols.md, "Import", step 3).
struct ImportMerge {
    /// Rows in the first transaction, and the most in any: each may have twice as many as the one
    /// before, as long as nobody else wants to write.
    private static let shortTransaction: Int64 = 500
    private static let longTransaction: Int64 = 100_000

    let run: TaskRun
    let sorter: StagingSorter
    let batch: BatchMerge
    /// Wraps the state into the checkpoint of the whole run.
    let checkpoint: (MergeState) -> ImportCheckpoint

    /// How often a merge starts over without having come further.
    private static let attempts = 10

    /// Merges everything behind the state's place.
    ///
    /// A transaction that met another writer, or whose connection broke, wrote nothing or all of
    /// it: the merge goes on from the checkpoint that it finds.
    ///
    /// - Returns: The state at the end; rows are left over when someone asked to stop.
    func merge(_ start: MergeState) throws -> MergeState {
        var state = start
        var attempt = 1
        while true {
            do {
                return try walk(state, looksAhead: attempt == 1)
            } catch let error as DatabaseError
                where error.isCollision && attempt < ImportMerge.attempts
            {
                let saved = try run.savedState() ?? start
                attempt = saved.done > state.done ? 1 : attempt + 1
                state = saved
                // Someone else filled the empty table beside us: look everything up from here on.
                if case .uniqueViolation = error { state.isFresh = false }
            }
        }
    }

    /// Merges from a place on.
    ///
    /// Rows are decided on before their transaction if it looks ahead; not after another writer was
    /// in the way, until this walk ends.
    private func walk(_ start: MergeState, looksAhead: Bool) throws -> MergeState {
        let runs = try sorter.merged()
        while let record = runs.record, start.hasPassed(record) { try runs.advance() }
        let rows = RowsAhead(runs, run.database, looksAhead ? batch : nil)
        var state = start
        var most = ImportMerge.shortTransaction
        while !rows.isAtEnd, try !run.isStopRequested() {
            state = try run.database.writeBlocking(.bulk) { transaction in
                try mergeSome(rows, state, most, transaction)
            }
            most = min(most * 2, ImportMerge.longTransaction)
            try run.failpoints.pass("import.batch")
        }
        return state
    }

    /// One transaction: batches until enough rows are merged or someone waits to write.
    private func mergeSome(
        _ rows: RowsAhead,
        _ start: MergeState,
        _ most: Int64,
        _ transaction: Transaction
    ) throws -> MergeState {
        var state = start
        let context = run.context.at(transaction.moment)
        repeat {
            let (present, ahead) = try rows.take(transaction.batchRows)
            let ledger = ImportLedger(context.workspace)
            if batch.batch > 0 {
                let lines = present.records.map(\.line)
                try ledger.clear(lines: lines, of: batch.ledgerTask, in: transaction)
            }
            let problems = try batch.run(
                present,
                &state,
                ahead: ahead,
                by: context,
                in: transaction
            )
            try ledger.record(problems, of: batch.ledgerTask, in: transaction)
            try rows.look(ahead: transaction.batchRows, of: state)
        } while !rows.isAtEnd && state.done - start.done < most
            && !transaction.othersAreWaiting
        try run.save(
            checkpoint: checkpoint(state),
            done: state.done,
            total: sorter.count,
            in: transaction
        )
        return state
    }
}
