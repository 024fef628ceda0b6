// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Common

/// The types of PostgreSQL that the schema uses, by their object ids (pg_type.dat).
enum PostgresType: UInt32 {
    case boolean = 16
    case bytes = 17
    case name = 19
    case integer = 20
    case short = 21
    case middle = 23
    case text = 25
    case double = 701
    case day = 1_082
    case moment = 1_184

    /// The type of an array of this.
    var array: UInt32 {
        switch self {
        case .boolean: 1_000
        case .bytes: 1_001
        case .name: 1_003
        case .integer: 1_016
        case .short: 1_005
        case .middle: 1_007
        case .text: 1_009
        case .double: 1_022
        case .day: 1_182
        case .moment: 1_185
        }
    }

    /// The word by which an array of this is cast.
    var word: String {
        switch self {
        case .boolean: "boolean"
        case .bytes: "bytea"
        case .name, .text: "text"
        case .integer: "bigint"
        case .short: "smallint"
        case .middle: "integer"
        case .double: "double precision"
        case .day: "date"
        case .moment: "timestamptz"
        }
    }

    /// The type that a value asks for; null asks for none.
    init?(of value: SQLValue) {
        switch value {
        case .null: return nil
        case .integer: self = .integer
        case .double: self = .double
        case .text: self = .text
        case .bytes: self = .bytes
        case .boolean: self = .boolean
        case .moment: self = .moment
        case .day: self = .day
        }
    }

    /// PostgreSQL counts time from 2000-01-01: microseconds and days since 1970 until then.
    static let momentOrigin: Int64 = 946_684_800_000_000
    static let dayOrigin: Int64 = 10_957
}

/// Gathers values in PostgreSQL's binary format (network byte order).
struct PostgresBytes {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

    mutating func append(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    mutating func append(_ raw: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: raw) }

    mutating func reserve(_ capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Writes a number over bytes that were kept free for it.
    mutating func put(_ value: Int32, at place: Int) {
        let big = value.bigEndian
        withUnsafeBytes(of: big) { raw in
            for offset in 0..<4 { bytes[place + offset] = raw[offset] }
        }
    }

    /// Appends length and bytes of a whole number as a column of a type holds it.
    ///
    /// - Returns: Whether the type can hold it.
    mutating func field(_ value: Int64, as type: PostgresType) -> Bool {
        switch type {
        case .integer: sized(8, value)
        case .middle:
            guard let value = Int32(exactly: value) else { return false }
            sized(4, value)
        case .short:
            guard let value = Int16(exactly: value) else { return false }
            sized(2, value)
        case .moment: sized(8, value - PostgresType.momentOrigin)
        case .day:
            guard let value = Int32(exactly: value - PostgresType.dayOrigin) else { return false }
            sized(4, value)
        case .boolean: sized(1, UInt8(value == 0 ? 0 : 1))
        case .double: sized(8, Double(value).bitPattern)
        case .text, .name, .bytes: return false
        }
        return true
    }

    /// Appends length and bytes of a value as a column of a type holds it; null is length -1.
    ///
    /// - Returns: Whether the type can hold it.
    mutating func field(_ value: SQLValue, as type: PostgresType) -> Bool {
        switch (value, type) {
        case (.null, _): append(Int32(-1))
        case (.integer(let value), .integer), (.integer(let value), .middle),
            (.integer(let value), .short):
            return field(value, as: type)
        case (.integer(let value), .double): sized(8, Double(value).bitPattern)
        case (.double(let value), .double): sized(8, value.bitPattern)
        case (.boolean(let value), .boolean): sized(1, UInt8(value ? 1 : 0))
        case (.moment(let value), .moment): return field(value.microseconds, as: .moment)
        case (.day(let value), .day): return field(value.number, as: .day)
        case (.bytes(let value), .bytes): sized(value)
        case (.text(let value), .text), (.text(let value), .name): sized(value)
        default: return false
        }
        return true
    }

    /// Appends length and bytes of text.
    mutating func sized(_ text: String) {
        var text = text
        text.withUTF8 { sized($0) }
    }

    mutating func sized(_ raw: UnsafeBufferPointer<UInt8>) {
        append(Int32(raw.count))
        append(raw)
    }

    private mutating func sized(_ raw: [UInt8]) {
        append(Int32(raw.count))
        append(raw)
    }

    private mutating func sized<Integer: FixedWidthInteger>(_ length: Int32, _ value: Integer) {
        append(length)
        append(value)
    }
}
