// SPDX-License-Identifier: Apache-2.0
import CSV

/// An input that has broken CSV readers, and what must come of it.
struct HardInput: Sendable, CustomTestStringConvertibleByName {
    var name: String
    var bytes: [UInt8]
    var dialect = CSVDialect()
    var limit = CSVReader.defaultMaximumRecordLength
    var fields: [[String]]
    /// Line of each record; nil: 1, 2, 3 and so on.
    var lines: [Int]?
    /// Problems by the record's place.
    var problems: [Int: CSVProblem] = [:]
    var emptyLines = 0

    init(
        _ name: String,
        _ bytes: [UInt8],
        _ fields: [[String]],
        lines: [Int]? = nil,
        problems: [Int: CSVProblem] = [:],
        emptyLines: Int = 0,
        dialect: CSVDialect = CSVDialect(),
        limit: Int = CSVReader.defaultMaximumRecordLength,
    ) {
        self.name = name
        self.bytes = bytes
        self.fields = fields
        self.lines = lines
        self.problems = problems
        self.emptyLines = emptyLines
        self.dialect = dialect
        self.limit = limit
    }

    init(
        _ name: String,
        _ text: String,
        _ fields: [[String]],
        lines: [Int]? = nil,
        problems: [Int: CSVProblem] = [:],
        emptyLines: Int = 0,
        dialect: CSVDialect = CSVDialect(),
        limit: Int = CSVReader.defaultMaximumRecordLength,
    ) {
        self.init(
            name,
            Array(text.utf8),
            fields,
            lines: lines,
            problems: problems,
            emptyLines: emptyLines,
            dialect: dialect,
            limit: limit
        )
    }
}

extension HardInput {
    static let all = plain + lineEnds + quotes + damaged + unicode + otherEncodings + long

