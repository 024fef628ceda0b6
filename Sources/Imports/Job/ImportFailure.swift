// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

/// What an attempt that failed leaves behind: a word in the log, and the table's indexes.
struct ImportFailure {
    let run: TaskRun

    /// Says what was written, and builds the indexes that the import had left out.
    func settle() throws {
        guard let state = try run.savedState() else { return }
        if state.done > 0 { try logWhatWasWritten(state) }
        try restoreIndexes(state.droppedIndexes)
    }

    private func logWhatWasWritten(_ state: MergeState) throws {
        let words =
            "\(state.breakdown.imported) rows of \(state.done) were written before this; "
            + "another attempt goes on behind them."
        try run.database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            try run.store.log(words, of: run.task.id, in: transaction)
        }
    }

    /// The task may never be tried again, and others look profiles up meanwhile.
    private func restoreIndexes(_ names: [String]) throws {
        guard !names.isEmpty else { return }
        try run.database.writeBlocking(.bulk) { transaction in
            try run.guardLease(in: transaction)
            let workspace = run.task.workspace
            let tables =
                try ProfileTableStore(workspace).all(in: transaction).map(\.rows)
                + CustomTableStore(workspace).all(in: transaction).map(\.rows)
            for table in tables {
                let dropped = table.indexes.filter { names.contains($0.name) }
                try transaction.change(dropped.map { .createIndex($0, on: table.physicalName) })
            }
        }
    }
}
