// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// GET and HEAD of a resource.
extension Resource {
    func read(_ request: APIRequest, id: Int64?, _ call: Call) async throws -> Answer {
        try call.require(readPermission, .read)
        var query = try CollectionQuery(request.query, of: self, id: id)
        try requireFilters(query)
        query.narrow(visible(call.caller))
        if request.method == .head { return try await head(query, call) }
        let found = try await call.services.database.read { [query] connection in
            try page(query, call.workspace, connection)
        }
        guard query.id != nil else {
            return .ok(data: found.array, count: found.count, next: found.next)
        }
        guard found.count == 1 else { throw Problem.notFound("\(name) \(query.id ?? 0)") }
        return .ok(data: found.object)
    }

    private func head(_ query: CollectionQuery, _ call: Call) async throws -> Answer {
        let isThere = try await call.services.database.read { connection in
            try listing.hasAny(query.page.filters, in: call.workspace, from: connection)
        }
        return Answer(status: isThere ? 200 : 404, body: .bytes([]))
    }

    private func requireFilters(_ query: CollectionQuery) throws {
        guard query.id == nil else { return }
        let missing = readNeedsAll.filter { !query.filtered.contains($0) }
        guard missing.isEmpty else {
            throw Problem(400, "the query needs \(missing.joined(separator: " and "))")
        }
        guard readNeedsOneOf.isEmpty || readNeedsOneOf.contains(where: query.filtered.contains)
        else {
            let names = ["id"] + readNeedsOneOf
            throw Problem(400, "the query needs one of \(names.joined(separator: ", "))")
        }
    }

    /// One row as JSON, as a caller sees it.
    ///
    /// - Throws: ``Problem`` 404 when it does not exist or is not visible.
    func object(_ id: Int64, _ call: Call, in connection: Connection) throws -> [UInt8] {
        let filters = [ListingFilter.equals("id", .integer(id))] + visible(call.caller)
        let query = ListingQuery(filters: filters, limit: 1)
        var json = JSONBytes()
        var isThere = false
        let writer = try RowWriter(self)
        _ = try listing.page(query, in: call.workspace, from: connection) { row in
            writer.write(row, to: &json)
            isThere = true
        }
        guard isThere else { throw Problem.notFound("\(name) \(id)") }
        return json.bytes
    }

    /// Refuses an id that does not exist or is not visible.
    ///
    /// - Throws: ``Problem`` 404.
    func require(_ id: Int64, _ call: Call, in connection: Connection) throws {
        let filters = [ListingFilter.equals("id", .integer(id))] + visible(call.caller)
        guard try listing.hasAny(filters, in: call.workspace, from: connection) else {
            throw Problem.notFound("\(name) \(id)")
        }
    }

    private struct Page: Sendable {
        var object: [UInt8]
        var count: Int
        var next: String?
        var array: [UInt8] { [0x5B] + object + [0x5D] }
    }

    private func page(
        _ query: CollectionQuery,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> Page {
        var json = JSONBytes(capacity: 16_384)
        var count = 0
        let writer = try RowWriter(self)
        let place = try listing.page(query.page, in: workspace, from: connection) { row in
            if count > 0 { json.raw(",") }
            writer.write(row, to: &json)
            count += 1
        }
        return Page(object: json.bytes, count: count, next: query.next(place, of: self))
    }
}

/// Writes rows of a resource's listing as JSON objects, straight from the database's bytes.
struct RowWriter {
    private struct Field {
        let key: [UInt8]
        let index: Int
        let kind: ListingColumn.Kind
    }

    private let fields: [Field]

    init(_ resource: Resource) throws {
        fields = try resource.shown.enumerated().map { position, attribute in
            let columns = resource.listing.columns
            guard let index = columns.firstIndex(where: { $0.name == attribute.name }) else {
                throw DatabaseError.noSuchColumn(attribute.name)
            }
            let key = (position == 0 ? "{\"" : ",\"") + attribute.name + "\":"
            return Field(key: Array(key.utf8), index: index, kind: columns[index].kind)
        }
    }

    func write(_ row: any RowCursor, to json: inout JSONBytes) {
        for field in fields {
            json.raw(field.key)
            value(row, field, &json)
        }
        json.raw("}")
    }

    private func value(_ row: any RowCursor, _ field: Field, _ json: inout JSONBytes) {
        guard !row.isNull(field.index) else { return json.null() }
        switch field.kind {
        case .integer: json.integer(row.integer(field.index))
        case .number: json.number(row.double(field.index))
        case .boolean: json.boolean(row.integer(field.index) != 0)
        case .text: json.utf8(row.utf8(field.index))
        case .moment: json.moment(row.integer(field.index))
        case .day: json.text(Day(number: row.integer(field.index)).description)
        case .json: json.raw(row.utf8(field.index))
        }
    }
}
