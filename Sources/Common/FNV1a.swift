// SPDX-License-Identifier: Apache-2.0

/// The 64-bit hash FNV-1a, by Fowler, Noll and Vo: the same for the same bytes on every machine and in every version.
///
/// Pure. It guards against mistakes, not against an adversary.
public enum FNV1a {
    /// The hash of some bytes.
    @inlinable
    public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
}
