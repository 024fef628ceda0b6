// SPDX-License-Identifier: Apache-2.0
internal import Common

/// The SQL of a page of a ``Listing``.
struct ListingStatement {
    private(set) var sql = ""
    private(set) var values: [any SQLConvertible] = []

    init(
        _ listing: Listing,
        _ query: ListingQuery,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        var conditions: [String] = []
        if let scope = listing.scope { conditions.append("\(scope) = \(bind(workspace))") }
        if let fixed = listing.condition { conditions.append("(\(fixed))") }
        for filter in query.filters {
            conditions.append(try condition(filter, listing, connection))
        }
        let sort = try query.sort.map(listing.column).flatMap {
            $0.sql == listing.key.sql ? nil : $0
        }
        if let place = query.after {
            conditions.append(behind(place, sort, listing.key, query.isReversed))
        }
        let key = listing.key.sql
        let selected = listing.columns.map(\.sql) + [key, sort?.sql ?? key]
        sql = """
            SELECT \(selected.joined(separator: ", ")) FROM \(listing.from)
            WHERE \(conditions.isEmpty ? "true" : conditions.joined(separator: " AND "))
            ORDER BY \(order(sort, listing.key, query.isReversed)) LIMIT \(bind(query.limit + 1))
            """
    }

    private mutating func bind(_ value: any SQLConvertible) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    private mutating func condition(
        _ filter: ListingFilter,
        _ listing: Listing,
        _ connection: Connection
    ) throws -> String {
        switch filter {
        case .equals(let name, .integer(let key)) where try isKey(name, listing):
            return "(\(listing.key.columns.joined(separator: ", "))) = \(bind(listing.key, key))"
        case .equals(let name, .null): return "\(try listing.column(name).sql) IS NULL"
        case .equals(let name, let value):
            return "\(try listing.column(name).sql) = \(bind(value))"
        case .anyOf(let name, let all):
            let column = try listing.column(name).sql
            guard !all.isEmpty else { return "false" }
            let places = all.map { bind($0) }
            return "\(column) IN (\(places.joined(separator: ", ")))"
        case .from(let name, let value):
            return "\(try listing.column(name).sql) >= \(bind(value))"
        case .below(let name, let value):
            return "\(try listing.column(name).sql) < \(bind(value))"
        case .contains(let name, let text):
            return connection.contains(
                column: try listing.column(name).sql,
                placeholder: bind(text)
            )
        }
    }

    private func isKey(_ name: String, _ listing: Listing) throws -> Bool {
        try listing.column(name).sql == listing.key.sql
    }

    private mutating func bind(_ key: ListingKey, _ value: Int64) -> String {
        let places = key.values(value).map { bind($0) }
        return "(\(places.joined(separator: ", ")))"
    }

    /// The rows behind a place in the order (column, key), nulls first.
    private mutating func behind(
        _ place: ListingPlace,
        _ sort: ListingColumn?,
        _ key: ListingKey,
        _ isReversed: Bool
    ) -> String {
        let sign = isReversed ? "<" : ">"
        let columns = key.columns.joined(separator: ", ")
        guard let sort else { return "(\(columns)) \(sign) \(bind(key, place.key))" }
        if place.value == .null {
            let others = isReversed ? "" : " OR \(sort.sql) IS NOT NULL"
            let rest = "(\(columns)) \(sign) \(bind(key, place.key))"
            return "(\(sort.sql) IS NULL AND \(rest)\(others))"
        }
        let value = bind(place.value)
        let parts = key.values(place.key).map { bind($0) }.joined(separator: ", ")
        let ahead = "(\(sort.sql), \(columns)) \(sign) (\(value), \(parts))"
        return isReversed && sort.isNullable ? "(\(ahead) OR \(sort.sql) IS NULL)" : ahead
    }

    private func order(_ sort: ListingColumn?, _ key: ListingKey, _ isReversed: Bool) -> String {
        let way = isReversed ? " DESC" : ""
        let keys = key.columns.map { $0 + way }.joined(separator: ", ")
        guard let sort else { return keys }
        let nulls = !sort.isNullable ? "" : isReversed ? " NULLS LAST" : " NULLS FIRST"
        return "\(sort.sql)\(way)\(nulls), \(keys)"
    }
}
