// SPDX-License-Identifier: Apache-2.0
public import Common

/// A value as it is bound to or read from a statement, the same for every engine.
///
/// SQLite stores booleans as 0 and 1, moments as microseconds and days as day numbers; PostgreSQL
/// has types of its own. ``SQLConvertible`` hides the difference.
public enum SQLValue: Hashable, Sendable {
    /// No value.
    case null
    /// A 64-bit integer.
    case integer(Int64)
    /// A double; never NaN.
    case double(Double)
    /// Text without NUL.
    case text(String)
    /// Bytes.
    case bytes([UInt8])
    /// A truth value.
    case boolean(Bool)
    /// A point in time.
    case moment(Instant)
    /// A calendar day.
    case day(Day)
}

/// A Swift type that can be bound to a statement and read from a row.
public protocol SQLConvertible: Sendable {
    /// The value to bind.
    var sql: SQLValue { get }
    /// Reads the value.
    ///
    /// - Throws: ``SQLConversionError`` when the value is of another type.
    init(sql: SQLValue) throws
}

/// A column held another type than the program expected; a mistake in the program or the schema.
public struct SQLConversionError: Error, CustomStringConvertible {
    let wanted: String
    let found: String

    init(_ value: SQLValue, wanted: Any.Type) {
        self.wanted = String(describing: wanted)
        switch value {
        case .null: found = "null"
        case .integer: found = "integer"
        case .double: found = "double"
        case .text: found = "text"
        case .bytes: found = "bytes"
        case .boolean: found = "boolean"
        case .moment: found = "moment"
        case .day: found = "day"
        }
    }

    /// The two types, without the value.
    public var description: String { "expected \(wanted), found \(found)" }
}

extension SQLValue: SQLConvertible {
    /// The value itself.
    public var sql: SQLValue { self }
    /// Keeps the value as it is.
    public init(sql: SQLValue) { self = sql }
}

extension Int64: SQLConvertible {
    /// An integer.
    public var sql: SQLValue { .integer(self) }
    /// Reads an integer.
    public init(sql: SQLValue) throws {
        guard case .integer(let value) = sql else {
            throw SQLConversionError(sql, wanted: Self.self)
        }
        self = value
    }
}

extension Int: SQLConvertible {
    /// An integer.
    public var sql: SQLValue { .integer(Int64(self)) }
    /// Reads an integer.
    public init(sql: SQLValue) throws { self = Int(try Int64(sql: sql)) }
}

extension Double: SQLConvertible {
    /// A double.
    public var sql: SQLValue { .double(self) }
    /// Reads a double or an integer.
    public init(sql: SQLValue) throws {
        switch sql {
        case .double(let value): self = value
        case .integer(let value): self = Double(value)
        default: throw SQLConversionError(sql, wanted: Self.self)
        }
    }
}

extension String: SQLConvertible {
    /// Text.
    public var sql: SQLValue { .text(self) }
    /// Reads text.
    public init(sql: SQLValue) throws {
        guard case .text(let value) = sql else { throw SQLConversionError(sql, wanted: Self.self) }
        self = value
    }
}

extension Bool: SQLConvertible {
    /// A truth value.
    public var sql: SQLValue { .boolean(self) }
    /// Reads a truth value.
    public init(sql: SQLValue) throws {
        switch sql {
        case .boolean(let value): self = value
        case .integer(let value): self = value != 0
        default: throw SQLConversionError(sql, wanted: Self.self)
        }
    }
}

extension Instant: SQLConvertible {
    /// A moment.
    public var sql: SQLValue { .moment(self) }
    /// Reads a moment.
    public init(sql: SQLValue) throws {
        switch sql {
        case .moment(let value): self = value
        case .integer(let value): self.init(microseconds: value)
        default: throw SQLConversionError(sql, wanted: Self.self)
        }
    }
}

extension Day: SQLConvertible {
    /// A day.
    public var sql: SQLValue { .day(self) }
    /// Reads a day.
    public init(sql: SQLValue) throws {
        switch sql {
        case .day(let value): self = value
        case .integer(let value): self.init(number: value)
        default: throw SQLConversionError(sql, wanted: Self.self)
        }
    }
}

extension Array: SQLConvertible where Element == UInt8 {
    /// Bytes.
    public var sql: SQLValue { .bytes(self) }
    /// Reads bytes.
    public init(sql: SQLValue) throws {
        guard case .bytes(let value) = sql else { throw SQLConversionError(sql, wanted: Self.self) }
        self = value
    }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    /// The wrapped value, or null.
    public var sql: SQLValue { self?.sql ?? .null }
    /// Reads null as nil.
    public init(sql: SQLValue) throws {
        self = sql == .null ? nil : try Wrapped(sql: sql)
    }
}

extension ID: SQLConvertible {
    /// The id's number.
    public var sql: SQLValue { .integer(value) }
    /// Reads the id's number.
    public init(sql: SQLValue) throws { self.init(try Int64(sql: sql)) }
}

extension SQLConvertible where Self: RawRepresentable, RawValue: SQLConvertible {
    /// The raw value.
    public var sql: SQLValue { rawValue.sql }
    /// Reads the raw value; one that is no case is an error.
    public init(sql: SQLValue) throws {
        guard let value = Self(rawValue: try RawValue(sql: sql)) else {
            throw SQLConversionError(sql, wanted: Self.self)
        }
        self = value
    }
}

extension ChangeSource: SQLConvertible {}

/// A value kept in one text column as JSON.
public struct JSONColumn<Value: Codable & Sendable>: SQLConvertible {
    /// The value.
    public let value: Value

    /// Wraps a value.
    public init(_ value: Value) { self.value = value }

    /// The value as JSON text with sorted keys; null when it has no JSON form.
    public var sql: SQLValue {
        guard let text = try? JSONText.encode(value) else { return .null }
        return .text(text)
    }

    /// Reads the JSON text.
    public init(sql: SQLValue) throws {
        value = try JSONText.decode(Value.self, from: try String(sql: sql))
    }
}
