// SPDX-License-Identifier: Apache-2.0
import CSV
import Database
import Synchronization

/// The records of some rows of a window, with what else is to be counted.
struct RowBatch: Sendable {
    /// A record of an event, by its place in ``bytes``.
    struct Entry: Sendable {
        let moment: Int64
        let id: Int64
        let start: Int
        let end: Int

        var key: EventSorter.Key { EventSorter.Key(moment: moment, id: id) }
    }

    /// The records, one behind the other.
    var bytes: [UInt8] = []
    /// Where each stands, for events.
    var entries: [Entry] = []
    /// How many records there are.
    var rows: Int64 = 0
    /// How many rows of the window were read.
    var seen: Int64 = 0
    /// How many rows were left out.
    var leftOut = LeftOut()
}

/// Reads ranges of a window into batches.
struct BatchReading: Sendable {
    let reading: RowReading
    let window: Window
    let database: Database
    private let writers: WriterPool

    init(reading: RowReading, window: Window, database: Database) {
        self.reading = reading
        self.window = window
        self.database = database
        writers = WriterPool(reading.writer)
    }

    /// Reads up to a chunk of a range.
    ///
    /// - Returns: The batch, and the last place that was read unless the range is at its end.
    func chunk(_ range: RowRange) throws -> (RowBatch, RowPlace?) {
        var last: RowPlace?
        let batch = try batch { last = try append(range, RowReading.chunk, to: &$0, &$1) }
        return (batch, last)
    }

    /// Reads a range to its end, in several snapshots when rows have come into it meanwhile.
    func whole(_ range: RowRange) throws -> RowBatch {
        var range = range
        let limit = 2 * RangeReaders.rows
        return try batch { batch, writer in
            while let last = try append(range, limit, to: &batch, &writer) { range.after = last }
        }
    }

    private func batch(
        _ fill: (inout RowBatch, inout RecordWriter) throws -> Void
    ) throws -> RowBatch {
        try writers.lend { writer in
            var batch = RowBatch()
            if reading.plan.isOrderedByEvent { batch.entries.reserveCapacity(RowReading.chunk) }
            try fill(&batch, &writer)
            batch.bytes = writer.take()
            return batch
        }
    }

    private func append(
        _ range: RowRange,
        _ limit: Int,
        to batch: inout RowBatch,
        _ writer: inout RecordWriter
    ) throws -> RowPlace? {
        let judge = reading.judge(upTo: window.to)
        let cells = reading.plan.cells
        let isOrdered = reading.plan.isOrderedByEvent
        return try reading.read(range, limit: limit, from: database) { cursor in
            guard window.contains(Stamp(cursor.integer(SourceRelation.stampIndex))) else { return }
            batch.seen += 1
            switch judge(cursor) {
            case .notOurs: return
            case .inactiveCampaign: batch.leftOut.inactiveCampaigns += 1
            case .filteredSource: batch.leftOut.sourceFilter += 1
            case .keep:
                batch.rows += 1
                let start = writer.csv.bytes.count
                writer.record(cells, cursor)
                guard isOrdered else { return }
                batch.entries.append(
                    RowBatch.Entry(
                        moment: cursor.integer(SourceRelation.eventIndex),
                        id: cursor.integer(SourceRelation.idIndex),
                        start: start,
                        end: writer.csv.bytes.count
                    )
                )
            }
        }
    }
}

/// The writers of a file's readers, each of which has one at a time: what a writer remembers, and the
/// memory that it has, serve the next range as well.
private final class WriterPool: Sendable {
    private let fresh: RecordWriter
    private let free = Mutex<[RecordWriter]>([])

    init(_ fresh: RecordWriter) { self.fresh = fresh }

    /// Lends an empty writer, which is empty again afterwards unless the closure throws.
    func lend<T>(_ body: (inout RecordWriter) throws -> T) throws -> T {
        var writer = free.withLock { $0.popLast() } ?? fresh
        let result = try body(&writer)
        free.withLock { [writer] in $0.append(writer) }
        return result
    }
}
