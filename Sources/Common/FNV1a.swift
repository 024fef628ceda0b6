// SPDX-License-Identifier: Apache-2.0

/// The 64-bit hash FNV-1a, by Fowler, Noll and Vo: the same for the same bytes on every machine.
///
/// It guards against mistakes, not against an adversary.
public struct FNV1a {
    /// The hash of what was added.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of no bytes.
    public init() {}

    /// Adds a byte.
    public mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    /// The hash of some bytes.
    public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = FNV1a()
        for byte in bytes { hash.add(byte) }
        return hash.value
    }
}
