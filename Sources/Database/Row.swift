// SPDX-License-Identifier: Apache-2.0

/// One row of a result, its values by column name.
public struct Row: Sendable {
    let columns: [String]
    /// The values in the order of the statement's columns.
    public let values: [SQLValue]

    /// Reads a column by name.
    ///
    /// - Throws: ``DatabaseError/noSuchColumn(_:)`` or ``SQLConversionError``.
    public func get<Value: SQLConvertible>(
        _ column: String,
        as type: Value.Type = Value.self
    ) throws
        -> Value
    {
        guard let index = columns.firstIndex(of: column) else {
            throw DatabaseError.noSuchColumn(column)
        }
        return try Value(sql: values[index])
    }

    /// Reads a column by position, from 0.
    public func get<Value: SQLConvertible>(
        _ index: Int,
        as type: Value.Type = Value.self
    ) throws
        -> Value
    {
        try Value(sql: values[index])
    }

    /// Reads a column of JSON text.
    public func json<Value: Codable & Sendable>(
        _ column: String,
        as type: Value.Type = Value.self
    )
        throws -> Value
    {
        try get(column, as: JSONColumn<Value>.self).value
    }
}

/// The present row of a running statement, read in place without allocation.
///
/// Pointers are valid until the statement moves on.
public protocol RowCursor: AnyObject {
    /// How many columns the statement has.
    var columnCount: Int { get }
    /// The columns' names.
    var columnNames: [String] { get }
    /// Whether a column is null.
    func isNull(_ index: Int) -> Bool
    /// A column as an integer; 0 when null.
    func integer(_ index: Int) -> Int64
    /// A column as a double; 0 when null.
    func double(_ index: Int) -> Double
    /// A text column's UTF-8 bytes; empty when null.
    func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8>
    /// A column as a value.
    func value(_ index: Int) -> SQLValue
}

extension RowCursor {
    /// A copy of the present row.
    public func copy() -> Row {
        Row(columns: columnNames, values: (0..<columnCount).map(value))
    }

    /// A text column as a string; nil when null.
    public func text(_ index: Int) -> String? {
        isNull(index) ? nil : String(decoding: utf8(index), as: UTF8.self)
    }
}
