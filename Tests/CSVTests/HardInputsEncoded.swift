// SPDX-License-Identifier: Apache-2.0
import CSV

extension HardInput {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let little = CSVDialect(encoding: .utf16LittleEndian)
    private static let big = CSVDialect(encoding: .utf16BigEndian)
    private static let windows = CSVDialect(encoding: .windows1252)
    private static let latin = CSVDialect(encoding: .iso8859_1)
    private static let replaced = "\u{FFFD}"

    static let unicode: [HardInput] = [
        HardInput("accents", "é,ü\nñ,ß\n", [["é", "ü"], ["ñ", "ß"]]),
        HardInput("four-byte characters", "😀,\"😀\"\"\"\n", [["😀", "😀\""]]),
        HardInput("mark", mark + Array("a,b\n".utf8), [["a", "b"]]),
        HardInput("mark and a quote", mark + Array("\"a,b\"\n".utf8), [["a,b"]]),
        HardInput("only a mark", mark, []),
        HardInput("mark and line end", mark + [0x0A], [], emptyLines: 1),
        HardInput("two marks", mark + mark + [0x61], [["\u{FEFF}a"]]),
        HardInput("mark later in the file", [0x61, 0x0A] + mark + [0x62], [["a"], ["\u{FEFF}b"]]),
        HardInput(
            "half a mark",
            [0xEF, 0xBB],
            [[replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "half a mark, then text",
            [0xEF, 0x61, 0x2C, 0x62],
            [[replaced + "a", "b"]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "stray continuation byte",
            [0x61, 0x2C, 0x80, 0x0A, 0x62],
            [["a", replaced], ["b"]],
            problems: [0: .invalidBytes(field: 1)]
        ),
        HardInput(
            "lead byte before a delimiter",
            [0xC3, 0x2C, 0x62, 0x0A],
            [[replaced, "b"]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "character cut by the end of the file",
            [0x61, 0xE2, 0x82],
            [["a" + replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "overlong slash",
            [0xC0, 0xAF, 0x0A],
            [[replaced + replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "overlong NUL in three bytes",
            [0xE0, 0x80, 0x80],
            [[replaced + replaced + replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "surrogate in UTF-8",
            [0xED, 0xA0, 0x80],
            [[replaced + replaced + replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "beyond U+10FFFF",
            [0xF4, 0x90, 0x80, 0x80],
            [[replaced + replaced + replaced + replaced]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "0xFF and 0xFE",
            [0x61, 0x2C, 0xFF, 0xFE, 0x2C, 0x62],
            [["a", replaced + replaced, "b"]],
            problems: [0: .invalidBytes(field: 1)]
        ),
        HardInput(
            "invalid in a quoted field with doubled quotes",
            [0x22, 0x22, 0x22, 0xFF, 0x22, 0x2C, 0x62, 0x0A, 0x63],
            [["\"" + replaced, "b"], ["c"]],
            problems: [0: .invalidBytes(field: 0)]
        ),
        HardInput(
            "NUL and invalid: the first kind is told",
            [0x00, 0x2C, 0xFF],
            [["\0", replaced]],
            problems: [0: .nulByte(field: 0)]
        ),
    ]

    static let otherEncodings: [HardInput] = [
        HardInput(
            "UTF-16 LE",
            "é,😀\nb,\"c\n\"\n".littleEndian,
            [["é", "😀"], ["b", "c\n"]],
            dialect: little
        ),
        HardInput("UTF-16 BE", "é,😀\r\nb".bigEndian, [["é", "😀"], ["b"]], dialect: big),
        HardInput(
            "UTF-16 LE with mark",
            [0xFF, 0xFE] + "a,b".littleEndian,
            [["a", "b"]],
            dialect: little
        ),
        HardInput(
            "UTF-16 BE with mark",
            [0xFE, 0xFF] + "a,b".bigEndian,
            [["a", "b"]],
            dialect: big
        ),
        HardInput("UTF-16, only a mark", [0xFF, 0xFE], [], dialect: little),
        HardInput(
            "UTF-16, units that hold delimiter bytes",
            "Ⰺ,\u{0A0A}\n\u{2C2C}".littleEndian,
            [["Ⰺ", "\u{0A0A}"], ["\u{2C2C}"]],
            dialect: little
        ),
        HardInput(
            "UTF-16, odd last byte",
            "a\n".littleEndian + [0x62],
            [["a"], [replaced]],
            problems: [1: .invalidBytes(field: 0)],
            dialect: little
        ),
        HardInput(
            "UTF-16, one byte",
            [0x62],
            [[replaced]],
            problems: [0: .invalidBytes(field: 0)],
            dialect: big
        ),
        HardInput(
            "UTF-16, high surrogate alone",
            [0x3D, 0xD8, 0x2C, 0x00, 0x61, 0x00],
            [[replaced, "a"]],
            problems: [0: .invalidBytes(field: 0)],
            dialect: little
        ),
        HardInput(
            "UTF-16, low surrogate alone",
            [0x61, 0x00, 0x2C, 0x00, 0x00, 0xDE],
            [["a", replaced]],
            problems: [0: .invalidBytes(field: 1)],
            dialect: little
        ),
        HardInput(
            "UTF-16, high surrogate last",
            [0x61, 0x00, 0x3D, 0xD8],
            [["a" + replaced]],
            problems: [0: .invalidBytes(field: 0)],
            dialect: little
        ),
        HardInput(
            "UTF-16, two high surrogates",
            [0x3D, 0xD8, 0x3D, 0xD8, 0x00, 0xDE],
            [[replaced + "😀"]],
            problems: [0: .invalidBytes(field: 0)],
            dialect: little
        ),
        HardInput(
            "UTF-16, NUL",
            "a\0,b".bigEndian,
            [["a\0", "b"]],
            problems: [0: .nulByte(field: 0)],
            dialect: big
        ),
        HardInput(
            "Windows-1252",
            [0x80, 0x2C, 0xE9, 0x0A, 0x93, 0x9F, 0xFF],
            [["€", "é"], ["“Ÿÿ"]],
            dialect: windows
        ),
        HardInput(
            "Windows-1252, unassigned",
            [0x61, 0x2C, 0x81, 0x0A, 0x62],
            [["a", replaced], ["b"]],
            problems: [0: .invalidBytes(field: 1)],
            dialect: windows
        ),
        HardInput(
            "Windows-1252 that looks like a mark",
            mark + [0x61],
            [["ï»¿a"]],
            dialect: windows
        ),
        HardInput(
            "ISO 8859-1",
            [0xE9, 0x2C, 0x80, 0x2C, 0xFF],
            [["é", "\u{80}", "ÿ"]],
            dialect: latin
        ),
    ]

    static let long: [HardInput] = {
        let megabyte = String(repeating: "0123456789abcdef", count: 65_536)
        let accents = String(repeating: "é\"\"\n", count: 3_000)
        let inner = String(repeating: "é\"\n", count: 3_000)
        let limit = 65_536
        return [
            HardInput("field of 1 MB", "a,\(megabyte),b\nc\n", [["a", megabyte, "b"], ["c"]]),
            HardInput("quoted field of 1 MB", "\"\(megabyte)\",b\nc", [[megabyte, "b"], ["c"]]),
            HardInput(
                "long quoted field of accents, quotes and lines",
                "\"\(accents)\",b\nc",
                [[inner, "b"], ["c"]],
                lines: [1, 3_002]
            ),
            HardInput(
                "too many fields",
                String(repeating: ",", count: limit + 5) + "\nb\n",
                [Array(repeating: "", count: limit), ["b"]],
                problems: [0: .tooManyFields(limit: limit)]
            ),
        ]
    }()
}
