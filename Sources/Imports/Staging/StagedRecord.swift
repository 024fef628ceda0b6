// SPDX-License-Identifier: Apache-2.0
import Audience

/// A row of a file on its way to the merge: its sort key, its line and its original fields.
///
/// Laid out in memory as: length of the whole (4), length of the key (4), line (8), number of
/// fields (3), problem (1), key, then each field as length (4) and bytes. The host's byte order: staging files
/// never leave it.
struct StagedRecord {
    static let headLength = 20

    /// Where the record starts; valid until the sorter moves on.
    let base: UnsafeRawPointer

    /// Bytes of the whole record.
    var length: Int { Int(base.loadUnaligned(as: UInt32.self)) }

    /// The key that records are sorted by; empty for a row that names nobody.
    var key: Bytes {
        let count = Int(base.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        return bytes(at: StagedRecord.headLength, count)
    }

    /// The line of the file.
    var line: Int64 { base.loadUnaligned(fromByteOffset: 8, as: Int64.self) }

    /// How many fields there are.
    var fieldCount: Int { Int(base.loadUnaligned(fromByteOffset: 16, as: UInt32.self) & 0xFF_FFFF) }

    /// What the reader found wrong with the row's text, if anything.
    var problem: StagedProblem? {
        StagedProblem(rawValue: base.loadUnaligned(fromByteOffset: 19, as: UInt8.self))
    }

    /// Calls a closure for each field in order.
    func eachField(_ body: (Int, Bytes) -> Void) {
        var offset = StagedRecord.headLength + key.count
        for index in 0..<fieldCount {
            let count = Int(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            body(index, bytes(at: offset + 4, count))
            offset += 4 + count
        }
    }

    /// The original fields as strings.
    var fields: [String] {
        var fields: [String] = []
        eachField { fields.append(String(decoding: $1, as: UTF8.self)) }
        return fields
    }

    private func bytes(at offset: Int, _ count: Int) -> Bytes {
        let start = (base + offset).assumingMemoryBound(to: UInt8.self)
        return Bytes(start: start, count: count)
    }

    /// Whether this record comes before another: by key, then by line.
    func precedes(_ other: StagedRecord) -> Bool {
        switch compare(key, other.key) {
        case 0: line < other.line
        case let order: order < 0
        }
    }
}

/// Compares two runs of bytes as `memcmp` does, a shorter one first when it begins the other.
func compare(_ left: Bytes, _ right: Bytes) -> Int {
    let common = min(left.count, right.count)
    for index in 0..<common where left[index] != right[index] {
        return left[index] < right[index] ? -1 : 1
    }
    return left.count - right.count
}
