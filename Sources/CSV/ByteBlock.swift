// SPDX-License-Identifier: Apache-2.0

/// Eight bytes looked at together, in one machine word.
///
/// Measured: the standard library's SIMD comparisons are compiled to a loop over the lanes by
/// Swift 6.3 and were ten times slower than this.
struct ByteBlock {
    static let size = 8
    /// The bytes, the first in the lowest position.
    let word: UInt64

    private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    private static let high: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    init(at address: UnsafePointer<UInt8>) {
        word = UInt64(littleEndian: UnsafeRawPointer(address).loadUnaligned(as: UInt64.self))
    }

    /// A byte at every place of a word.
    @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The high bit of each byte that is not zero; exact, with no carry between bytes.
    @inline(__always)
    static func nonZero(_ word: UInt64) -> UInt64 { ((word & low) &+ low) | word }

    /// The bytes that equal one of three, each given at every place of a word.
    @inline(__always)
    func matches(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> Hits {
        let others =
            Self.nonZero(word ^ first) & Self.nonZero(word ^ second) & Self.nonZero(word ^ third)
        return Hits(bits: ~others & Self.high)
    }

    /// The bytes that equal one of four, each given at every place of a word.
    @inline(__always)
    func matches(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> Hits {
        let others =
            Self.nonZero(word ^ first) & Self.nonZero(word ^ second)
            & Self.nonZero(word ^ third) & Self.nonZero(word ^ fourth)
        return Hits(bits: ~others & Self.high)
    }

    /// The places of bytes in a block, the first at the lowest bit.
    struct Hits {
        fileprivate(set) var bits: UInt64

        @inline(__always)
        var isEmpty: Bool { bits == 0 }

        /// Takes the first place out; only when there is one.
        @inline(__always)
        mutating func next() -> Int {
            let place = bits.trailingZeroBitCount >> 3
            bits &= bits &- 1
            return place
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether all bytes are ASCII and none is NUL: such text needs no further check.
    var isPlainASCII: Bool {
        guard let base = baseAddress else { return true }
        guard count >= ByteBlock.size else { return allSatisfy { $0 &- 1 < 0x7F } }
        // The last block overlaps the one before it.
        let last = ByteBlock(at: base + (count &- ByteBlock.size)).word
        var highest = last
        var nonZero = ByteBlock.nonZero(last)
        var cursor = 0
        while cursor &+ ByteBlock.size <= count {
            let word = ByteBlock(at: base + cursor).word
            highest |= word
            nonZero &= ByteBlock.nonZero(word)
            cursor &+= ByteBlock.size
        }
        return highest & 0x8080_8080_8080_8080 == 0 && ~nonZero & 0x8080_8080_8080_8080 == 0
    }
}
