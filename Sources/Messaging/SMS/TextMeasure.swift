// SPDX-License-Identifier: Apache-2.0

/// How a text message is coded (3GPP TS 23.038, 4).
public enum TextEncoding: String, Sendable, Codable, CaseIterable {
    /// The GSM 7-bit default alphabet with its extension table.
    case gsm7
    /// UCS-2, in practice UTF-16.
    case ucs2

    /// The most units in a message of one part: 140 bytes.
    public var single: Int { self == .gsm7 ? 160 : 70 }

    /// The most units in each part of several: 140 bytes without the six of the header that says
    /// which part it is (3GPP TS 23.040, 9.2.3.24.1).
    public var concatenated: Int { self == .gsm7 ? 153 : 67 }
}

/// How long a text message is: what it costs and whether it may leave.
///
/// Pure. A character that takes two units is never cut in two, so that a part may have a unit free.
public struct TextMeasure: Sendable, Hashable {
    /// The most parts that a header can count.
    public static let largest = 255

    /// How it is coded: in GSM-7 when all of its characters can be.
    public let encoding: TextEncoding
    /// How many septets or UTF-16 units it has.
    public let units: Int
    /// How many parts it takes, at least 1.
    public let parts: Int

    /// Measures a text.
    public init(_ text: String) {
        let septets = text.unicodeScalars.map(GSMAlphabet.septets)
        let isPlain = septets.allSatisfy { $0 != nil }
        encoding = isPlain ? .gsm7 : .ucs2
        let widths =
            isPlain
            ? septets.compactMap(\.self)
            : text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 }
        units = widths.reduce(0, +)
        parts = TextMeasure.parts(widths, units, encoding)
    }

    /// Whether it can leave as it is, when it may have several parts, or one only.
    public func fits(isMultipart: Bool) -> Bool {
        parts <= (isMultipart ? TextMeasure.largest : 1)
    }

    private static func parts(_ widths: [Int], _ units: Int, _ encoding: TextEncoding) -> Int {
        guard units > encoding.single else { return 1 }
        var parts = 1
        var room = encoding.concatenated
        for width in widths {
            if width > room {
                parts += 1
                room = encoding.concatenated
            }
            room -= width
        }
        return parts
    }
}
