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
    private var waiting = SortedRecords()
    private var last: EventSorter.Key?
    private let give: (UnsafeRawBufferPointer) throws -> Void

    /// Makes a buffer of so many bytes; the closure gets the records in order.
    init(limit: Int, give: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.limit = limit
        self.give = give
    }

    func add(_ record: UnsafeRawBufferPointer, _ key: EventSorter.Key) throws {
        if let last, key < last { throw TooLate() }
        waiting.add(record, key)
        guard waiting.byteCount >= limit else { return }
        try giveOn(waiting.count / 2)
    }

    func finish() throws { try giveOn(waiting.count) }

    private func giveOn(_ count: Int) throws {
        last = try waiting.give(count) { _, record in try give(record) } ?? last
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
