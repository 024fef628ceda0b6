// SPDX-License-Identifier: Apache-2.0
import Messaging
import TestSupport
import Testing

@Suite struct TextMeasureTests {
    @Test(arguments: [
        ("", TextEncoding.gsm7, 0, 1), ("Hello", .gsm7, 5, 1), ("café € {x}", .gsm7, 13, 1),
        (String(repeating: "a", count: 160), .gsm7, 160, 1),
        (String(repeating: "a", count: 161), .gsm7, 161, 2),
        (String(repeating: "a", count: 306), .gsm7, 306, 2),
        (String(repeating: "a", count: 307), .gsm7, 307, 3),
        (String(repeating: "€", count: 80), .gsm7, 160, 1),
        (String(repeating: "€", count: 81), .gsm7, 162, 2),
        // 153 is odd: the escape of a character never ends a part.
        (String(repeating: "€", count: 152), .gsm7, 304, 2),
        (String(repeating: "€", count: 153), .gsm7, 306, 3),
        ("ç", .ucs2, 1, 1), ("Ç", .gsm7, 1, 1), ("Привет", .ucs2, 6, 1),
        (String(repeating: "я", count: 70), .ucs2, 70, 1),
        (String(repeating: "я", count: 71), .ucs2, 71, 2),
        (String(repeating: "я", count: 134), .ucs2, 134, 2),
        (String(repeating: "я", count: 135), .ucs2, 135, 3),
        (String(repeating: "😀", count: 35), .ucs2, 70, 1),
        (String(repeating: "😀", count: 36), .ucs2, 72, 2),
        // 67 is odd: a character outside of the basic plane is not cut in two.
        (String(repeating: "😀", count: 66), .ucs2, 132, 2),
        (String(repeating: "😀", count: 67), .ucs2, 134, 3),
        // An accent of its own is not in the alphabet.
        ("e\u{301}", .ucs2, 2, 1),
    ])
    func `a text has an encoding, units and parts`(
        _ text: String,
        _ encoding: TextEncoding,
        _ units: Int,
        _ parts: Int
    ) {
        let measure = TextMeasure(text)
        #expect(measure.encoding == encoding)
        #expect(measure.units == units && measure.parts == parts)
        #expect(measure.fits(isMultipart: false) == (parts == 1))
    }

    @Test func `more parts than a header counts do not leave`() {
        let full = TextMeasure(String(repeating: "a", count: 153 * 255))
        #expect(full.parts == 255 && full.fits(isMultipart: true))
        let over = TextMeasure(String(repeating: "a", count: 153 * 255 + 1))
        #expect(over.parts == 256 && !over.fits(isMultipart: true))
    }

    @Test func `what is coded in the alphabet is decoded to the same`() throws {
        let alphabet = (0...UInt8(127)).compactMap { code in
            code == GSMAlphabet.escape ? nil : GSMAlphabet.decode([code])
        }
        #expect(alphabet.count == 127 && Set(alphabet).count == 127)
        let extended = (0...UInt8(127)).compactMap { GSMAlphabet.decode([GSMAlphabet.escape, $0]) }
        #expect(extended.count == 10)
        let letters = alphabet + extended
        let randomness = SeededRandomness()
        for _ in 0..<500 {
            let count = Int(randomness.next() % 300)
            let text = (0..<count).map { _ in letters[Int(randomness.next() % 137)] }.joined()
            let septets = try #require(GSMAlphabet.encode(text))
            #expect(GSMAlphabet.decode(septets) == text)
            #expect(septets.count == TextMeasure(text).units)
            #expect(TextMeasure(text).encoding == .gsm7)
            #expect(GSMAlphabet.encode(text + "я") == nil)
        }
        #expect(GSMAlphabet.decode([0x80]) == nil && GSMAlphabet.decode([0x1B]) == nil)
        #expect(GSMAlphabet.decode([0x1B, 0x00]) == nil)
    }
}
