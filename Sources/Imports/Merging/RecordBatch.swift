// SPDX-License-Identifier: Apache-2.0
import Audience

/// A few hundred staged rows in memory of their own, grouped by key.
final class RecordBatch {
    private let arena = ByteArena(capacity: 256 << 10)
    private var offsets: [Int] = []

    /// The rows in order; valid until the batch is filled again.
    private(set) var records: [StagedRecord] = []
    /// Ranges of rows with one key.
    private(set) var groups: [Range<Int>] = []

    /// Takes up to `count` rows from the runs, all identified by the same attribute.
    ///
    /// Rows with a business key come before those with an e-mail address only: what the former
    /// wrote is there when the latter are looked up, wherever batches end.
    func fill(from runs: MergedRuns, count: Int) throws {
        arena.removeAll()
        offsets.removeAll(keepingCapacity: true)
        let kind = runs.record?.key.first
        while offsets.count < count, let record = runs.record, record.key.first == kind {
            let bytes = UnsafeRawBufferPointer(start: record.base, count: record.length)
            offsets.append(arena.append(bytes))
            try runs.advance()
        }
        records = offsets.map { StagedRecord(base: arena.base + $0) }
        group()
    }

    private func group() {
        groups.removeAll(keepingCapacity: true)
        var start = 0
        for index in records.indices.dropFirst()
        where compare(records[index].key, records[start].key) != 0 {
            groups.append(start..<index)
            start = index
        }
        if !records.isEmpty { groups.append(start..<records.count) }
    }
}
