// SPDX-License-Identifier: Apache-2.0
import CSV
import Testing

struct FuzzTests {
    /// Bytes that mean something in one of the encodings, or nearly.
    static let alphabet: [UInt8] =
        Array(",;\t|\"\"\"'\r\n\r\n a1=".utf8) + [
            0x00, 0x00, 0x80, 0x81, 0xA9, 0xBB, 0xBF, 0xC3, 0xD8, 0xDC, 0xE2, 0x82, 0xAC, 0xED,
            0xA0,
            0xEF, 0xF0, 0x9F, 0xFE, 0xFF,
        ]

    @Test(arguments: 0..<8)
    func `random inputs never crash and read the same however they are cut`(seed: Int) {
        var randomness = SeededRandomness(state: UInt64(seed))
        for _ in 0..<2_500 {
            let bytes = Self.bytes(upTo: 48, &randomness)
            let dialect = Self.dialect(&randomness)
            let limit =
                Bool.random(using: &randomness) ? 1_000 : Int.random(in: 1...12, using: &randomness)
            let whole = Reading(bytes, dialect, limit: limit)
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &randomness) }
            for places in [cuts.sorted(), Array(0..<bytes.count)] {
                let reading = Reading(bytes, dialect, limit: limit, cuts: places)
                if reading != whole { Issue.record("\(bytes) \(dialect) \(limit) \(places)") }
            }
        }
    }

    @Test(arguments: 100..<104)
    func `random text reads as a plain reference reader reads it`(seed: Int) {
        var randomness = SeededRandomness(state: UInt64(seed))
        let alphabet = Array(",,\"\"\"\r\n\nabcdefghé".unicodeScalars)
        for _ in 0..<2_500 {
            let length = Int.random(in: 0...60, using: &randomness)
            var text = String.UnicodeScalarView()
            for _ in 0..<length {
                text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &randomness)])
            }
            let bytes = Array(String(text).utf8)
            let reading = Reading(bytes, CSVDialect())
            let expected = ReferenceReader.read(bytes)
            if reading.rows.map(\.fields) != expected {
                Issue.record("\(String(text).debugDescription)")
            }
        }
    }

    @Test func `detection takes any sample`() {
        var randomness = SeededRandomness(state: 7)
        for _ in 0..<3_000 {
            let bytes = Self.bytes(upTo: 64, &randomness)
            let dialect = CSVDialect.detect(
                sample: bytes,
                isWholeFile: Bool.random(using: &randomness)
            )
            #expect([0x22, 0x27].contains(dialect.quote))
        }
    }

    private static func bytes(upTo limit: Int, _ randomness: inout SeededRandomness) -> [UInt8] {
        (0..<Int.random(in: 0...limit, using: &randomness)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &randomness)]
        }
    }

    private static func dialect(_ randomness: inout SeededRandomness) -> CSVDialect {
        CSVDialect(
            delimiter: CSVDialect.Delimiter.allCases.randomElement(using: &randomness) ?? .comma,
            quote: Bool.random(using: &randomness) ? 0x22 : 0x27,
            encoding: CSVDialect.Encoding.allCases.randomElement(using: &randomness) ?? .utf8
        )
    }
}

/// RFC 4180 byte by byte, without any regard for speed.
enum ReferenceReader {
    static func read(_ bytes: [UInt8]) -> [[String]] {
        var rest = bytes[...]
        var rows: [[String]] = []
        while let byte = rest.first {
            if byte == 0x0A || byte == 0x0D {
                rest.removeFirst()
            } else {
                rows.append(record(&rest))
            }
        }
        return rows
    }

    private static func record(_ rest: inout ArraySlice<UInt8>) -> [String] {
        var fields: [String] = []
        while true {
            fields.append(String(decoding: field(&rest), as: UTF8.self))
            guard rest.first == 0x2C else { return fields }
            rest.removeFirst()
        }
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let source = rest
        guard rest.first == 0x22 else { return unquoted(&rest) }
        rest.removeFirst()
        var content: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == 0x22 else {
                content.append(byte)
                continue
            }
            guard rest.first == 0x22 else {
                if rest.first.map({ [0x2C, 0x0A, 0x0D].contains($0) }) ?? true { return content }
                _ = unquoted(&rest)
                return Array(source[..<rest.startIndex])
            }
            rest.removeFirst()
            content.append(byte)
        }
        return Array(source)
    }

    private static func unquoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let field = rest.prefix { ![0x2C, 0x0A, 0x0D].contains($0) }
        rest = rest[field.endIndex...]
        return Array(field)
    }
}
