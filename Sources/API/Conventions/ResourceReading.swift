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
        let key = PageKey(
            workspace: call.workspace,
            resource: name,
            id: query.id,
            page: query.page
        )
        return try await call.pages.answer(key, call.services.database) { [query] in
            try await answer(query, call)
        }
    }

    /// The rows that a query finds, in the envelope.
    private func answer(_ query: CollectionQuery, _ call: Call) async throws -> Answer {
        let found = try await call.services.database.read { connection in
            try page(query.page, call, connection)
        }
        guard query.id != nil else {
            let next = query.next(found.place, of: self)
            return .ok(data: [0x5B] + found.bytes + [0x5D], count: found.count, next: next)
        }
        guard found.count == 1 else { throw Problem.notFound("\(name) \(query.id ?? 0)") }
        return .ok(data: found.bytes)
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
        let found = try page(query, call, connection)
        guard found.count == 1 else { throw Problem.notFound("\(name) \(id)") }
        return found.bytes
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

    /// Rows as JSON objects, separated by commas.
    private struct Page: Sendable {
        var bytes: [UInt8]
        var count: Int
        var place: ListingPlace?
    }

    private func page(
        _ query: ListingQuery,
        _ call: Call,
        _ connection: Connection
    ) throws -> Page {
        var writer = try RowWriter(self)
        let place = try listing.page(query, in: call.workspace, from: connection) {
            writer.write($0)
        }
        var bytes = writer.json.bytes
        if let fill, writer.count > 0 {
            bytes = writer.filled(try fill(writer.ids, call, connection))
        }
        return Page(bytes: bytes, count: writer.count, place: place)
    }
}
