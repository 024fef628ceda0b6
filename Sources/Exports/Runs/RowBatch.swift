// SPDX-License-Identifier: Apache-2.0
import CSV
import Database

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

    /// Reads up to a chunk of a range.
    ///
    /// - Returns: The batch, and the last place that was read unless the range is at its end.
    func chunk(_ range: RowRange) throws -> (RowBatch, RowPlace?) {
        var batch = RowBatch()
        let last = try append(range, RowReading.chunk, to: &batch)
        return (batch, last)
    }

    /// Reads a range to its end, in several snapshots when rows have come into it meanwhile.
    func whole(_ range: RowRange) throws -> RowBatch {
        var batch = RowBatch()
        var range = range
        let limit = 2 * RowReading.chunk
        while let last = try append(range, limit, to: &batch) { range.after = last }
        return batch
    }

    private func append(
        _ range: RowRange,
        _ limit: Int,
        to batch: inout RowBatch
    ) throws -> RowPlace? {
        let judge = reading.judge(upTo: window.to)
        let cells = reading.plan.cells
        let isOrdered = reading.plan.isOrderedByEvent
        var writer = reading.writer
        let base = batch.bytes.count
        let last = try reading.read(range, limit: limit, from: database) { cursor in
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
                        start: base + start,
                        end: base + writer.csv.bytes.count
                    )
                )
            }
        }
        batch.bytes += writer.csv.bytes
        return last
    }
}
