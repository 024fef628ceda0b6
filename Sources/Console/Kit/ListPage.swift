// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// One page of a ``Listing``, with the place where the next begins.
struct ListPage: Sendable {
    /// How many rows a page has.
    static let size = 50

    /// A row: its values by column.
    struct Row: Sendable {
        fileprivate let columns: [String]
        fileprivate let values: [SQLValue]

        subscript(name: String) -> SQLValue {
            columns.firstIndex(of: name).map { values[$0] } ?? .null
        }

        func text(_ name: String) -> String {
            if case .text(let text) = self[name] { return text }
            return ""
        }

        func integer(_ name: String) -> Int64? {
            if case .integer(let value) = self[name] { return value }
            return nil
        }

        func moment(_ name: String) -> Instant? {
            if case .moment(let value) = self[name] { return value }
            return nil
        }

        func isOn(_ name: String) -> Bool { self[name] == .boolean(true) }

        var id: Int64 { integer("id") ?? 0 }
    }

    var rows: [Row] = []
    var next: String?

    /// The newest rows, so many at most.
    static func newest(
        _ limit: Int,
        _ listing: Listing,
        _ filters: [ListingFilter],
        in workspace: WorkspaceID,
        from connection: Connection
    ) throws -> [Row] {
        let query = ListingQuery(filters: filters, isReversed: true, limit: limit)
        let names = listing.columns.map(\.name)
        var rows: [Row] = []
        _ = try listing.page(query, in: workspace, from: connection) { cursor in
            let values = listing.columns.indices.map { listing.columns[$0].value(cursor, $0) }
            rows.append(Row(columns: names, values: values))
        }
        return rows
    }

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - listing: What is listed.
    ///   - filters: What all rows fulfil.
    ///   - sort: The column of the order; the key alone unless given.
    ///   - isReversed: Whether the last come first; they do unless given.
    ///   - cursor: Where the page before ended.
    ///   - workspace: The workspace.
    ///   - connection: Where to read.
    /// - Throws: `DatabaseError`.
    init(
        _ listing: Listing,
        _ filters: [ListingFilter] = [],
        sort: String? = nil,
        isReversed: Bool = true,
        cursor: String = "",
        in workspace: WorkspaceID,
        from connection: Connection
    ) throws {
        let query = ListingQuery(
            filters: filters,
            sort: sort,
            isReversed: isReversed,
            limit: ListPage.size,
            after: ListCursor.place(cursor)
        )
        let names = listing.columns.map(\.name)
        let place = try listing.page(query, in: workspace, from: connection) { cursor in
            let values = listing.columns.indices.map { listing.columns[$0].value(cursor, $0) }
            rows.append(Row(columns: names, values: values))
        }
        next = place.map { ListCursor.text($0, sorted: sort != nil) }
    }
}

/// Where a page ended, as an address holds it.
///
/// Pure.
enum ListCursor {
    static func text(_ place: ListingPlace, sorted: Bool) -> String {
        guard sorted else { return "\(place.key)" }
        return switch place.value {
        case .integer(let value): "\(place.key).i\(value)"
        case .moment(let value): "\(place.key).m\(value.microseconds)"
        case .text(let value): "\(place.key).t\(value)"
        case .boolean(let value): "\(place.key).b\(value ? 1 : 0)"
        default: "\(place.key).n"
        }
    }

    static func place(_ text: String) -> ListingPlace? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let head = parts.first, let key = Int64(head) else { return nil }
        guard parts.count == 2, let kind = parts[1].first else {
            return ListingPlace(value: .integer(key), key: key)
        }
        let rest = String(parts[1].dropFirst())
        let value: SQLValue =
            switch kind {
            case "i": Int64(rest).map { .integer($0) } ?? .null
            case "m": Int64(rest).map { .moment(Instant(microseconds: $0)) } ?? .null
            case "t": .text(rest)
            case "b": .boolean(rest == "1")
            default: .null
            }
        return ListingPlace(value: value, key: key)
    }
}

extension Visit {
    /// The address of the next page of a list, with everything else of the query.
    func nextPage(_ path: String, _ cursor: String?) -> String? {
        cursor.map { "\(path)?\(query.setting("at", $0).encoded)" }
    }

    /// The address of the first page, unless this is it.
    func firstPage(_ path: String) -> String? {
        guard query.has("at") else { return nil }
        return "\(path)?\(query.setting("at", nil).encoded)"
    }
}
