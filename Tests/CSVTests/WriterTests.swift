// SPDX-License-Identifier: Apache-2.0
import CSV
import Testing

struct WriterTests {
    static let records: [([String], String)] = [
        (["a", "b"], "a;b\n"),
        (["a;b", "c"], "\"a;b\";c\n"),
        (["a,b", "c\td"], "a,b;c\td\n"),
        (["a\"b"], "\"a\"\"b\"\n"),
        (["a\nb", "c\rd"], "\"a\nb\";\"c\rd\"\n"),
        ([" a ", "'b"], " a ;'b\n"),
        ([""], "\"\"\n"),
        (["", ""], ";\n"),
        (["\"\"", "é€😀"], "\"\"\"\"\"\";é€😀\n"),
        (["abcdefghijklmnop;"], "\"abcdefghijklmnop;\"\n"),
        (["\u{FEFF}a"], "\"\u{FEFF}a\"\n"),
        ([], ""),
    ]

    @Test(arguments: records)
    func `a record is quoted only where needed`(fields: [String], line: String) {
        var writer = CSVWriter(delimiter: .semicolon)
        for field in fields { writer.append(field) }
        writer.endRecord()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == line)
    }

    static let cells: [(String, String)] = [
        ("=1+1", "'=1+1"), ("+a", "'+a"), ("-a", "'-a"), ("@x", "'@x"), ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("a=1", "a=1"), (" =1", " =1"),
        ("-12", "-12"), ("+33612345678", "+33612345678"), ("-0.5", "-0.5"), ("-", "'-"),
        ("+", "'+"), ("-1.", "'-1."), ("-.5", "'-.5"), ("-1.2.3", "'-1.2.3"), ("-1+1", "'-1+1"),
        ("+33 6", "'+33 6"), ("12", "12"), ("", "\"\""),
    ]

    @Test(arguments: cells)
    func `a cell that a spreadsheet would run is neutralized`(cell: String, written: String) {
        var writer = CSVWriter(neutralizesFormulas: true)
        writer.append(cell)
        writer.endRecord()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == written + "\n")
    }

    @Test func `formulas are left alone unless asked`() {
        var writer = CSVWriter()
        writer.append("=1+1")
        writer.append(UnsafeBufferPointer(start: nil, count: 0))
        writer.endRecord()
        #expect(writer.bytes == Array("=1+1;\n".utf8))
    }

    @Test(arguments: [0, 7, -7, 1_234_567_890, Int64.max, Int64.min])
    func `a whole number is written in decimal digits`(number: Int64) {
        var writer = CSVWriter(neutralizesFormulas: true)
        writer.append("n" as StaticString)
        writer.append(number)
        writer.appendEmpty()
        writer.endRecord()
        #expect(writer.bytes == Array("n;\(number);\n".utf8))
    }

    @Test func `what was handed on is not written again`() {
        var writer = CSVWriter(delimiter: .tab)
        writer.append(Array("a".utf8))
        writer.endRecord()
        writer.removeAll()
        writer.appendEmpty()
        writer.endRecord()
        writer.append("b")
        writer.append("c")
        writer.endRecord()
        #expect(writer.bytes == Array("\"\"\nb\tc\n".utf8))
    }

    @Test func `what is handed over is gone from the writer, which goes on`() {
        var writer = CSVWriter()
        writer.append("a")
        writer.endRecord()
        #expect(writer.take() == Array("a\n".utf8))
        #expect(writer.bytes == [])
        writer.append("")
        writer.endRecord()
        #expect(writer.take() == Array("\"\"\n".utf8))
    }

    @Test(arguments: CSVDialect.Delimiter.allCases)
    func `what is written is read back the same`(delimiter: CSVDialect.Delimiter) {
        var randomness = SeededRandomness(state: UInt64(delimiter.rawValue))
        let alphabet = Array(",;\t|\"'\r\n \u{FEFF}abcdé€😀".unicodeScalars)
        var writer = CSVWriter(delimiter: delimiter)
        var records: [[String]] = []
        for _ in 0..<3_000 {
            var fields: [String] = []
            for _ in 0..<Int.random(in: 1...5, using: &randomness) {
                var text = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 0...12, using: &randomness) {
                    text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &randomness)])
                }
                fields.append(String(text))
                writer.append(String(text))
            }
            writer.endRecord()
            records.append(fields)
        }
        let reading = Reading(writer.bytes, CSVDialect(delimiter: delimiter))
        #expect(reading.rows.map(\.fields) == records)
        #expect(reading.rows.allSatisfy { $0.problem == nil })
        #expect(reading.emptyLines == 0)
    }
}
