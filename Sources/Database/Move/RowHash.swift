// SPDX-License-Identifier: Apache-2.0
internal import Common

/// A 64-bit hash of one row by its columns' declared types, the same on every engine.
///
/// The sum over all rows does not depend on their order. It guards against mistakes, not against
/// an adversary.
struct RowHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 29
    }

    mutating func mixNull() { mix(0x6e75_6c6c as UInt64) }

    mutating func mix(_ bytes: UnsafeRawBufferPointer) {
        let length = UInt64(bytes.count) &+ 1
        mix(length)
        let whole = bytes.count & ~7
        for offset in stride(from: 0, to: whole, by: 8) {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            mix(UInt64(littleEndian: word))
        }
        var rest: UInt64 = 0
        for byte in bytes[whole...] { rest = rest << 8 | UInt64(byte) }
        mix(rest)
    }

    /// SQLite keeps no negative zero (sqlite.org/floatingpoint.html).
    mutating func mix(_ double: Double) {
        let bits: UInt64 = double == 0 ? 0 : double.bitPattern
        mix(bits)
    }
}
