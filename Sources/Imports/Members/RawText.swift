// SPDX-License-Identifier: Apache-2.0
import Audience

/// A JSON string as it is written, between its quotes.
struct RawText {
    /// The bytes, with escapes as they are; borrowed.
    let bytes: Bytes
    /// Whether there are escapes.
    let isEscaped: Bool

    /// The string that it stands for; half a surrogate pair is U+FFFD.
    var string: String {
        isEscaped ? unescaped : String(decoding: bytes, as: UTF8.self)
    }

    private var unescaped: String {
        var units: [UInt8] = []
        units.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                units.append(byte)
                continue
            }
            if let plain = RawText.escapes[kind] {
                units.append(plain)
            } else {
                units.append(contentsOf: String(RawText.scalar(&rest)).utf8)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// The scalar of `\uXXXX`, whose `\u` was read, with the other half of a pair.
    private static func scalar(_ rest: inout Slice<Bytes>) -> Character {
        let first = unit(&rest)
        guard first >> 10 == 0x36 else { return character(first) }
        var next = rest
        guard next.popFirst() == UInt8(ascii: "\\"), next.popFirst() == UInt8(ascii: "u") else {
            return character(first)
        }
        let second = unit(&next)
        guard second >> 10 == 0x37 else { return character(first) }
        rest = next
        return character(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
    }

    private static func unit(_ rest: inout Slice<Bytes>) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = rest.popFirst().flatMap(hexadecimal) else { return 0xFFFD }
            value = value << 4 + digit
        }
        return value
    }

    private static func character(_ value: UInt32) -> Character {
        Character(Unicode.Scalar(value) ?? "\u{FFFD}")
    }

    static func hexadecimal(_ digit: UInt8) -> UInt32? {
        switch digit {
        case 48...57: UInt32(digit) - 48
        case 65...70: UInt32(digit) - 55
        case 97...102: UInt32(digit) - 87
        default: nil
        }
    }

    /// What follows a backslash, but for `u`, with what it stands for (RFC 8259, section 7).
    static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
        UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]
}
