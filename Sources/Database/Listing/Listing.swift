// SPDX-License-Identifier: Apache-2.0
internal import Common

/// A relation that is read page by page, filtered and sorted: what a resource of the API or a page
/// of the console lists.
///
/// A room declares it beside its store, so that whoever lists reads no SQL of another room. The
/// workspace is bound as `$1` where the listing has a scope; the SQL of a column may use it.
public struct Listing: Sendable {
    /// The tables, as they stand behind FROM.
    public let from: String
    /// The column with the workspace; nil where the tables hold rows of one workspace only.
    public let scope: String?
    /// What is unique within the scope; it ends every order.
    public let key: ListingKey
    /// What can be read.
    public let columns: [ListingColumn]
    /// A condition that every row fulfils; without values of its own.
    public let condition: String?

    /// Declares a relation.
    public init(
        from: String,
        scope: String?,
        key: ListingKey,
        columns: [ListingColumn],
        condition: String? = nil
    ) {
        self.from = from
        self.scope = scope
        self.key = key
        self.columns = columns
        self.condition = condition
    }

    /// A column by its name.
    ///
    /// - Throws: ``DatabaseError/noSuchColumn(_:)``.
    public func column(_ name: String) throws -> ListingColumn {
        guard let column = columns.first(where: { $0.name == name }) else {
            throw DatabaseError.noSuchColumn(name)
        }
        return column
    }
}

/// What tells the rows of a ``Listing`` apart, as one integer.
public enum ListingKey: Sendable, Hashable, ExpressibleByStringLiteral {
    /// A column with integers.
    case column(String)
    /// Two columns with integers from 0: below 2^23, below 2^40; a range of an index on both.
    case pair(String, String)

    /// A column with integers.
    public init(stringLiteral value: String) { self = .column(value) }

    /// The integer that stands for a pair.
    public static func packed(_ first: Int64, _ second: Int64) -> Int64 { first << 40 | second }

    /// The pair that an integer stands for.
    public static func unpacked(_ key: Int64) -> (first: Int64, second: Int64) {
        (key >> 40, key & (1 << 40 - 1))
    }

    /// The SQL of the integer.
    public var sql: String {
        switch self {
        case .column(let column): column
        case .pair(let first, let second): "\(first) * 1099511627776 + \(second)"
        }
    }

    /// The columns that order rows as the integer does.
    var columns: [String] {
        switch self {
        case .column(let column): [column]
        case .pair(let first, let second): [first, second]
        }
    }

    /// The values of ``columns`` for an integer.
    func values(_ key: Int64) -> [Int64] {
        guard case .pair = self else { return [key] }
        let parts = ListingKey.unpacked(key)
        return [parts.first, parts.second]
    }
}

extension ListingColumn {
    /// The column's value in the present row, in its own type on every engine.
    public func value(_ cursor: any RowCursor, _ index: Int) -> SQLValue {
        guard !cursor.isNull(index) else { return .null }
        return switch kind {
        case .integer: .integer(cursor.integer(index))
        case .number: .double(cursor.double(index))
        case .boolean: .boolean(cursor.integer(index) != 0)
        case .text, .json: .text(String(decoding: cursor.utf8(index), as: UTF8.self))
        case .moment: .moment(Instant(microseconds: cursor.integer(index)))
        case .day: .day(Day(number: cursor.integer(index)))
        }
    }
}

/// What one column of a ``Listing`` holds.
public struct ListingColumn: Sendable, Hashable {
    /// What kind of value a column has.
    public enum Kind: Sendable, Hashable {
        /// A 64-bit integer.
        case integer
        /// A double.
        case number
        /// A truth value.
        case boolean
        /// Text.
        case text
        /// A point in time.
        case moment
        /// A calendar day.
        case day
        /// Text that is JSON.
        case json
    }

    /// The name that readers use.
    public let name: String
    /// The SQL that yields it.
    public let sql: String
    /// What kind of value it is.
    public let kind: Kind
    /// Whether it may be null.
    public let isNullable: Bool

    /// Declares a column.
    public init(_ name: String, _ sql: String, _ kind: Kind, isNullable: Bool = false) {
        self.name = name
        self.sql = sql
        self.kind = kind
        self.isNullable = isNullable
    }

    /// The same column, which may be null.
    public var orNull: ListingColumn { ListingColumn(name, sql, kind, isNullable: true) }
}
