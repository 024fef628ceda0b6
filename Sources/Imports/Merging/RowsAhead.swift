// SPDX-License-Identifier: Apache-2.0
import Database

/// The batches of a merge, one after the other: the next one is read, and where that is safe
/// decided on, while the server writes the present one.
final class RowsAhead {
    private let runs: MergedRuns
    private let database: Database
    /// Decides ahead; nil where each batch is decided on in its transaction.
    private let batch: BatchMerge?
    private var present = RecordBatch()
    private var next = RecordBatch()
    private var isNextRead = false
    private var ahead: BatchMerge.Ahead?
    /// Batches that are not decided on ahead, because the last one could not be.
    private var pause = 0

    /// After rows that change nothing, most others change nothing either.
    private static let pauseLength = 20

    init(_ runs: MergedRuns, _ database: Database, _ batch: BatchMerge?) {
        self.runs = runs
        self.database = database
        self.batch = batch
    }

    /// Whether every row was taken.
    var isAtEnd: Bool { !isNextRead && runs.record == nil }

    /// The next batch, valid until the one after it is taken, with what was decided of it.
    func take(_ count: Int) throws -> (RecordBatch, BatchMerge.Ahead?) {
        if !isNextRead { try next.fill(from: runs, count: count) }
        swap(&present, &next)
        isNextRead = false
        defer { ahead = nil }
        return (present, ahead)
    }

    /// Reads the next batch and decides on it, as far as that is safe.
    func look(ahead count: Int, of state: MergeState) throws {
        guard let batch, runs.record != nil else { return }
        try next.fill(from: runs, count: count)
        isNextRead = true
        guard pause == 0 else { return pause -= 1 }
        guard let tried = try database.readBeside({ try batch.lookAhead(next, state, in: $0) })
        else { return }
        ahead = tried
        if tried == nil { pause = RowsAhead.pauseLength }
    }
}
