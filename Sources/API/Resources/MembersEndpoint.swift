// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Imports

/// `/v1/members/imports`: the bulk member API (spec/imports.md).
struct MembersEndpoint: Endpoint {
    let name = "members"

    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer {
        let path = request.path.dropFirst().map { $0 }
        guard path.first?.lowercased() == "imports" else {
            throw Problem.notFound("path like this below members")
        }
        switch (path.count, request.method) {
        case (1, .post): return try await post(request, call)
        case (2, .get), (2, .head): return try await bulks(path[1], request, call)
        case (4, .get) where path[2].lowercased() == "bulks",
            (4, .head) where path[2].lowercased() == "bulks":
            return try await bulk(path[3], of: path[1], call)
        case (1, _): throw Problem.methodNotAllowed([.post])
        case (2, _): throw Problem.methodNotAllowed([.get, .head])
        case (4, _) where path[2].lowercased() == "bulks":
            throw Problem.methodNotAllowed([.get, .head])
        default: throw Problem.notFound("path like this below members")
        }
    }

    private func post(_ request: APIRequest, _ call: Call) async throws -> Answer {
        try call.require(.manage, .imports)
        if let type = request.mediaType, type != "application/json" {
            throw Problem(415, "the body is \(type); use application/json")
        }
        let bulk = try MemberBulkRequest(json: request.body)
        if let key = request.repeatKey, !(1...255).contains(key.utf8.count) {
            throw Problem(400, "Idempotency-Key must have 1 to 255 characters")
        }
        let made = try await call.services.database.write(.guarded) { transaction in
            let made = try MemberBulkStore(call.workspace).create(
                bulk,
                idempotencyKey: request.repeatKey.map { "\(call.caller.user.id) \($0)" },
                by: call.context(transaction),
                in: transaction
            )
            try call.record("members.import", subject: "bulk \(made.id)", in: transaction)
            return made
        }
        return .ok(202, data: BulkView.short(made))
    }

    private func bulks(
        _ importID: String,
        _ request: APIRequest,
        _ call: Call
    ) async throws -> Answer {
        try call.require(.read, .read)
        let page = try BulkPage(request.query)
        let found = try await call.services.database.read { connection in
            try MemberBulkStore(call.workspace).bulks(
                ofImport: importID,
                after: page.after,
                limit: page.count + 1,
                in: connection
            )
        }
        guard !found.isEmpty || page.after != nil else {
            throw Problem.notFound("import of this import_id")
        }
        var json = JSONBytes()
        json.raw("[")
        for (position, bulk) in found.prefix(page.count).enumerated() {
            if position > 0 { json.raw(",") }
            json.raw(BulkView.short(bulk))
        }
        json.raw("]")
        let last = found.count > page.count ? found[page.count - 1].id : nil
        return .ok(
            data: json.bytes,
            count: min(found.count, page.count),
            next: last.map { "\($0)" }
        )
    }

    private func bulk(_ id: String, of importID: String, _ call: Call) async throws -> Answer {
        try call.require(.read, .read)
        guard let number = Int64(id) else { throw Problem.notFound("bulk \(id)") }
        let now = call.services.database.time.now()
        let bulk = try await call.services.database.read { connection in
            try MemberBulkStore(call.workspace)
                .bulk(MemberBulkID(number), ofImport: importID, at: now, in: connection)
        }
        return .ok(data: try BulkView.whole(bulk))
    }
}

/// Which bulks of an import are wanted.
private struct BulkPage {
    var count = 200
    var after: MemberBulkID?

    init(_ query: [APIRequest.QueryItem]) throws {
        for item in query {
            switch item.name.lowercased() {
            case "count":
                guard let count = Int(item.value), count > 0 else {
                    throw Problem(400, "count must be a whole number from 1")
                }
                self.count = min(count, 200)
            case "start" where item.value.isEmpty: break
            case "start":
                guard let start = Int64(item.value) else {
                    throw Problem(400, "start is no cursor; use next of the page before")
                }
                after = MemberBulkID(start)
            default: throw Problem(400, "the query cannot have \(item.name.lowercased())")
            }
        }
    }
}

/// A bulk as the API shows it.
enum BulkView {
    /// What a list of bulks shows of each.
    static func short(_ bulk: MemberBulk) -> [UInt8] {
        var json = JSONBytes(capacity: 512)
        json.raw("{")
        common(bulk, &json)
        json.raw("}")
        return json.bytes
    }

    /// Everything, payload and errors included as long as they are kept.
    static func whole(_ bulk: MemberBulk) throws -> [UInt8] {
        var json = JSONBytes(capacity: 512 + (bulk.contents?.payload.count ?? 0))
        json.raw("{")
        common(bulk, &json)
        json.raw(",\"explanation\":")
        if let words = bulk.explanation { json.text(words) } else { json.null() }
        json.raw(",\"errors\":")
        if let errors = bulk.contents?.errors { json.raw(errors) } else { json.null() }
        json.raw(",\"member_payloads\":")
        if let payload = bulk.contents?.payload { json.raw(payload) } else { json.null() }
        json.raw("}")
        return json.bytes
    }

    private static func common(_ bulk: MemberBulk, _ json: inout JSONBytes) {
        json.raw("\"id\":")
        json.integer(bulk.id.value)
        json.raw(",\"import_id\":")
        json.text(bulk.importID)
        json.raw(",\"request_number\":")
        if let number = bulk.requestNumber { json.integer(number) } else { json.null() }
        json.raw(",\"task_id\":")
        json.integer(bulk.task.value)
        json.raw(",\"operation\":")
        json.text(bulk.operation.rawValue)
        json.raw(",\"dry_run\":")
        json.boolean(bulk.isDryRun)
        json.raw(",\"status\":")
        json.text(bulk.status.rawValue)
        json.raw(",\"members_in_payload_number\":")
        json.integer(Int64(bulk.breakdown.total))
        json.raw(",\"members_created_number\":")
        json.integer(Int64(bulk.breakdown.created))
        json.raw(",\"members_updated_number\":")
        json.integer(Int64(bulk.breakdown.updated))
        json.raw(",\"members_unchanged_number\":")
        json.integer(Int64(bulk.breakdown.unchanged))
        json.raw(",\"members_with_validation_errors_number\":")
        json.integer(Int64(bulk.breakdown.validationErrors))
        json.raw(",\"retries\":")
        json.integer(Int64(bulk.retries))
        json.raw(",\"created_at\":")
        json.moment(bulk.createdAt.microseconds)
    }
}
