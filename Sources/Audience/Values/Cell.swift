// SPDX-License-Identifier: Apache-2.0
internal import Common
public import Database

/// UTF-8 bytes that someone else owns.
public typealias Bytes = UnsafeBufferPointer<UInt8>

/// A value of an attribute on its way into a table, without a copy where it can be.
///
/// Borrowed bytes are valid as long as the record they were read from.
public enum Cell {
    /// No value.
    case null
    /// An integer, a boolean as 0 or 1, a day's number or a moment's microseconds.
    case integer(Int64)
    /// A double.
    case double(Double)
    /// Text, borrowed.
    case borrowed(Bytes)
    /// Text that was made.
    case text(String)

    /// A cell that holds a stored value.
    public init(_ value: SQLValue) {
        switch value {
        case .null, .bytes: self = .null
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .text(let value): self = .text(value)
        case .boolean(let value): self = .integer(value ? 1 : 0)
        case .moment(let value): self = .integer(value.microseconds)
        case .day(let value): self = .integer(value.number)
        }
    }

    /// Whether there is no value.
    public var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    /// Whether the value is the integer 1, which is how true is kept.
    public var isTrue: Bool {
        if case .integer(1) = self { return true }
        return false
    }

    /// The value as it is bound for a column of a type.
    public func sql(_ type: AttributeType, isMultiValued: Bool = false) -> SQLValue {
        switch self {
        case .null: .null
        case .double(let value): .double(value)
        case .text(let value): .text(value)
        case .borrowed(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .integer(let value):
            switch type {
            case .boolean: .boolean(value != 0)
            case .date: .day(Day(number: value))
            case .moment: .moment(Instant(microseconds: value))
            default: .integer(value)
            }
        }
    }

    /// The cell with bytes of its own.
    public var owned: Cell {
        if case .borrowed(let bytes) = self { return .text(String(decoding: bytes, as: UTF8.self)) }
        return self
    }

    /// Whether the cell equals a column of the present row.
    func equals(_ cursor: any RowCursor, _ column: Int) -> Bool {
        guard !cursor.isNull(column) else { return isNull }
        switch self {
        case .null: return false
        case .integer(let value): return cursor.integer(column) == value
        case .double(let value): return cursor.double(column) == value
        case .borrowed(let bytes): return equalBytes(bytes, cursor.utf8(column))
        case .text(var text): return text.withUTF8 { equalBytes($0, cursor.utf8(column)) }
        }
    }

    /// Writes the cell into a bulk writer.
    func write(to writer: any BulkWriter, as attribute: Attribute) {
        switch self {
        case .null: writer.null()
        case .borrowed(let bytes): writer.utf8(bytes)
        case .integer(let value) where attribute.type == .integer: writer.integer(value)
        default: writer.value(sql(attribute.type))
        }
    }
}

/// Whether two runs of bytes are the same.
func equalBytes(_ left: Bytes, _ right: Bytes) -> Bool {
    left.count == right.count && left.elementsEqual(right)
}
