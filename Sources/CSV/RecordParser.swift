// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of UTF-8 into records and lends each to the callback.
///
/// A record that lies whole in one chunk is lent where it lies. One that is cut by the end of a
/// chunk is carried over in memory of at most the longest allowed record.
struct RecordParser: ~Copyable, Sendable {
    typealias Body = (borrowing CSVRecord) throws -> CSVReader.Step

    /// So much of a record that is too long is shown.
    static let excerptLength = 4096
    /// Memory kept between two carried records.
    private static let keptCapacity = 65_536

    private enum Phase { case betweenRecords, carrying, skipping }

    private let limit: Int
    private var phase = Phase.betweenRecords
    private var scanner: RecordScanner
    private var carried = Storage<UInt8>(capacity: 4096)
    private var repaired = Storage<UInt8>(capacity: 64)
    private var unquoted = Storage<UInt8>(capacity: 64)
    private var breaks = LineBreakCounter()
    private var afterCarriageReturn = false
    private var line = 1

    /// Where the next record starts, in bytes of the decoded stream.
    var offset = 0
    private(set) var emptyLines = 0
    /// Whether the callback has stopped or thrown: nothing more is read.
    private(set) var isStopped = false

    init(_ dialect: CSVDialect, limit: Int) {
        self.limit = limit
        scanner = RecordScanner(dialect)
    }

    mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Body) rethrows {
        var position = 0
        while position < bytes.count, !isStopped {
            let rest = UnsafeBufferPointer(rebasing: bytes[position...])
            switch phase {
            case .betweenRecords: position += try startRecord(rest, body)
            case .carrying: position += try extendRecord(rest, body)
            case .skipping: position += skip(rest)
            }
        }
    }

    /// Reports the record that the end of the file left open.
    mutating func finish(_ body: Body) rethrows {
        guard !isStopped, phase == .carrying else { return }
        scanner.finish()
        try lend(carried.elements, body)
        phase = .betweenRecords
    }

    /// Reads a record from its first byte; answers how many bytes were used up.
    @inline(__always)
    private mutating func startRecord(
        _ rest: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows -> Int {
        if rest[0] == .lineFeed || rest[0] == .carriageReturn {
            passLineEnd(rest[0])
            return 1
        }
        scanner.reset()
        guard scanner.scan(rest) else { return try leaveOpen(rest, body) }
        let length = scanner.position
        let record = UnsafeBufferPointer(rebasing: rest[..<length])
        if length > limit {
            try lendExcerpt(record, body)
        } else {
            try lend(record, body)
        }
        endRecord(length: length, with: rest[length])
        return length + 1
    }

    /// An empty line, or the second half of a CRLF.
    private mutating func passLineEnd(_ byte: UInt8) {
        offset += 1
        if byte == .lineFeed, afterCarriageReturn {
            afterCarriageReturn = false
            return
        }
        afterCarriageReturn = byte == .carriageReturn
        emptyLines += 1
        line += 1
    }

    private mutating func leaveOpen(
        _ rest: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows -> Int {
        if rest.count > limit {
            try startSkipping(rest, body)
        } else {
            carried.removeAll()
            carried.append(rest)
            phase = .carrying
        }
        return rest.count
    }

    /// Adds bytes to a carried record, few at a time: those after its end are read in place.
    private mutating func extendRecord(
        _ rest: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows -> Int {
        let before = carried.count
        let step = min(rest.count, 4096, limit + 1 - before)
        carried.append(UnsafeBufferPointer(rebasing: rest[..<step]))
        guard scanner.scan(carried.elements) else {
            if carried.count > limit { try startSkipping(carried.elements, body) }
            return step
        }
        let length = scanner.position
        let terminator = carried.elements[length]
        try lend(UnsafeBufferPointer(rebasing: carried.elements[..<length]), body)
        endRecord(length: length, with: terminator)
        carried.shrink(to: Self.keptCapacity)
        phase = .betweenRecords
        return length + 1 - before
    }

    private mutating func startSkipping(
        _ start: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows {
        try lendExcerpt(start, body)
        offset += start.count
        carried.shrink(to: Self.keptCapacity)
        phase = .skipping
    }

    /// Passes over the rest of a record that is too long; its quotes still count.
    private mutating func skip(_ rest: UnsafeBufferPointer<UInt8>) -> Int {
        scanner.rebase()
        let ended = scanner.scan(rest)
        let length = scanner.position
        if scanner.hasQuotes { breaks.count(UnsafeBufferPointer(rebasing: rest[..<length])) }
        guard ended else {
            offset += length
            return length
        }
        endRecord(length: length, with: rest[length])
        phase = .betweenRecords
        return length + 1
    }

    @inline(__always)
    private mutating func endRecord(length: Int, with terminator: UInt8) {
        afterCarriageReturn = terminator == .carriageReturn
        offset += length + 1
        line += 1 + breaks.take()
    }

    @inline(__always)
    private mutating func lend(
        _ source: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows {
        if scanner.hasQuotes { breaks.count(source) }
        if source.isPlainASCII {
            try lend(source, problem: scanner.problem, body)
        } else {
            try lendChecked(source, body)
        }
    }

    private mutating func lendChecked(
        _ source: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows {
        var problem = scanner.problem
        if let nul = source.firstIndex(of: 0) {
            problem = problem ?? .nulByte(field: field(at: nul))
        }
        guard let invalid = UTF8Check.firstInvalid(in: source) else {
            return try lend(source, problem: problem, body)
        }
        problem = problem ?? .invalidBytes(field: field(at: invalid))
        UTF8Check.repair(source, into: &repaired)
        scanner.reset()
        if !scanner.scan(repaired.elements) { scanner.finish() }
        try lend(repaired.elements, problem: problem, body)
    }

    @inline(__always)
    private mutating func lend(
        _ raw: UnsafeBufferPointer<UInt8>,
        problem: CSVProblem?,
        _ body: Body,
    ) rethrows {
        guard let start = raw.baseAddress else { return }
        var ranges = scanner.fields.elements
        var text = start
        if scanner.hasDoubledQuotes {
            ranges = scanner.halveQuotes(of: raw, into: &unquoted)
            text = UnsafePointer(unquoted.base)
        }
        let record = CSVRecord(
            line: line,
            offset: offset,
            problem: problem,
            raw: raw,
            text: text,
            fields: ranges
        )
        // A callback that throws leaves the reader stopped.
        isStopped = true
        isStopped = try body(record) == .stop
    }

    private mutating func lendExcerpt(
        _ source: UnsafeBufferPointer<UInt8>,
        _ body: Body,
    ) rethrows {
        if scanner.hasQuotes { breaks.count(source) }
        let length = UTF8Check.wholeCharacters(source, upTo: min(Self.excerptLength, limit))
        UTF8Check.repair(UnsafeBufferPointer(rebasing: source[..<length]), into: &repaired)
        let record = CSVRecord(
            line: line,
            offset: offset,
            problem: .tooLong(limit: limit),
            raw: repaired.elements,
            text: UnsafePointer(repaired.base),
            fields: UnsafeBufferPointer(start: nil, count: 0)
        )
        isStopped = true
        isStopped = try body(record) == .stop
    }

    private func field(at offset: Int) -> Int {
        let ranges = scanner.fields.elements
        return ranges.firstIndex { offset < $0.end } ?? max(0, ranges.count - 1)
    }
}
