// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

/// Opens the merge of one run: decides how it is done, and tells those who listen.
struct ImportOpening {
    /// From how many rows on it pays to build indexes afterwards.
    static let indexThreshold: Int64 = 20_000

    let work: ImportWork
    let staged: FileStager.Outcome
    let target: ImportTarget

    /// The state to begin with, or that of the last transaction before an interruption.
    ///
    /// - Parameter isQuiet: Whether nobody else writes, so that indexes can be left out.
    /// - Returns: The state to go on from.
    /// - Throws: ``ImportError/ledgerOpen(_:)``, or what the database says.
    func begin(isQuiet: Bool) throws -> MergeState {
        if let state = work.checkpoint.merge {
            guard work.checkpoint.staged == staged.rows else {
                throw ImportError.ledgerOpen("the file now has \(staged.rows) rows")
            }
            return state
        }
        return try work.run.database.writeBlocking { transaction in
            let state = try start(isQuiet: isQuiet, in: transaction)
            work.checkpoint.staged = staged.rows
            work.checkpoint.header = columns.header
            work.checkpoint.merge = state
            try work.run.save(
                checkpoint: work.checkpoint,
                done: 0,
                total: staged.rows,
                in: transaction
            )
            try tell(in: transaction)
            return state
        }
    }

    private var columns: ResolvedColumns { staged.reader.columns }

    private func start(isQuiet: Bool, in transaction: Transaction) throws -> MergeState {
        var state = MergeState()
        state.breakdown.emptyLines = Int(staged.emptyLines)
        let table = columns.plan.table
        state.isFresh =
            try columns.isOneUniqueIdentifier && table.isEmpty(in: transaction)
        if state.isFresh, isQuiet, staged.rows >= ImportOpening.indexThreshold {
            state.droppedIndexes = try table.dropSecondaryIndexes(in: transaction)
        } else {
            // An import that ended Fatal may have left them out.
            try transaction.change(
                table.indexes.map { .createIndex($0, on: table.physicalName) }
            )
        }
        return state
    }

    private func tell(in transaction: Transaction) throws {
        let context = work.run.context.at(transaction.moment)
        let run = try target.run(
            work.run,
            work.automated,
            into: columns.plan.table.people?.id,
            in: transaction
        )
        for listener in work.job.listeners {
            try listener.importStarted(run, by: context, in: transaction)
        }
    }

    /// Builds the indexes that an import into an empty table left out.
    func rebuildIndexes(_ state: MergeState) throws {
        let table = columns.plan.table
        for index in table.indexes where state.droppedIndexes.contains(index.name) {
            try work.run.database.writeBlocking(.bulk) { transaction in
                try work.run.guardLease(in: transaction)
                try transaction.change([.createIndex(index, on: table.physicalName)])
            }
        }
    }
}
