// SPDX-License-Identifier: Apache-2.0

/// A number that is the same for the same bytes on every machine and in every version.
///
/// 64-bit FNV-1a with a final mix, so that neighbouring ids spread evenly. It guards nothing.
public struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// A hash of no bytes yet.
    public init() {}

    /// Adds a byte.
    public mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    /// Adds bytes.
    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { add(byte) }
    }

    /// The number for what was added.
    public var value: UInt64 {
        var hash = state
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    /// The number for the bytes of a text.
    public static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            var hash = StableHash()
            for byte in bytes { hash.add(byte) }
            return hash.value
        }
    }

    /// The number for a text in lower case; nil when it has other characters than visible ones of
    /// ASCII, whose lower case is not a matter of bytes.
    public static func ofLowercasedASCII(_ text: String) -> UInt64? {
        var text = text
        return text.withUTF8 { bytes in
            var hash = StableHash()
            for byte in bytes {
                guard (0x21...0x7E).contains(byte) else { return nil }
                hash.add((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
            return hash.value
        }
    }
}