    static let plain: [HardInput] = [
        HardInput("empty file", "", []),
        HardInput("header only", "a,b,c\n", [["a", "b", "c"]]),
        HardInput("header only, no line end", "a,b,c", [["a", "b", "c"]]),
        HardInput("one character", "a", [["a"]]),
        HardInput("one delimiter", ",", [["", ""]]),
        HardInput("delimiters only", ",,,\n", [["", "", "", ""]]),
        HardInput("delimiter last in the file", "a,", [["a", ""]]),
        HardInput("delimiter last in the line", "a,\nb,\n", [["a", ""], ["b", ""]]),
        HardInput("delimiter first", ",a\n", [["", "a"]]),
        HardInput("spaces are kept", " a , b \n", [[" a ", " b "]]),
        HardInput("a line of spaces is a record", "  \n", [["  "]]),
        HardInput("ragged rows", "a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]),
        HardInput("exactly eight bytes", "abc,def\n", [["abc", "def"]]),
        HardInput("fields of eight bytes", "abcdefgh,ijklmnop\n", [["abcdefgh", "ijklmnop"]]),
        HardInput(
            "semicolons",
            "a;b,c;d\n",
            [["a", "b,c", "d"]],
            dialect: CSVDialect(delimiter: .semicolon)
        ),
        HardInput("tabs", "a\tb\t\n", [["a", "b", ""]], dialect: CSVDialect(delimiter: .tab)),
        HardInput("pipes", "a|b|c", [["a", "b", "c"]], dialect: CSVDialect(delimiter: .pipe)),
    ]

    static let lineEnds: [HardInput] = [
        HardInput("LF", "a\nb\n", [["a"], ["b"]]),
        HardInput("CRLF", "a\r\nb\r\n", [["a"], ["b"]]),
        HardInput("lone CR", "a\rb\r", [["a"], ["b"]]),
        HardInput("mixed line ends", "a\r\nb\nc\rd", [["a"], ["b"], ["c"], ["d"]]),
        HardInput(
            "LF CR is two line ends",
            "a\n\rb\n",
            [["a"], ["b"]],
            lines: [1, 3],
            emptyLines: 1
        ),
        HardInput("CR CR LF", "a\r\r\nb", [["a"], ["b"]], lines: [1, 3], emptyLines: 1),
        HardInput("no last line end", "a,b\n1,2", [["a", "b"], ["1", "2"]]),
        HardInput(
            "empty lines between",
            "a\n\n\nb\n",
            [["a"], ["b"]],
            lines: [1, 4],
            emptyLines: 2
        ),
        HardInput("empty lines first", "\n\r\na\n", [["a"]], lines: [3], emptyLines: 2),
        HardInput("empty lines last", "a\n\n\r\n\r", [["a"]], emptyLines: 3),
        HardInput("only empty lines", "\n\n\r\n", [], emptyLines: 3),
        HardInput("only a CR", "\r", [], emptyLines: 1),
        HardInput("only a LF", "\n", [], emptyLines: 1),
    ]

    static let quotes: [HardInput] = [
        HardInput("quoted fields", "\"a\",\"b\"\n", [["a", "b"]]),
        HardInput("quoted delimiter", "\"a,b\",c\n", [["a,b", "c"]]),
        HardInput("doubled quote", "\"a\"\"b\",c\n", [["a\"b", "c"]]),
        HardInput("only a doubled quote", "\"\"\"\"\n", [["\""]]),
        HardInput("many doubled quotes", "\"\"\"\"\"\"\"\",x", [["\"\"\"", "x"]]),
        HardInput("doubled quotes at both ends", "\"\"\"a\"\"\"", [["\"a\""]]),
        HardInput("empty quoted field", "\"\"\n", [[""]]),
        HardInput("empty quoted fields", "\"\",\"\"", [["", ""]]),
        HardInput("quoted then empty", "\"a\",\n", [["a", ""]]),
        HardInput(
            "LF in quotes",
            "\"a\nb\",c\nd,e\n",
            [["a\nb", "c"], ["d", "e"]],
            lines: [1, 3]
        ),
        HardInput("CRLF in quotes", "\"a\r\nb\"\r\nc\r\n", [["a\r\nb"], ["c"]], lines: [1, 3]),
        HardInput("CR in quotes", "\"a\rb\"\rc", [["a\rb"], ["c"]], lines: [1, 3]),
        HardInput("empty lines in quotes", "\"\n\n\"\nb", [["\n\n"], ["b"]], lines: [1, 4]),
        HardInput("CR last in quotes, LF after", "\"a\r\"\nb", [["a\r"], ["b"]], lines: [1, 3]),
        HardInput("quote inside an unquoted field", "a\"b\"c,d\"\n", [["a\"b\"c", "d\""]]),
        HardInput("quote after a space", " \"a\",b\n", [[" \"a\"", "b"]]),
        HardInput("inches", "5\" pipe,6\"\n7,8\n", [["5\" pipe", "6\""], ["7", "8"]]),
        HardInput(
            "apostrophe as quote",
            "'a,''b',\"c\n",
            [["a,'b", "\"c"]],
            dialect: CSVDialect(quote: 0x27)
        ),
        HardInput(
            "quoted and unquoted alike",
            "a,\"b\",c,\"d\"\n\"e\",f,\"g\",h\n",
            [["a", "b", "c", "d"], ["e", "f", "g", "h"]]
        ),
    ]

    static let damaged: [HardInput] = [
        HardInput(
            "quote never closed",
            "a,b\n1,\"2\n3,4\n",
            [["a", "b"], ["1", "\"2\n3,4\n"]],
            problems: [1: .unterminatedQuote(field: 1)]
        ),
        HardInput("only a quote", "\"", [["\""]], problems: [0: .unterminatedQuote(field: 0)]),
        HardInput(
            "three quotes",
            "\"\"\"",
            [["\"\"\""]],
            problems: [0: .unterminatedQuote(field: 0)]
        ),
        HardInput(
            "text after a closing quote",
            "\"a\"b,c\nd,e\n",
            [["\"a\"b", "c"], ["d", "e"]],
            problems: [0: .textAfterClosingQuote(field: 0)]
        ),
        HardInput(
            "space after a closing quote",
            "x,\"a\" ,c\n",
            [["x", "\"a\" ", "c"]],
            problems: [0: .textAfterClosingQuote(field: 1)]
        ),
        HardInput(
            "doubled quote, then text after closing",
            "\"a\"\"b\"c,\"d\"\"\"\n",
            [["\"a\"\"b\"c", "d\""]],
            problems: [0: .textAfterClosingQuote(field: 0)]
        ),
        HardInput(
            "NUL",
            "a,b\0c\nd\n",
            [["a", "b\0c"], ["d"]],
            problems: [0: .nulByte(field: 1)]
        ),
        HardInput("NUL alone", "\0", [["\0"]], problems: [0: .nulByte(field: 0)]),
        HardInput(
            "NUL in a quoted field",
            "\"x\0\"\"\",y\n",
            [["x\0\"", "y"]],
            problems: [0: .nulByte(field: 0)]
        ),
        HardInput(
            "a record at the limit",
            "abcdef\nabc\n",
            [["abcdef"], ["abc"]],
            limit: 6
        ),
        HardInput(
            "a record over the limit",
            "a,bcdef\nabc\n",
            [[], ["abc"]],
            problems: [0: .tooLong(limit: 6)],
            limit: 6
        ),
        HardInput(
            "over the limit at the end of the file",
            "ab\nabcdefghij",
            [["ab"], []],
            problems: [1: .tooLong(limit: 6)],
            limit: 6
        ),
        HardInput(
            "over the limit with line ends in quotes",
            "\"a\r\nb\n\n\"\"\n\",c\nd\n",
            [[], ["d"]],
            lines: [1, 6],
            problems: [0: .tooLong(limit: 4)],
            limit: 4
        ),
        HardInput(
            "over the limit and never closed",
            "a\n\"bcdef\ng\nh\n",
            [["a"], []],
            problems: [1: .tooLong(limit: 5)],
            limit: 5
        ),
        HardInput(
            "character cut by the limit",
            "ééé\nb",
            [[], ["b"]],
            problems: [0: .tooLong(limit: 5)],
            limit: 5
        ),
    ]
}

/// Shows only the name where a test lists its arguments.
protocol CustomTestStringConvertibleByName: CustomStringConvertible {
    var name: String { get }
}

extension CustomTestStringConvertibleByName {
    var description: String { name }
}
