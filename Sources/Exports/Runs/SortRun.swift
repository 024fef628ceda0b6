// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc

/// A scratch file of sorted records, each behind its key and length.
final class SortRun {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var header: [Int64] = [0, 0, 0]
    private var record: [UInt8] = []
    private(set) var key: EventSorter.Key?

    init(path: String) throws {
        self.path = path
        guard let file = fopen(path, "w+e") else { throw SortRun.failure(path) }
        self.file = file
        setvbuf(file, nil, _IOFBF, 1 << 18)
    }

    deinit { fclose(file) }

    /// Adds a record behind those that are there.
    func append(_ key: EventSorter.Key, _ bytes: UnsafeRawBufferPointer) throws {
        header = [key.moment, key.id, Int64(bytes.count)]
        let isWritten = header.withUnsafeBytes { fwrite($0.baseAddress, 24, 1, file) == 1 }
        guard isWritten, fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count else {
            throw SortRun.failure(path)
        }
    }

    /// Goes to the first record.
    func rewind() throws {
        guard fflush(file) == 0, fseek(file, 0, SEEK_SET) == 0 else { throw SortRun.failure(path) }
        try advance()
    }

    /// Removes the file.
    func remove() { unlink(path) }

    /// Merges runs that stand at their first record.
    ///
    /// Records of one run follow each other as long as no other run has a lower one, which is what
    /// runs that hardly overlap need.
    static func merge(
        _ runs: [SortRun],
        _ body: (EventSorter.Key, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        while let (lowest, bound) = lowest(of: runs) {
            while let key = lowest.key, bound.map({ key <= $0 }) ?? true {
                try lowest.record.withUnsafeBytes { try body(key, $0) }
                try lowest.advance()
            }
        }
    }

    /// The run with the lowest record, and the lowest key of all others.
    private static func lowest(of runs: [SortRun]) -> (SortRun, EventSorter.Key?)? {
        var lowest: SortRun?
        var bound: EventSorter.Key?
        for run in runs {
            guard let key = run.key else { continue }
            guard let present = lowest?.key else {
                lowest = run
                continue
            }
            if key < present {
                (lowest, bound) = (run, present)
            } else if bound.map({ key < $0 }) ?? true {
                bound = key
            }
        }
        return lowest.map { ($0, bound) }
    }

    private func advance() throws {
        let isRead = header.withUnsafeMutableBytes { fread($0.baseAddress, 24, 1, file) == 1 }
        guard isRead else {
            guard ferror(file) == 0 else { throw SortRun.failure(path) }
            key = nil
            return
        }
        let count = Int(header[2])
        guard (0..<1 << 31).contains(count) else { throw ExportsError.scratchDamaged(path) }
        record = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = fread(buffer.baseAddress, 1, count, file)
        }
        guard record.count == count else { throw ExportsError.scratchDamaged(path) }
        key = EventSorter.Key(moment: header[0], id: header[1])
    }

    private static func failure(_ path: String) -> FilesError {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return errno == ENOSPC
            ? .diskFull(name) : .system(subject: name, action: "used", code: errno)
    }
}
