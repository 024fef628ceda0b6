// SPDX-License-Identifier: Apache-2.0

/// An e-mail address whose syntax was checked.
///
/// The rule (RFC 5321 section 4.5.3.1, RFC 5322 section 3.4.1), stricter where real mailboxes are:
/// - at most 254 bytes, local part 1 to 64, domain at most 253, each label 1 to 63;
/// - the local part is a dot-atom in ASCII; quoted local parts and UTF-8 are refused;
/// - the domain has at least two labels of ASCII letters, digits and inner hyphens, and the last
///   one is not all digits; internationalised domains are accepted in their `xn--` form only;
/// - address literals, comments, and white space anywhere are refused: nothing is trimmed.
///
/// The text is kept as it was given; two addresses are equal when their bytes are.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// The whole address.
    public let text: String
    private let localLength: Int

    /// Makes an address; nil when the text breaks the rule.
    public init?(_ text: String) {
        var text = text
        guard let at = text.withUTF8({ Self.positionOfAt(in: $0) }) else { return nil }
        self.text = text
        localLength = at
    }

    /// The part before the `@`.
    public var localPart: String { String(decoding: text.utf8.prefix(localLength), as: UTF8.self) }

    /// The part after the `@`, in lower case.
    public var domain: String {
        let bytes = text.utf8.dropFirst(localLength + 1).map(\.lowercasedASCII)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The whole address.
    public var description: String { text }

    /// The address with a tag behind a plus sign in its local part; nil when it gets too long.
    public func tagged(_ tag: String) -> EmailAddress? {
        EmailAddress("\(localPart)+\(tag)@\(domain)")
    }

    /// Tells whether a text is an address, without keeping it.
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { positionOfAt(in: $0) != nil }
    }

    private static func positionOfAt(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")),
            isLocalPart(bytes[..<at]), isDomain(bytes[(at + 1)...])
        else { return nil }
        return at
    }

    private static func isLocalPart(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard (1...64).contains(bytes.count) else { return false }
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard previous != UInt8(ascii: ".") else { return false }
            } else {
                guard isAtomCharacter(byte) else { return false }
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    /// Tells whether a byte is `atext` (RFC 5322 section 3.2.3).
    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        if byte.isASCIILetterOrDigit { return true }
        return switch byte {
        case UInt8(ascii: "!"), 0x23...0x27, UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
            0x5E...0x60, 0x7B...0x7E:
            true
        default:
            false
        }
    }

    private static func isDomain(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard (3...253).contains(bytes.count) else { return false }
        var labels = 1
        var start = bytes.startIndex
        for index in bytes.indices where bytes[index] == UInt8(ascii: ".") {
            guard isLabel(bytes[start..<index]) else { return false }
            start = index + 1
            labels += 1
        }
        let last = bytes[start...]
        return labels > 1 && isLabel(last) && last.contains { !$0.isASCIIDigit }
    }

    private static func isLabel(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"),
            bytes.last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
    }
}
