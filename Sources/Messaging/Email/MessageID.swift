// SPDX-License-Identifier: Apache-2.0

/// The Message-ID of a mail (RFC 5322 section 3.6.4), without its angle brackets.
///
/// It names the interaction, the file in the outbox, and fixes the MIME boundary. So its
/// characters are those that are safe in all three: ASCII letters, digits, `.`, `_`, `+`, `=` and `-`
/// on both sides of one `@`, not starting with a dot, at most 200 bytes.
public struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier, `left@right`.
    public let text: String

    /// Makes an identifier; nil when the text breaks the rule.
    public init?(_ text: String) {
        let sides = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 200, sides.count == 2, sides.allSatisfy(Self.isSide) else {
            return nil
        }
        self.text = text
    }

    /// The identifier.
    public var description: String { text }

    private static func isSide(_ side: Substring.UTF8View) -> Bool {
        guard let first = side.first, first != UInt8(ascii: "."), side.last != UInt8(ascii: ".")
        else { return false }
        return side.allSatisfy { byte in
            byte.isASCIILetterOrDigit || Array("._+=-".utf8).contains(byte)
        }
    }
}
