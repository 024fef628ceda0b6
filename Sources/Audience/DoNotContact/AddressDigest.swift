// SPDX-License-Identifier: Apache-2.0
internal import Crypto

/// What is kept of an address that must not be contacted once its person was erased: SHA-256 as
/// `sha256:` and hexadecimal digits (FIPS 180-4).
public enum AddressDigest {
    /// What all digests begin with.
    static let prefix = "sha256:"

    /// The digest of an address.
    public static func text(of address: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array(prefix.utf8)
        text.reserveCapacity(text.count + 2 * SHA256.byteCount)
        for byte in digest(address) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first 64 bits of an address's digest.
    static func head(of address: String) -> UInt64 {
        digest(address).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The first 64 bits of a digest by its text; nil when it is none.
    static func head(ofText text: String) -> UInt64? {
        guard text.hasPrefix(prefix) else { return nil }
        return UInt64(text.dropFirst(prefix.count).prefix(16), radix: 16)
    }

    private static func digest(_ address: String) -> SHA256.Digest {
        var address = address
        return address.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
    }
}
