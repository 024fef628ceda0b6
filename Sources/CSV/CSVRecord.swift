// SPDX-License-Identifier: Apache-2.0

/// One record of a CSV file, lent to the reader's callback.
///
/// Everything it points to belongs to the reader and is valid during the callback only: copy what
/// is to be kept. All its bytes are valid UTF-8, whatever the file's encoding: what could not be
/// decoded stands as U+FFFD, and ``problem`` says so.
public struct CSVRecord: ~Copyable {
    /// The physical line on which the record starts, counted from 1; line ends inside quotes count.
    public let line: Int
    /// Where the record starts, in bytes of the file decoded to UTF-8, byte order mark included.
    public let offset: Int
    /// What is wrong with this record, or nil.
    public let problem: CSVProblem?
    /// The record's source text as UTF-8, quotes included, without its line end.
    ///
    /// Of a record that is too long, the first 4,096 bytes or a few less.
    public let raw: UnsafeBufferPointer<UInt8>

    @usableFromInline let text: UnsafePointer<UInt8>
    @usableFromInline let fields: UnsafeBufferPointer<FieldRange>

    @inlinable
    init(
        line: Int,
        offset: Int,
        problem: CSVProblem?,
        raw: UnsafeBufferPointer<UInt8>,
        text: UnsafePointer<UInt8>,
        fields: UnsafeBufferPointer<FieldRange>,
    ) {
        self.line = line
        self.offset = offset
        self.problem = problem
        self.raw = raw
        self.text = text
        self.fields = fields
    }

    /// How many fields the record has; at least 1, but 0 when the record is too long.
    @inlinable public var fieldCount: Int { fields.count }

    /// The bytes of a field, unquoted, counted from 0; empty when the record has no such field.
    ///
    /// A field with a quote problem is given as it stands in the source, quotes included.
    @inlinable
    public func field(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        guard index >= 0, index < fields.count else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let range = fields[index]
        return UnsafeBufferPointer(start: text + range.start, count: range.end - range.start)
    }

    /// A copy of a field as a string; empty when the record has no such field.
    @inlinable
    public func string(_ index: Int) -> String {
        String(decoding: field(index), as: UTF8.self)
    }
}

/// Where a field's content stands in the text of its record.
@usableFromInline
struct FieldRange: BitwiseCopyable, Sendable {
    @usableFromInline var start: Int
    @usableFromInline var end: Int
    /// Whether the content still holds doubled quotes.
    @usableFromInline var hasDoubledQuotes: Bool

    @inlinable
    init(start: Int, end: Int, hasDoubledQuotes: Bool = false) {
        self.start = start
        self.end = end
        self.hasDoubledQuotes = hasDoubledQuotes
    }
}
