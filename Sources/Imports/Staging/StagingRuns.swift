// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation

/// The sorted runs of one file in the spool's scratch folder.
///
/// Whenever enough runs of one size lie there they are merged into a larger one, so that a file of
/// any size is read from few places at once: 64 runs hold 1.5 GB, three times 64 hold 6 TB.
final class StagingRuns {
    private let spool: Spool
    private let name: String
    /// Paths by how often their rows were merged.
    private var levels: [[String]] = [[]]
    private var count = 0

    /// How many runs of one size are merged into one.
    private static let width = 64

    init(spool: Spool, name: String) {
        self.spool = spool
        self.name = name
    }

    deinit { remove() }

    /// Starts a further run.
    func begin() throws -> RunWriter {
        try gather(0)
        return try add(to: 0)
    }

    /// All runs as one sequence in order.
    func merged() throws -> MergedRuns {
        MergedRuns(try levels.joined().map { try RunReader(path: $0) })
    }

    /// Removes the runs; readers that are open keep theirs.
    func remove() {
        for path in levels.joined() { unlink(path) }
        levels = [[]]
    }

    private func add(to level: Int) throws -> RunWriter {
        let path = try spool.scratchPath(.staging, "\(name)-\(count)")
        count += 1
        levels[level].append(path)
        return try RunWriter(path: path)
    }

    private func gather(_ level: Int) throws {
        guard levels[level].count >= StagingRuns.width else { return }
        if levels.count == level + 1 { levels.append([]) }
        try gather(level + 1)
        let rows = MergedRuns(try levels[level].map { try RunReader(path: $0) })
        let run = try add(to: level + 1)
        while let record = rows.record {
            try run.write(UnsafeRawBufferPointer(start: record.base, count: record.length))
            try rows.advance()
        }
        try run.finish()
        for path in levels[level] { unlink(path) }
        levels[level] = []
    }
}

/// Writes one run through a buffer.
final class RunWriter {
    private let file: Int32
    private let path: String
    private let buffer = ByteArena(capacity: 1 << 20)

    init(path: String) throws {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ImportError.staging(reason: String(cString: strerror(errno))) }
    }

    deinit { close(file) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > 1 << 20 { try flush() }
        buffer.append(bytes)
    }

    func finish() throws { try flush() }

    private func flush() throws {
        var done = 0
        while done < buffer.count {
            let written = Foundation.write(file, buffer.base + done, buffer.count - done)
            guard written > 0 || errno == EINTR else {
                throw ImportError.staging(reason: String(cString: strerror(errno)))
            }
            done += max(0, written)
        }
        buffer.removeAll()
    }
}

/// Reads one run record by record.
final class RunReader {
    private let file: Int32
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// The present record; nil at the end.
    private(set) var record: StagedRecord?

    init(path: String) throws {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ImportError.staging(reason: String(cString: strerror(errno))) }
        buffer = .allocate(byteCount: 64 << 10, alignment: 16)
        try advance()
    }

    deinit {
        close(file)
        buffer.deallocate()
    }

    /// Moves to the next record.
    func advance() throws {
        start += record?.length ?? 0
        record = nil
        guard try fill(4) else { return }
        let length = Int(
            (buffer.baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: UInt32.self)
        )
        guard try fill(length) else {
            throw ImportError.staging(reason: "a run ends in the middle of a record")
        }
        record = StagedRecord(base: UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped + start))
    }

    /// Makes sure that so many bytes lie in the buffer; false at the end of the run.
    private func fill(_ wanted: Int) throws -> Bool {
        guard end - start < wanted else { return true }
        compact(toHold: wanted)
        while end - start < wanted {
            let count = read(file, buffer.baseAddress.unsafelyUnwrapped + end, buffer.count - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ImportError.staging(reason: String(cString: strerror(errno)))
            }
            if count == 0 { return false }
            end += count
        }
        return true
    }

    /// Moves what is left to the front, into a larger buffer when the record needs it.
    private func compact(toHold wanted: Int) {
        let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start..<end])
        if wanted > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: wanted + 4,
                alignment: 16
            )
            larger.copyMemory(from: rest)
            buffer.deallocate()
            buffer = larger
        } else if start > 0 {
            buffer.copyMemory(from: rest)
        }
        end -= start
        start = 0
    }
}

/// Several sorted runs as one.
final class MergedRuns {
    private var heap: [RunReader]

    init(_ runs: [RunReader]) {
        heap = runs.filter { $0.record != nil }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// The present record, valid until ``advance()``; nil at the end.
    var record: StagedRecord? { heap.first?.record }

    /// Moves to the next record.
    func advance() throws {
        guard let run = heap.first else { return }
        try run.advance()
        if run.record == nil {
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
        }
        sink(0)
    }

    private func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if precedes(child, least) { least = child }
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        guard let first = heap[left].record, let second = heap[right].record else { return false }
        return first.precedes(second)
    }
}
