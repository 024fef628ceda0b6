// SPDX-License-Identifier: Apache-2.0

extension Resource: Endpoint {
    /// Finds what a path below the resource means.
    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer {
        let rest = Array(request.path.dropFirst())
        if rest.count == 1, Int64(rest[0]) == nil {
            return try await action(rest[0], .collection, request, id: 0, call)
        }
        guard let first = rest.first else { return try await itself(request, id: nil, call) }
        guard rest.count < 3, let id = Int64(first) else {
            throw Problem.notFound("path like this below \(name)")
        }
        guard rest.count == 2 else { return try await itself(request, id: id, call) }
        return try await action(rest[1], .item, request, id: id, call)
    }

    private func itself(_ request: APIRequest, id: Int64?, _ call: Call) async throws -> Answer {
        switch request.method {
        case .get, .head: return try await read(request, id: id, call)
        case .post:
            guard id == nil else { throw Problem.methodNotAllowed(methods(hasID: true)) }
            return try await post(request, call)
        case .put: return try await put(request, id: id, call)
        case .delete: return try await remove(request, id: id, call)
        }
    }

    private func action(
        _ word: String,
        _ target: ResourceAction.Target,
        _ request: APIRequest,
        id: Int64,
        _ call: Call
    ) async throws -> Answer {
        let named = actions.filter { $0.name == word.lowercased() && $0.target == target }
        guard !named.isEmpty else { throw Problem.notFound("\(word) below \(name)") }
        guard let action = named.first(where: { $0.method == request.method }) else {
            throw Problem.methodNotAllowed(named.map(\.method))
        }
        return try await perform(action, request, id: id, call)
    }
}
