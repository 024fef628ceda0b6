// SPDX-License-Identifier: Apache-2.0
import Files

/// Orders the records of events by their moment, then id, with flat memory.
///
/// The stamp index gives commit order, while an event has the moment at which its transaction
/// began; on both engines the two can differ by as long as a transaction lasts, so no index gives
/// the order that is wanted. Records are gathered up to a limit, sorted and written as a run; in the
/// end the runs are merged. A window that fits the limit never touches the disk.
final class EventSorter {
    /// What orders records.
    struct Key: Comparable {
        let moment: Int64
        let id: Int64

        static func < (left: Key, right: Key) -> Bool {
            (left.moment, left.id) < (right.moment, right.id)
        }
    }

    /// Records are gathered up to this many bytes.
    static let standardLimit = 1 << 25
    /// More runs than this are merged into one before there are more.
    private static let mostRuns = 48

    private let limit: Int
    private let makePath: (Int) throws -> String
    private var gathered = SortedRecords()
    private var runs: [SortRun] = []
    private var made = 0

    /// Makes a sorter; the closure says where the n-th scratch file goes.
    init(limit: Int = EventSorter.standardLimit, path: @escaping (Int) throws -> String) {
        self.limit = limit
        makePath = path
    }

    deinit { for run in runs { run.remove() } }

    /// Adds a record.
    func add(_ record: UnsafeRawBufferPointer, _ key: Key) throws {
        gathered.add(record, key)
        guard gathered.byteCount >= limit else { return }
        try spill()
    }

    /// Gives all records in order; the sorter is empty afterwards.
    func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !runs.isEmpty else { return try giveAll { _, record in try body(record) } }
        try spill()
        try SortRun.merge(runs) { _, record in try body(record) }
        for run in runs { run.remove() }
        runs = []
    }

    private func giveAll(_ body: (Key, UnsafeRawBufferPointer) throws -> Void) throws {
        try gathered.give(gathered.count, body)
    }

    private func spill() throws {
        guard gathered.count > 0 else { return }
        if runs.count >= EventSorter.mostRuns { try mergeAll() }
        let run = try nextRun()
        try giveAll(run.append)
        try run.rewind()
        runs.append(run)
    }

    private func mergeAll() throws {
        let merged = try nextRun()
        try SortRun.merge(runs, merged.append)
        try merged.rewind()
        for run in runs { run.remove() }
        runs = [merged]
    }

    private func nextRun() throws -> SortRun {
        made += 1
        return try SortRun(path: try makePath(made))
    }
}
