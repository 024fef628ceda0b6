// SPDX-License-Identifier: Apache-2.0

/// Names of signing domains and of their keys.
///
/// Pure.
public enum DKIMNames {
    /// A domain in lower case; nil for a text that is none.
    public static func domain(_ text: String) -> String? {
        EmailAddress("a@\(text)")?.domain
    }

    /// A selector in lower case: letters, digits and inner hyphens, at most 63.
    public static func selector(_ text: String) -> String? {
        let bytes = text.utf8.map(\.lowercasedASCII)
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"),
            bytes.last != UInt8(ascii: "-"),
            bytes.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a domain may answer for a sender's: the same, or one above it (RFC 7489 section 3.1).
    public static func answers(_ domain: String, for sender: String) -> Bool {
        sender == domain || sender.hasSuffix(".\(domain)")
    }
}
