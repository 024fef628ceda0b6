// SPDX-License-Identifier: Apache-2.0

/// The words of SQLite.
enum SQLiteDialect {
    /// STRICT tables; a clustered one has no rowid of its own.
    static let ddl = DDL(
        typeWord: { type in
            switch type {
            case .integer, .boolean, .moment, .day: "INTEGER"
            case .double: "REAL"
            case .text: "TEXT"
            case .bytes: "BLOB"
            }
        },
        tableSuffix: { $0.isClustered ? " WITHOUT ROWID, STRICT" : " STRICT" }
    )

    /// Rewrites `$n` to `?n` outside strings, quoted names and comments.
    ///
    /// SQLite numbers `$2, $1` by order of appearance (design/sql.md).
    static func rewrite(_ sql: String) -> String {
        guard sql.utf8.contains(UInt8(ascii: "$")) else { return sql }
        var result: [UInt8] = []
        var scanner = SQLScanner(sql)
        while let (byte, isCode) = scanner.next() {
            let isParameter = isCode && byte == UInt8(ascii: "$") && scanner.digitFollows
            result.append(isParameter ? UInt8(ascii: "?") : byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Walks over SQL text and tells code from strings, quoted names and comments.
private struct SQLScanner {
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
