// SPDX-License-Identifier: Apache-2.0
public import Common

/// A condition on one column of a ``Listing``.
public enum ListingFilter: Sendable, Hashable {
    /// The column has this value; null is matched by null.
    case equals(String, SQLValue)
    /// The column has one of these values.
    case anyOf(String, [SQLValue])
    /// The column is at least this value.
    case from(String, SQLValue)
    /// The column is below this value.
    case below(String, SQLValue)
    /// The text column holds this text somewhere, by bytes.
    case contains(String, String)
}

/// Where a page ended: the next one goes on behind it.
public struct ListingPlace: Sendable, Hashable {
    /// The value of the column that is sorted by.
    public var value: SQLValue
    /// The key of the row.
    public var key: Int64

    /// Makes a place.
    public init(value: SQLValue, key: Int64) {
        self.value = value
        self.key = key
    }
}

/// A page that is wanted of a ``Listing``.
///
/// Rows come in the order (column, key), nulls first, or exactly the other way round. Going on
/// from the place of each page gives each row exactly once, also while rows are added (spec/api.md).
public struct ListingQuery: Sendable, Hashable {
    /// All of these hold.
    public var filters: [ListingFilter]
    /// The column that is sorted by; nil for the key alone.
    public var sort: String?
    /// Whether the order is turned round.
    public var isReversed: Bool
    /// How many rows at most.
    public var limit: Int
    /// Behind which row the page begins; nil for the first page.
    public var after: ListingPlace?

    /// Asks for a page.
    public init(
        filters: [ListingFilter] = [],
        sort: String? = nil,
        isReversed: Bool = false,
        limit: Int = 200,
        after: ListingPlace? = nil
    ) {
        self.filters = filters
        self.sort = sort
        self.isReversed = isReversed
        self.limit = limit
        self.after = after
    }
}

extension Listing {
    /// Reads a page: calls a closure for each row, whose columns stand in the order of ``columns``.
    ///
    /// - Parameters:
    ///   - query: Which page.
    ///   - workspace: The workspace, where the listing has a scope.
    ///   - connection: Where to read.
    ///   - row: Called for each row in place.
    /// - Returns: Where the page ended, when rows follow it.
    /// - Throws: ``DatabaseError/noSuchColumn(_:)``, or what the closure throws.
    public func page(
        _ query: ListingQuery,
        in workspace: WorkspaceID,
        from connection: Connection,
        row: (any RowCursor) throws -> Void
    ) throws -> ListingPlace? {
        let statement = try ListingStatement(self, query, workspace, connection)
        let sorted = try query.sort.map(column)
        var count = 0
        var place: ListingPlace?
        var hasMore = false
        try connection.each(statement.sql, statement.values) { cursor in
            guard count < query.limit else {
                hasMore = true
                return false
            }
            count += 1
            if count == query.limit {
                let key = cursor.integer(columns.count)
                let value = sorted?.value(cursor, columns.count + 1)
                place = ListingPlace(value: value ?? .integer(key), key: key)
            }
            try row(cursor)
            return true
        }
        return hasMore ? place : nil
    }

    /// Whether any row fulfils all filters.
    public func hasAny(
        _ filters: [ListingFilter],
        in workspace: WorkspaceID,
        from connection: Connection
    ) throws -> Bool {
        var found = false
        let query = ListingQuery(filters: filters, limit: 1)
        _ = try page(query, in: workspace, from: connection) { _ in found = true }
        return found
    }
}
