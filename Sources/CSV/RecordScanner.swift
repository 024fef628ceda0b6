// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Finds the fields and the end of one record, also when its bytes arrive in parts.
///
/// All positions count from the start of the record, so the bytes may move between two calls. A
/// quote is special at the start of a field only (RFC 4180, section 2, rules 5 to 7; a quote
/// elsewhere is taken literally, as in files written without any quoting).
struct RecordScanner: ~Copyable, Sendable {
    /// More fields than this are not recorded, so that 16 MB of delimiters stay cheap.
    static let fieldLimit = 65_536

    private enum State { case fieldStart, unquoted, quoted, quoteSeen }

    private let delimiter: UInt8
    let quote: UInt8
    private var state = State.fieldStart
    private var fieldStart = 0
    private var doubled = false

    /// How far the record was read; at its line end once ``scan(_:)`` answered true.
    private(set) var position = 0
    private(set) var fields = Storage<FieldRange>(capacity: 64)
    private(set) var problem: CSVProblem?
    private(set) var hasQuotes = false
    private(set) var hasDoubledQuotes = false

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter.rawValue
        quote = dialect.quote
    }

    /// Forgets the record and starts the next.
    @inline(__always)
    mutating func reset() {
        state = .fieldStart
        fieldStart = 0
        doubled = false
        position = 0
        fields.removeAll()
        problem = nil
        hasQuotes = false
        hasDoubledQuotes = false
    }

    /// Goes on in the middle of the record with bytes that start at position 0; its fields are lost.
    mutating func rebase() {
        position = 0
        fieldStart = 0
        fields.removeAll()
    }

    /// Reads on from ``position``; true when the record's line end was found.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        let count = bytes.count
        while position < count {
            switch state {
            case .fieldStart: openField(base)
            case .unquoted: if scanUnquoted(base, count) { return true }
            case .quoted: scanQuoted(base, count)
            case .quoteSeen: if resolveQuote(base) { return true }
            }
        }
        return false
    }

    /// Closes the last field where the bytes end without a line end.
    mutating func finish() {
        switch state {
        case .fieldStart, .unquoted:
            add(FieldRange(start: fieldStart, end: position))
        case .quoted:
            note(.unterminatedQuote(field: fields.count))
            add(FieldRange(start: fieldStart, end: position))
        case .quoteSeen:
            addQuoted(end: position - 1)
        }
    }

    /// Gives a field another place, once its content was copied.
    mutating func replaceField(_ index: Int, with range: FieldRange) {
        fields.base[index] = range
    }

    @inline(__always)
    private mutating func openField(_ base: UnsafePointer<UInt8>) {
        fieldStart = position
        guard base[position] == quote else {
            state = .unquoted
            return
        }
        state = .quoted
        doubled = false
        hasQuotes = true
        position += 1
    }

    /// Runs over unquoted fields until a line end, a field that may be quoted, or the last byte.
    private mutating func scanUnquoted(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var cursor = position
        let delimiters = ByteBlock.repeating(delimiter)
        let lineFeeds = ByteBlock.repeating(.lineFeed)
        let carriageReturns = ByteBlock.repeating(.carriageReturn)
        while cursor &+ ByteBlock.size <= count {
            var hits = ByteBlock(at: base + cursor).matches(delimiters, lineFeeds, carriageReturns)
            while !hits.isEmpty {
                let hit = cursor &+ hits.next()
                if let ended = closeUnquoted(base, count, at: hit) { return ended }
            }
            cursor &+= ByteBlock.size
        }
        while cursor < count {
            let byte = base[cursor]
            if byte == delimiter || byte == .lineFeed || byte == .carriageReturn,
                let ended = closeUnquoted(base, count, at: cursor)
            {
                return ended
            }
            cursor += 1
        }
        position = count
        return false
    }

    /// Ends a field at a delimiter or line end; nil when the next one is unquoted as well.
    @inline(__always)
    private mutating func closeUnquoted(
        _ base: UnsafePointer<UInt8>,
        _ count: Int,
        at hit: Int,
    ) -> Bool? {
        add(FieldRange(start: fieldStart, end: hit))
        guard base[hit] == delimiter else {
            position = hit
            return true
        }
        fieldStart = hit + 1
        if fieldStart < count, base[fieldStart] != quote { return nil }
        state = .fieldStart
        position = fieldStart
        return false
    }

    private mutating func scanQuoted(_ base: UnsafePointer<UInt8>, _ count: Int) {
        guard let found = memchr(base + position, Int32(quote), count - position) else {
            position = count
            return
        }
        position = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        state = .quoteSeen
    }

    /// Decides what a quote inside a quoted field was by the byte after it; true at a line end.
    private mutating func resolveQuote(_ base: UnsafePointer<UInt8>) -> Bool {
        switch base[position] {
        case quote:
            doubled = true
            state = .quoted
            position += 1
        case delimiter:
            addQuoted(end: position - 1)
            position += 1
            fieldStart = position
            state = .fieldStart
        case .lineFeed, .carriageReturn:
            addQuoted(end: position - 1)
            return true
        default:
            note(.textAfterClosingQuote(field: fields.count))
            state = .unquoted
        }
        return false
    }

    private mutating func addQuoted(end: Int) {
        hasDoubledQuotes = hasDoubledQuotes || doubled
        add(FieldRange(start: fieldStart + 1, end: end, hasDoubledQuotes: doubled))
    }

    @inline(__always)
    private mutating func add(_ range: FieldRange) {
        guard fields.count < Self.fieldLimit else {
            return note(.tooManyFields(limit: Self.fieldLimit))
        }
        fields.append(range)
    }

    /// The first problem of a record is the one that is told.
    private mutating func note(_ found: CSVProblem) {
        problem = problem ?? found
    }
}

extension UInt8 {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let quote: UInt8 = 0x22
}
