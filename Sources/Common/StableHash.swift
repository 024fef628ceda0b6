// SPDX-License-Identifier: Apache-2.0

/// A number that is the same for the same text on every machine and in every version.
///
/// FNV-1a with a final mix, so that neighbouring ids spread evenly. It guards nothing.
public enum StableHash {
    /// The number for the bytes of a text.
    public static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { mixed(FNV1a.hash($0)) }
    }

    /// The number for a text in lower case; nil when it has other characters than visible ones of
    /// ASCII, whose lower case is not a matter of bytes.
    public static func ofLowercasedASCII(_ text: String) -> UInt64? {
        var text = text
        return text.withUTF8 { bytes in
            var hash = FNV1a()
            for byte in bytes {
                guard (0x21...0x7E).contains(byte) else { return nil }
                hash.add((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
            return mixed(hash.value)
        }
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}
