// SPDX-License-Identifier: Apache-2.0

/// Writes CSV to a growing run of bytes, field by field.
///
/// ```swift
/// var writer = CSVWriter(delimiter: .semicolon)
/// writer.append("name")
/// writer.append(Int64(42))
/// writer.endRecord()
/// try file.write(writer.bytes)
/// writer.removeAll()
/// ```
///
/// The format is that of spec/exports.md, "Format": UTF-8 without byte order mark, `\n` after every
/// record, quotes `"` doubled and only where needed: around a delimiter, a quote or a line end. A
/// single empty field is quoted, so that its record is not an empty line.
public struct CSVWriter: Sendable {
    /// The byte between two fields.
    public let delimiter: CSVDialect.Delimiter
    /// Whether cells that a spreadsheet would run as a formula get a leading apostrophe.
    public let neutralizesFormulas: Bool

    /// What was written since the last ``removeAll()``.
    public private(set) var bytes: [UInt8] = []

    private var fieldCount = 0
    private var recordStart = 0

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - delimiter: The byte between two fields. Default: semicolon (spec/exports.md).
    ///   - neutralizesFormulas: Whether cells that start with `=`, `+`, `-`, `@`, tab or CR get a
    ///     leading apostrophe; plain numbers are left alone. Default: false.
    public init(
        delimiter: CSVDialect.Delimiter = .semicolon,
        neutralizesFormulas: Bool = false,
    ) {
        self.delimiter = delimiter
        self.neutralizesFormulas = neutralizesFormulas
    }

    /// Adds a field of UTF-8 bytes.
    public mutating func append(_ field: UnsafeBufferPointer<UInt8>) {
        startField()
        let isFormula = neutralizesFormulas && Formula.isOne(field)
        guard needsQuotes(field) else {
            if isFormula { bytes.append(UInt8(ascii: "'")) }
            bytes.append(contentsOf: field)
            return
        }
        bytes.append(.quote)
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        appendDoubled(field)
        bytes.append(.quote)
    }

    /// Adds a field of UTF-8 bytes.
    public mutating func append(_ field: [UInt8]) {
        field.withUnsafeBufferPointer { append($0) }
    }

    /// Adds a text field.
    public mutating func append(_ field: String) {
        var field = field
        field.withUTF8 { append($0) }
    }

    /// Adds a text field that is fixed in the program.
    public mutating func append(_ field: StaticString) {
        field.withUTF8Buffer { append($0) }
    }

    /// Adds a whole number, in decimal digits.
    public mutating func append(_ field: Int64) {
        startField()
        if field < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = field.magnitude
        var place = bytes.count + Self.digitCount(rest)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: place - bytes.count))
        while rest > 0 {
            place -= 1
            bytes[place] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Adds an empty field: null.
    public mutating func appendEmpty() {
        startField()
    }

    /// Ends the record; does nothing when it has no field.
    public mutating func endRecord() {
        guard fieldCount > 0 else { return }
        if bytes.count == recordStart {
            bytes.append(.quote)
            bytes.append(.quote)
        }
        bytes.append(.lineFeed)
        recordStart = bytes.count
        fieldCount = 0
    }

    /// Forgets what was written, once it is stored elsewhere; keeps the memory.
    ///
    /// Call it between two records: a record that was begun loses its fields.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        recordStart = 0
        fieldCount = 0
    }

    /// Hands over what was written since the last ``removeAll()``, without a copy, and starts with room
    /// for as much again.
    ///
    /// Call it between two records: a record that was begun is handed over with its fields.
    public mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        taken.reserveCapacity(bytes.count)
        swap(&taken, &bytes)
        recordStart = 0
        fieldCount = 0
        return taken
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }

    private mutating func startField() {
        if fieldCount > 0 { bytes.append(delimiter.rawValue) }
        fieldCount += 1
    }

    private mutating func appendDoubled(_ field: UnsafeBufferPointer<UInt8>) {
        for byte in field {
            bytes.append(byte)
            if byte == .quote { bytes.append(.quote) }
        }
    }

    /// Also true for a field that starts with a byte order mark, which a reader would drop, and for
    /// `\.`, which alone on a line ends the data for PostgreSQL's COPY.
    private func needsQuotes(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = field.baseAddress, !field.isEmpty else { return false }
        if base[0] == 0xEF, field.starts(with: ByteOrderMark.bytes) { return true }
        if field.count == 2, base[0] == UInt8(ascii: "\\"), base[1] == UInt8(ascii: ".") {
            return true
        }
        let separator = delimiter.rawValue
        var cursor = 0
        while cursor &+ ByteBlock.size <= field.count {
            let hits = ByteBlock(at: base + cursor).matches(
                ByteBlock.repeating(separator),
                ByteBlock.repeating(.quote),
                ByteBlock.repeating(.lineFeed),
                ByteBlock.repeating(.carriageReturn)
            )
            guard hits.isEmpty else { return true }
            cursor &+= ByteBlock.size
        }
        while cursor < field.count {
            let byte = base[cursor]
            if byte == separator || byte == .quote || byte == .lineFeed || byte == .carriageReturn {
                return true
            }
            cursor &+= 1
        }
        return false
    }
}
