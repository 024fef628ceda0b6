// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Dispatch
import Synchronization

/// Reads the ranges of a large window with several readers, and hands their batches on in order.
///
/// A server and its client work at the same time then, and both cores of a small machine. The ends
/// of ranges are looked up in the stamp index ahead of the readers.
struct RangeReaders {
    /// How many ranges are read at once.
    static let count = 2
    /// How many rows of the relation make a range: more than a chunk, since each costs a query that
    /// a server plans.
    static let rows = 8_000

    let batches: BatchReading

    /// Reads a half-open range of stamps; the closure gets the batches in the order of stamps, each
    /// of ``rows`` of the relation, of which some are the export's own.
    func each(in stamps: Range<Stamp>, _ body: (RowBatch) throws -> Void) throws {
        var rest: RowRange? = RowRange(stamps)
        var pending: [PendingBatch] = []
        defer { for batch in pending { batch.settle() } }
        while true {
            while pending.count <= RangeReaders.count, let range = rest {
                let end = try batches.database.readBlocking { connection in
                    try batches.reading.boundary(range, rows: RangeReaders.rows, in: connection)
                }
                // The place itself belongs to the range that it ends.
                let next = end.map { RowPlace(stamp: $0.stamp, id: $0.id + 1) }
                let piece = RowRange(after: range.after, before: next ?? range.before)
                pending.append(PendingBatch { [batches] in try batches.whole(piece) })
                rest = end.map { RowRange(after: $0, before: range.before) }
            }
            guard let first = pending.first else { return }
            let batch = try first.wait()
            pending.removeFirst()
            try body(batch)
        }
    }
}

/// A batch that is being read on a thread of its own.
///
/// The group is only entered and left, which any thread may do.
private final class PendingBatch: @unchecked Sendable {
    private let result = Mutex<Result<RowBatch, any Error>?>(nil)
    private let done = DispatchGroup()

    init(_ read: @escaping @Sendable () throws -> RowBatch) {
        done.enter()
        DispatchQueue.global().async { [self] in
            let outcome = Result { try read() }
            result.withLock { $0 = outcome }
            done.leave()
        }
    }

    /// Waits until it is there.
    func wait() throws -> RowBatch {
        done.wait()
        let outcome = result.withLock { outcome in
            defer { outcome = nil }
            return outcome
        }
        return try outcome?.get() ?? RowBatch()
    }

    /// Waits until nothing is read any more.
    func settle() { done.wait() }
}
