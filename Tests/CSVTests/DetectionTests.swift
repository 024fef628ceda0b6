// SPDX-License-Identifier: Apache-2.0
import CSV
import Testing

struct Sample: Sendable, CustomTestStringConvertibleByName {
    var name: String
    var bytes: [UInt8]
    var dialect: CSVDialect
    var isWholeFile = false

    init(_ name: String, _ bytes: [UInt8], _ dialect: CSVDialect, isWholeFile: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.dialect = dialect
        self.isWholeFile = isWholeFile
    }

    init(_ name: String, _ text: String, _ dialect: CSVDialect) {
        self.init(name, Array(text.utf8), dialect)
    }

    static let all: [Sample] = delimiters + encodings

    static let delimiters: [Sample] = [
        Sample("comma", "a,b,c\n1,2,3\n", CSVDialect(delimiter: .comma)),
        Sample("semicolon", "a;b;c\n1;2;3\n", CSVDialect(delimiter: .semicolon)),
        Sample("tab", "a\tb\tc\n1\t2\t3\n", CSVDialect(delimiter: .tab)),
        Sample("pipe", "a|b|c\n1|2|3\n", CSVDialect(delimiter: .pipe)),
        Sample("header only", "a;b;c", CSVDialect(delimiter: .semicolon)),
        Sample("one column", "name\nx\ny\n", CSVDialect()),
        Sample("empty file", "", CSVDialect()),
        Sample("only empty lines", "\n\n\r\n", CSVDialect()),
        Sample("decimal commas", "a;b\n1,5;2,5\n3,0;4\n", CSVDialect(delimiter: .semicolon)),
        Sample(
            "delimiter in quotes",
            "\"a,x,y,z\";b\n\"c,d,e,f\";1\n",
            CSVDialect(delimiter: .semicolon)
        ),
        Sample(
            "comma in the header only",
            "name, first;age;city\nx;1;y\nz;2;t\n",
            CSVDialect(delimiter: .semicolon)
        ),
        Sample(
            "a ragged row",
            "a;b;c;d\n1;2;3;4\n1;2\n1;2;3;4\n",
            CSVDialect(delimiter: .semicolon)
        ),
        Sample("sample cut in a record", "a|b|c\n1|2|3\n4|", CSVDialect(delimiter: .pipe)),
        Sample("CR line ends", "a;b\r1;2\r", CSVDialect(delimiter: .semicolon)),
        Sample("lines in quotes", "a\tb\n\"x,\ny,\n\"\t2\n", CSVDialect(delimiter: .tab)),
        Sample(
            "apostrophes as quotes",
            "'a';'b'\n'x;y';'2'\n",
            CSVDialect(delimiter: .semicolon, quote: 0x27)
        ),
        Sample("apostrophes in names", "'t,b\n'x,2\n", CSVDialect()),
    ]

    static let encodings: [Sample] = [
        Sample(
            "UTF-8 mark",
            [0xEF, 0xBB, 0xBF] + Array("a;b\n".utf8),
            CSVDialect(delimiter: .semicolon)
        ),
        Sample("UTF-8", "é;b\nü;2\n", CSVDialect(delimiter: .semicolon)),
        Sample("UTF-8 cut in a character", [0x61, 0x2C, 0x62, 0x0A, 0xE2, 0x82], CSVDialect()),
        Sample(
            "one stray byte in UTF-8",
            Array("é,è\nü,ö\n".utf8) + [0xE9, 0x2C, 0x61, 0x0A],
            CSVDialect()
        ),
        Sample(
            "UTF-16 LE mark",
            [0xFF, 0xFE] + "a;b\n".littleEndian,
            CSVDialect(delimiter: .semicolon, encoding: .utf16LittleEndian)
        ),
        Sample(
            "UTF-16 BE mark",
            [0xFE, 0xFF] + "a|b\n".bigEndian,
            CSVDialect(delimiter: .pipe, encoding: .utf16BigEndian)
        ),
        Sample(
            "UTF-16 LE",
            "a\tb\n1\t2\n".littleEndian,
            CSVDialect(delimiter: .tab, encoding: .utf16LittleEndian)
        ),
        Sample("UTF-16 BE", "a,b\n1,é\n".bigEndian, CSVDialect(encoding: .utf16BigEndian)),
        Sample(
            "UTF-16 LE cut in a unit",
            "a;b\n".littleEndian + [0x31],
            CSVDialect(delimiter: .semicolon, encoding: .utf16LittleEndian)
        ),
        Sample("a NUL does not make UTF-16", "h\na\0b\nc\n", CSVDialect()),
        Sample(
            "Windows-1252",
            [0x61, 0x3B, 0x80, 0x0A, 0xE9, 0x3B, 0x62, 0x0A],
            CSVDialect(delimiter: .semicolon, encoding: .windows1252)
        ),
        Sample(
            "Windows-1252 with its accent last",
            [0x61, 0x2C, 0x62, 0x0A, 0x63, 0x2C, 0xE9],
            CSVDialect(encoding: .windows1252),
            isWholeFile: true
        ),
    ]
}

struct DetectionTests {
    @Test(arguments: Sample.all)
    func `the dialect of a sample is found`(sample: Sample) {
        #expect(
            CSVDialect.detect(sample: sample.bytes, isWholeFile: sample.isWholeFile)
                == sample.dialect
        )
    }

    @Test func `a large sample is looked at in part`() {
        let rows = String(repeating: "1;2,5\n", count: 200_000)
        let dialect = CSVDialect.detect(sample: Array("a;b\n\(rows)".utf8), isWholeFile: true)
        #expect(dialect == CSVDialect(delimiter: .semicolon))
    }
}
