// SPDX-License-Identifier: Apache-2.0

/// Walks over SQL text and tells code from strings, quoted names and comments.
struct SQLScanner {
    private enum State { case code, string, name, lineComment, blockComment }

    private let bytes: [UInt8]
    private var index = 0
    private var state = State.code
    /// Where the block comment's text begins, so that `/*/` does not end it.
    private var commentStart = 0

    init(_ sql: String) { bytes = Array(sql.utf8) }

    var digitFollows: Bool {
        index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
    }

    /// The highest `$n` of a statement; 0 when it takes no values.
    static func parameterCount(_ sql: String) -> Int {
        var scanner = SQLScanner(sql)
        var highest = 0
        while let (byte, isCode) = scanner.next() {
            guard isCode, byte == UInt8(ascii: "$"), scanner.digitFollows else { continue }
            highest = max(highest, scanner.number)
        }
        return highest
    }

    /// The digits that follow, as a number.
    private var number: Int {
        bytes[index...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            .reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    mutating func next() -> (UInt8, isCode: Bool)? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        let wasCode = state == .code
        advance(byte, follower: index + 1 < bytes.count ? bytes[index + 1] : 0)
        index += 1
        return (byte, wasCode && state == .code)
    }

    private mutating func advance(_ byte: UInt8, follower: UInt8) {
        switch (state, byte) {
        case (.code, UInt8(ascii: "'")): state = .string
        case (.code, UInt8(ascii: "\"")): state = .name
        case (.code, UInt8(ascii: "-")) where follower == UInt8(ascii: "-"): state = .lineComment
        case (.code, UInt8(ascii: "/")) where follower == UInt8(ascii: "*"):
            state = .blockComment
            commentStart = index + 2
        case (.string, UInt8(ascii: "'")), (.name, UInt8(ascii: "\"")): state = .code
        case (.lineComment, UInt8(ascii: "\n")): state = .code
        case (.blockComment, UInt8(ascii: "/"))
        where index > commentStart && bytes[index - 1] == UInt8(ascii: "*"):
            state = .code
        default: break
        }
    }
}
