// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// POST, PUT and DELETE of a resource, and its actions.
extension Resource {
    func post(_ request: APIRequest, _ call: Call) async throws -> Answer {
        guard let create else { throw Problem.methodNotAllowed(methods) }
        try call.require(permission, scope)
        try refuseQuery(request)
        let values = try BodyText.attributes(of: request, attributes)
        let draft = try Draft(values, attributes) { $0.onPost }
        let shown: @Sendable (Int64, Change) throws -> Answer = { id, change in
            .ok(createdStatus, data: try object(id, call, in: change.transaction))
        }
        let again = isPersonal || secret != nil ? shown : nil
        return try await Repeats(request, call).once(again: again) { change in
            let id = try create(draft, change)
            try record("create", id, change)
            guard let secret else { return (id, try shown(id, change)) }
            var bytes = try object(id, call, in: change.transaction)
            secret.append(try secret.make(id, change), to: &bytes)
            return (id, .ok(createdStatus, data: bytes))
        }
    }

    func put(_ request: APIRequest, id: Int64?, _ call: Call) async throws -> Answer {
        guard let update else { throw Problem.methodNotAllowed(methods(hasID: id != nil)) }
        try call.require(permission, scope)
        var values = try BodyText.attributes(of: request, attributes)
        let id = try target(request, id, &values)
        let draft = try Draft(values, attributes) { $0.onPut }
        let changed: Answer = try await call.services.database.write { transaction in
            let change = Change(call: call, transaction: transaction)
            try require(id, call, in: transaction)
            try update(id, draft, change)
            try record("update", id, change)
            return .ok(data: try object(id, call, in: transaction))
        }
        try await settle?(id, draft, call)
        return changed
    }

    func remove(_ request: APIRequest, id: Int64?, _ call: Call) async throws -> Answer {
        guard let delete else { throw Problem.methodNotAllowed(methods(hasID: id != nil)) }
        try call.require(permission, scope)
        var values = try BodyText.attributes(of: request, deleteAttributes)
        for item in request.query where item.name.lowercased() != "id" {
            let attribute = deleteAttributes.first { $0.name == item.name.lowercased() }
            values[item.name] =
                attribute.map { AttributeText.json(item.value, $0.kind) } ?? .string(item.value)
        }
        let id = try target(request, id, &values)
        let draft = try Draft(values, deleteAttributes) { $0.onPost }
        let prepared = try await prepareDelete?(id, call)
        return try await call.services.database.write { transaction in
            let change = Change(call: call, transaction: transaction, prepared: prepared)
            try require(id, call, in: transaction)
            var answer = try delete(id, draft, change)
            try record("delete", id, change)
            answer["id"] = .integer(id)
            answer["deleted"] = true
            return .ok(data: try JSONBytes(JSONValue.object(answer)).bytes)
        }
    }

    func perform(
        _ action: ResourceAction,
        _ request: APIRequest,
        id: Int64,
        _ call: Call
    ) async throws -> Answer {
        let isReading = action.method == .get
        try call.require(
            action.permission ?? (isReading ? readPermission : permission),
            action.scope ?? (isReading ? .read : scope)
        )
        if case .raw(let body) = action.run {
            try await requireItem(action, id, call)
            let answer = try await body(id, request, call)
            try await record(action, id, call)
            return answer
        }
        let draft = try self.draft(action, request)
        switch action.run {
        case .change(let body):
            return try await Repeats(request, call).once { change in
                if action.target == .item { try require(id, call, in: change.transaction) }
                let data = try body(id, draft, change)
                try record(action.name, id, change)
                return (id, .ok(action.status, data: try JSONBytes(data).bytes))
            }
        case .read(let body):
            return try await call.services.database.read { connection in
                if action.target == .item { try require(id, call, in: connection) }
                let data = try body(id, draft, call, connection)
                return .ok(action.status, data: try JSONBytes(data).bytes)
            }
        case .direct(let body):
            try await requireItem(action, id, call)
            let answer = try await body(id, draft, call)
            try await record(action, id, call)
            return answer
        case .raw: preconditionFailure("handled above")
        }
    }

    private func requireItem(_ action: ResourceAction, _ id: Int64, _ call: Call) async throws {
        guard action.target == .item else { return }
        try await call.services.database.read { try require(id, call, in: $0) }
    }

    private func draft(_ action: ResourceAction, _ request: APIRequest) throws -> Draft {
        guard action.method == .get else {
            try refuseQuery(request)
            let values = try BodyText.attributes(of: request, action.attributes)
            return try Draft(values, action.attributes) { $0.onPost }
        }
        var values: [String: JSONValue] = [:]
        for item in request.query {
            let name = item.name.lowercased()
            guard let attribute = action.attributes.first(where: { $0.name == name }) else {
                throw Problem(400, "the query cannot have \(name)")
            }
            values[name] = AttributeText.json(item.value, attribute.kind)
        }
        return try Draft(values, action.attributes) { $0.onPost }
    }

    /// The id of a PUT or DELETE: in the path, the query or the body, everywhere the same.
    private func target(
        _ request: APIRequest,
        _ path: Int64?,
        _ values: inout [String: JSONValue]
    ) throws -> Int64 {
        var given = path.map { [$0] } ?? []
        for item in request.query {
            guard item.name.lowercased() == "id" else {
                if request.method == .delete { continue }
                throw Problem(400, "the query cannot have \(item.name.lowercased()) here")
            }
            guard let id = Int64(item.value) else {
                throw Problem(400, "id must be a whole number")
            }
            given.append(id)
        }
        for name in values.keys where name.lowercased() == "id" {
            guard case .integer(let id)? = values.removeValue(forKey: name) else {
                throw Problem.unacceptable("id", "must be a whole number")
            }
            given.append(id)
        }
        guard let id = given.first else { throw Problem.unacceptable("id", "is required") }
        guard given.allSatisfy({ $0 == id }) else {
            throw Problem.unacceptable("id", "is given twice and not the same")
        }
        return id
    }

    private func refuseQuery(_ request: APIRequest) throws {
        guard let item = request.query.first else { return }
        throw Problem(400, "the query cannot have \(item.name.lowercased()) here")
    }

    /// Writes down what an action did in its own way, behind it.
    private func record(_ action: ResourceAction, _ id: Int64, _ call: Call) async throws {
        guard action.method != .get else { return }
        try await call.services.database.write { transaction in
            try record(action.name, id, Change(call: call, transaction: transaction))
        }
    }

    private func record(_ verb: String, _ id: Int64, _ change: Change) throws {
        guard !isAuditedByStore else { return }
        try AuditLog(change.workspace).record(
            "\(name).\(verb)",
            subject: id == 0 ? name : "\(name) \(id)",
            by: change.context,
            in: change.transaction
        )
    }
}

extension ResourceSecret {
    /// Puts the secret behind the attributes of an object.
    fileprivate func append(_ text: String, to object: inout [UInt8]) {
        var json = JSONBytes(capacity: 128)
        json.raw(",")
        json.text(attribute.name)
        json.raw(":")
        json.text(text)
        json.raw("}")
        object.removeLast()
        object += json.bytes
    }
}
