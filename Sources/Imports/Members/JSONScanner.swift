// SPDX-License-Identifier: Apache-2.0
import Audience

/// Reads JSON text in place and in one pass (RFC 8259); makes no values but those that are asked for.
///
/// A bulk is read twice, when it comes and when it is applied: the general decoder takes ten times as
/// long and turns large numbers into doubles.
struct JSONScanner {
    /// What kind of value comes next.
    enum Kind {
        case object, array, text, number, boolean, null
    }

    /// Where the text is wrong, by byte.
    struct Fault: Error {
        var offset: Int
    }

    private let bytes: Bytes
    private(set) var offset = 0
    private var depth = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    /// The kind of the next value.
    mutating func kind() throws -> Kind {
        switch try next() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), 48...57: return .number
        default: throw fault
        }
    }

    /// Reads an object; the closure reads exactly one value for each name.
    mutating func object(_ body: (inout JSONScanner, RawText) throws -> Void) throws {
        try enter(UInt8(ascii: "{"))
        guard try !leaves(UInt8(ascii: "}")) else { return }
        repeat {
            _ = try next()
            let name = try text()
            guard try next() == UInt8(ascii: ":") else { throw fault }
            offset += 1
            try body(&self, name)
        } while try goesOn(until: UInt8(ascii: "}"))
    }

    /// Reads an array; the closure reads exactly one value for each position, from 0.
    mutating func array(_ body: (inout JSONScanner, Int) throws -> Void) throws {
        try enter(UInt8(ascii: "["))
        guard try !leaves(UInt8(ascii: "]")) else { return }
        var position = 0
        repeat {
            try body(&self, position)
            position += 1
        } while try goesOn(until: UInt8(ascii: "]"))
    }

    /// Reads a string.
    mutating func text() throws -> RawText {
        guard try next() == UInt8(ascii: "\"") else { throw fault }
        offset += 1
        let start = offset
        var isEscaped = false
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                defer { offset += 1 }
                return RawText(
                    bytes: Bytes(rebasing: bytes[start..<offset]),
                    isEscaped: isEscaped
                )
            case UInt8(ascii: "\\"):
                isEscaped = true
                try skipEscape()
            case 0..<32: throw fault
            default: offset += 1
            }
        }
        throw fault
    }

    /// Reads `true` or `false`.
    mutating func boolean() throws -> Bool {
        let isTrue = try next() == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false")
        return isTrue
    }

    /// Reads `null`.
    mutating func null() throws {
        _ = try next()
        try word("null")
    }

    /// Reads a number as it is written.
    mutating func number() throws -> Bytes {
        _ = try next()
        let start = offset
        if peek == UInt8(ascii: "-") { offset += 1 }
        if peek == 48 { offset += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            offset += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        return Bytes(rebasing: bytes[start..<offset])
    }

    /// Passes over a value.
    ///
    /// - Returns: Its text.
    @discardableResult
    mutating func skip() throws -> Bytes {
        let kind = try kind()
        let start = offset
        switch kind {
        case .object: try object { scanner, _ in try scanner.skip() }
        case .array: try array { scanner, _ in try scanner.skip() }
        case .text: _ = try text()
        case .number: _ = try number()
        case .boolean: _ = try boolean()
        case .null: try null()
        }
        return Bytes(rebasing: bytes[start..<offset])
    }

    /// Nothing but blanks may follow.
    mutating func end() throws {
        skipBlanks()
        guard offset == bytes.count else { throw fault }
    }

    /// The text from a byte to where the scanner is.
    func text(since start: Int) -> Bytes { Bytes(rebasing: bytes[start..<offset]) }
}

// The grammar's small parts.
extension JSONScanner {
    private var fault: Fault { Fault(offset: offset) }
    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    private static let deepest = 32

    private mutating func next() throws -> UInt8 {
        skipBlanks()
        guard let byte = peek else { throw fault }
        return byte
    }

    private mutating func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 32, 9, 10, 13: offset += 1
            default: return
            }
        }
    }

    private mutating func enter(_ bracket: UInt8) throws {
        guard try next() == bracket, depth < JSONScanner.deepest else { throw fault }
        depth += 1
        offset += 1
    }

    private mutating func leaves(_ bracket: UInt8) throws -> Bool {
        guard try next() == bracket else { return false }
        depth -= 1
        offset += 1
        return true
    }

    private mutating func goesOn(until bracket: UInt8) throws -> Bool {
        guard try !leaves(bracket) else { return false }
        guard peek == UInt8(ascii: ",") else { throw fault }
        offset += 1
        return true
    }

    private mutating func digits() throws {
        let start = offset
        while let byte = peek, (48...57).contains(byte) { offset += 1 }
        guard offset > start else { throw fault }
    }

    private mutating func word(_ word: StaticString) throws {
        let isThere = word.withUTF8Buffer { bytes[offset...].starts(with: $0) }
        guard isThere else { throw fault }
        offset += word.utf8CodeUnitCount
    }

    private mutating func skipEscape() throws {
        offset += 1
        guard let kind = peek else { throw fault }
        offset += 1
        guard kind == UInt8(ascii: "u") else {
            guard RawText.escapes[kind] != nil else { throw fault }
            return
        }
        for _ in 0..<4 {
            guard let digit = peek, RawText.hexadecimal(digit) != nil else { throw fault }
            offset += 1
        }
    }
}
