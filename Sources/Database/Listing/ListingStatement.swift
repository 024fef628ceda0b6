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
        let sort = try query.sort.map(listing.column).flatMap { $0.sql == listing.key ? nil : $0 }
        if let place = query.after {
            conditions.append(behind(place, sort, listing.key, query.isReversed))
        }
        let selected = listing.columns.map(\.sql) + [listing.key, sort?.sql ?? listing.key]
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

    /// The rows behind a place in the order (column, key), nulls first.
    private mutating func behind(
        _ place: ListingPlace,
        _ sort: ListingColumn?,
        _ key: String,
        _ isReversed: Bool
    ) -> String {
        let sign = isReversed ? "<" : ">"
        guard let sort else { return "\(key) \(sign) \(bind(place.key))" }
        if place.value == .null {
            let others = isReversed ? "" : " OR \(sort.sql) IS NOT NULL"
            return "(\(sort.sql) IS NULL AND \(key) \(sign) \(bind(place.key))\(others))"
        }
        let ahead =
            "(\(sort.sql), \(key)) \(sign) (\(bind(place.value)), \(bind(place.key)))"
        return isReversed && sort.isNullable ? "(\(ahead) OR \(sort.sql) IS NULL)" : ahead
    }

    private func order(_ sort: ListingColumn?, _ key: String, _ isReversed: Bool) -> String {
        let way = isReversed ? " DESC" : ""
        guard let sort else { return "\(key)\(way)" }
        let nulls = !sort.isNullable ? "" : isReversed ? " NULLS LAST" : " NULLS FIRST"
        return "\(sort.sql)\(way)\(nulls), \(key)\(way)"
    }
}
