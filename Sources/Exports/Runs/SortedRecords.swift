// SPDX-License-Identifier: Apache-2.0

/// Records in memory, one behind the other, that are given in the order of their keys.
struct SortedRecords {
    private var bytes: [UInt8] = []
    private var entries: [(key: EventSorter.Key, start: Int, count: Int)] = []
    private var isSorted = true

    /// How many there are.
    var count: Int { entries.count }
    /// How many bytes they have.
    var byteCount: Int { bytes.count }

    /// Adds a record.
    mutating func add(_ record: UnsafeRawBufferPointer, _ key: EventSorter.Key) {
        if let last = entries.last, key < last.key { isSorted = false }
        entries.append((key, bytes.count, record.count))
        bytes.append(contentsOf: record)
    }

    /// Gives the lowest records away, and keeps the others packed anew in their order.
    ///
    /// - Returns: The key of the last one that was given.
    @discardableResult
    mutating func give(
        _ count: Int,
        _ body: (EventSorter.Key, UnsafeRawBufferPointer) throws -> Void
    ) throws -> EventSorter.Key? {
        if !isSorted { entries.sort { $0.key < $1.key } }
        isSorted = true
        try bytes.withUnsafeBytes { all in
            for entry in entries[..<count] {
                let record = all[entry.start..<entry.start + entry.count]
                try body(entry.key, UnsafeRawBufferPointer(rebasing: record))
            }
        }
        let last = count > 0 ? entries[count - 1].key : nil
        if count == entries.count { removeAll() } else { keep(from: count) }
        return last
    }

    private mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func keep(from first: Int) {
        var kept = SortedRecords()
        kept.bytes.reserveCapacity(bytes.count)
        kept.entries.reserveCapacity(entries.count)
        bytes.withUnsafeBytes { all in
            for entry in entries[first...] {
                let record = all[entry.start..<entry.start + entry.count]
                kept.add(UnsafeRawBufferPointer(rebasing: record), entry.key)
            }
        }
        self = kept
    }
}
