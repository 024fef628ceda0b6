// SPDX-License-Identifier: Apache-2.0

/// Orders the records of events that come nearly in order, in one pass.
///
/// Commit order and event order differ by as long as a transaction lasts, so what is out of place is
/// so by a little. Records wait until there are enough bytes of them; then the lower half is given
/// on. A record that belongs before what was given on ends the attempt, and the window is read once
/// more through an ``EventSorter``.
final class ReorderBuffer: EventOrder {
    /// A record came too late for its place.
    struct TooLate: Error {}

    private let limit: Int
    private var bytes: [UInt8] = []
    private var entries: [(key: EventSorter.Key, start: Int, count: Int)] = []
    private var isSorted = true
    private var last: EventSorter.Key?
    private let give: (UnsafeRawBufferPointer) throws -> Void

    /// Makes a buffer of so many bytes; the closure gets the records in order.
    init(limit: Int, give: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.limit = limit
        self.give = give
    }

    func add(_ record: UnsafeRawBufferPointer, _ key: EventSorter.Key) throws {
        if let last, key < last { throw TooLate() }
        if let highest = entries.last?.key, key < highest { isSorted = false }
        entries.append((key, bytes.count, record.count))
        bytes.append(contentsOf: record)
        guard bytes.count >= limit else { return }
        try giveOn(entries.count / 2)
    }

    func finish() throws { try giveOn(entries.count) }

    /// Gives the lowest records on and keeps the others, packed anew in their order.
    private func giveOn(_ count: Int) throws {
        if !isSorted { entries.sort { $0.key < $1.key } }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var keptEntries: [(key: EventSorter.Key, start: Int, count: Int)] = []
        keptEntries.reserveCapacity(entries.count)
        try bytes.withUnsafeBytes { all in
            for entry in entries[..<count] {
                let record = all[entry.start..<entry.start + entry.count]
                try give(UnsafeRawBufferPointer(rebasing: record))
            }
            for entry in entries[count...] {
                keptEntries.append((entry.key, kept.count, entry.count))
                kept.append(contentsOf: all[entry.start..<entry.start + entry.count])
            }
        }
        if count > 0 { last = entries[count - 1].key }
        (bytes, entries, isSorted) = (kept, keptEntries, true)
    }
}

/// Takes the records of events and gives them on in order.
protocol EventOrder: AnyObject {
    /// Adds a record.
    func add(_ record: UnsafeRawBufferPointer, _ key: EventSorter.Key) throws
    /// Gives on whatever was not yet.
    func finish() throws
}

/// Gathers all records before it gives the first.
final class GatheredOrder: EventOrder {
    private let sorter: EventSorter
    private let give: (UnsafeRawBufferPointer) throws -> Void

    init(_ sorter: EventSorter, give: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sorter = sorter
        self.give = give
    }

    func add(_ record: UnsafeRawBufferPointer, _ key: EventSorter.Key) throws {
        try sorter.add(record, key)
    }

    func finish() throws { try sorter.drain(give) }
}
