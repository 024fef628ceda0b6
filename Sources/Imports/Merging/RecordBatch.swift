// SPDX-License-Identifier: Apache-2.0
internal import Audience

/// A few hundred staged rows in memory of their own, grouped by key.
final class RecordBatch {
    private let arena = ByteArena(capacity: 256 << 10)
    private var offsets: [Int] = []

    /// The rows in order; valid until the batch is filled again.
    private(set) var records: [StagedRecord] = []
    /// Ranges of rows with one key.
    private(set) var groups: [Range<Int>] = []

    /// Takes up to `count` rows from the runs.
    func fill(from runs: MergedRuns, count: Int) throws {
        arena.removeAll()
        offsets.removeAll(keepingCapacity: true)
        while offsets.count < count, let record = runs.record {
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
