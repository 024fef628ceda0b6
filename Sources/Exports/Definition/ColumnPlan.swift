// SPDX-License-Identifier: Apache-2.0
import Audience

/// The columns of a file, resolved against the table: headers, SQL and how cells are written.
public struct ColumnPlan: Sendable {
    /// The headers in order.
    public let headers: [String]
    /// The chosen columns in order.
    public let columns: [AvailableColumn]
    let sql: [String]
    let cells: [CellWriter]
    /// How many columns stand before the first cell.
    private let relation: SourceRelation
    private let tables: ExportTables
    /// The profiles that rows are limited to; its values follow those of the query's own.
    var selection: SearchCondition?

    /// Resolves a definition's columns; all main ones when it names none.
    ///
    /// - Throws: ``ExportsError/unknownColumn(_:_:)``,
    ///   ``ExportsError/profileColumnRefused(_:_:)``,
    ///   ``ExportsError/equalHeaders(_:first:second:)``, ``ExportsError/badSetting(_:reason:)``.
    public init(_ definition: ExportDefinition, tables: ExportTables) throws {
        let offer = try ColumnOffer(
            definition.pair,
            tables: tables,
            subscriptions: definition.subscriptions
        )
        let chosen = definition.columns ?? ColumnPlan.standard(offer)
        let columns = try chosen.map { try ColumnPlan.find($0.key, definition.pair, offer) }
        let headers = zip(chosen, columns).map { $0.header ?? $1.header }
        try ColumnPlan.check(headers, columns)
        relation = offer.rows.relation(for: tables)
        let first = SourceRelation.firstFilter + relation.filters.count
        var sql: [String] = []
        cells = columns.map { column in
            defer { sql += column.source.sql }
            return column.source.writer(first + sql.count)
        }
        self.sql = sql
        self.headers = headers
        self.columns = columns
        self.tables = tables
    }

    /// All main columns of a type, under their own headers.
    static func standard(_ offer: ColumnOffer) -> [ExportColumn] {
        offer.columns.filter(\.isMain).map { ExportColumn($0.key) }
    }

    /// The choices of format that matter, each with the headers that it concerns; the wizard shows
    /// no others.
    public var formattedColumns: [ExportValueType: [String]] {
        let pairs = zip(columns, headers).filter {
            [.boolean, .date, .moment, .several].contains($0.0.type)
        }
        return Dictionary(grouping: pairs, by: \.0.type).mapValues { $0.map(\.1) }
    }

    /// A query for the rows after a place in the stamp index, or before it, newest first.
    ///
    /// Parameters: 1 stamp and 2 id of the place, 3 the other bound of the stamps, 4 the limit, then
    /// the workspace if ``needsWorkspace``, the id at the bound, which is left out, and the values of
    /// the selection. No bound of the stamp alone: SQLite would take that one for the index, and read
    /// a stamp of many rows to its end.
    func query(newestFirst: Bool = false) -> String {
        let stamp = "\(relation.alias).\(relation.stamp)"
        let id = "\(relation.alias).id"
        let leading = [stamp, id, relation.event ?? "0"] + relation.filters
        let order = newestFirst ? " DESC" : ""
        let range =
            newestFirst
            ? "(\(stamp), \(id)) < ($1, $2) AND (\(stamp), \(id)) > ($3, $\(parameterCount))"
            : "(\(stamp), \(id)) > ($1, $2) AND (\(stamp), \(id)) < ($3, $\(parameterCount))"
        let selected = selection.map { " AND \($0.sql)" } ?? ""
        return """
            SELECT \((leading + sql).joined(separator: ", "))
            FROM \(relation.from)\(joins)
            WHERE \(own(5))\(range) AND \(stamp) IS NOT NULL\(selected)
            ORDER BY \(stamp)\(order), \(id)\(order) LIMIT $4
            """
    }

    /// A query for the place of the row so many rows behind a place, before a stamp.
    ///
    /// All rows of the relation count, so that the index of stamps alone answers: whether a row is the
    /// export's own stands in the row.
    ///
    /// Parameters: 1 stamp and 2 id of the place, 3 the stamp, 4 how many rows lie between, 5 the
    /// workspace if the relation is scoped.
    var boundaryQuery: String {
        let stamp = "\(relation.alias).\(relation.stamp)"
        let id = "\(relation.alias).id"
        return """
            SELECT \(stamp), \(id) FROM \(relation.from)
            WHERE \(scope(5))\
            (\(stamp), \(id)) > ($1, $2) AND \(stamp) < $3
            ORDER BY \(stamp), \(id) LIMIT 1 OFFSET $4
            """
    }

    /// Whether the text of ``query(newestFirst:)`` mentions the workspace.
    var needsWorkspace: Bool {
        relation.isScoped || (sql + relation.filters).contains { $0.contains("$5") }
    }

    /// How many values ``query(newestFirst:)`` binds before those of the selection.
    var parameterCount: Int { needsWorkspace ? 6 : 5 }

    /// A query for how many rows of the relation the range of stamps has, from 1 up to, not including,
    /// 2, of which 3 are counted at most; as ``boundaryQuery`` by the index alone.
    var countQuery: String {
        let stamp = "\(relation.alias).\(relation.stamp)"
        return """
            SELECT count(*) FROM (SELECT 1 FROM \(relation.from)
            WHERE \(scope(4))\(stamp) >= $1 AND \(stamp) < $2 LIMIT $3) counted
            """
    }

    /// Whether the table is shared by workspaces.
    var isScoped: Bool { relation.isScoped }

    /// Whether rows are ordered by an event's moment.
    var isOrderedByEvent: Bool { relation.event != nil }

    /// What makes rows the workspace's, whose parameter has a number, and the export's own.
    private func own(_ place: Int) -> String {
        scope(place) + relation.conditions.map { "\($0) AND " }.joined()
    }

    /// What makes rows the workspace's, whose parameter has a number.
    private func scope(_ place: Int) -> String {
        relation.isScoped ? "\(relation.alias).workspace_id = $\(place) AND " : ""
    }

    private var joins: String {
        let text = sql.joined(separator: " ")
        let needsRecency = text.contains("r.email_") || text.contains("r.sms_")
        var joins = relation.contactJoin(for: sql + [relation.event ?? ""] + relation.filters)
        guard let table = tables.profiles else { return joins }
        if let profile = relation.profile, text.contains("p.") {
            joins += " LEFT JOIN \(table.physicalName) p ON p.id = \(profile)"
        }
        if needsRecency { joins += " LEFT JOIN \(table.recencyName) r ON r.id = p.id" }
        return joins
    }

    private static func find(
        _ key: String,
        _ pair: ExportPair,
        _ offer: ColumnOffer
    ) throws
        -> AvailableColumn
    {
        if let column = offer[key] { return column }
        guard key.hasPrefix("profile-"), pair.facts.profileAttributes != .addable else {
            throw ExportsError.unknownColumn(key, pair)
        }
        throw ExportsError.profileColumnRefused(key, pair)
    }

    private static func check(_ headers: [String], _ columns: [AvailableColumn]) throws {
        guard !columns.isEmpty else {
            throw ExportsError.badSetting("columns", reason: "at least one column must be chosen")
        }
        var seen: [String: String] = [:]
        for (header, column) in zip(headers, columns) {
            guard !header.isEmpty, !header.unicodeScalars.contains("\0") else {
                throw ExportsError.badSetting(
                    "columns",
                    reason: "the header of \(column.key) is empty or holds NUL"
                )
            }
            if let first = seen[header] {
                throw ExportsError.equalHeaders(header, first: first, second: column.key)
            }
            seen[header] = column.key
        }
    }
}
