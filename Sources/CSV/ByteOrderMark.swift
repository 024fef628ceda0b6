// SPDX-License-Identifier: Apache-2.0

/// Recognises U+FEFF at the start of decoded text, also when chunks cut it.
struct ByteOrderMark: Sendable {
    static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var matched = 0
    /// Whether it is known that there is a mark or that there is none.
    private(set) var isSettled: Bool

    init(_ encoding: CSVDialect.Encoding) {
        // The single-byte encodings have no such character.
        isSettled = encoding == .windows1252 || encoding == .iso8859_1
    }

    var isWhole: Bool { matched == Self.bytes.count }

    /// Takes bytes as long as they continue the mark; answers how many.
    mutating func match(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var taken = 0
        while taken < bytes.count, !isWhole, bytes[taken] == Self.bytes[matched] {
            taken += 1
            matched += 1
        }
        return taken
    }

    /// Ends the search; answers how many bytes were withheld, which are text unless it is whole.
    mutating func settle() -> Int {
        defer {
            isSettled = true
            matched = 0
        }
        return matched
    }
}
