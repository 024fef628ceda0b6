// SPDX-License-Identifier: Apache-2.0

/// Answers all requests below one name, such as `/v1/task`.
protocol Endpoint: Sendable {
    /// The first part of the path, as it is written in the document.
    var name: String { get }
    /// What it can do, for the document and for `Allow`.
    var operations: [Operation] { get }
    /// Answers a request.
    ///
    /// - Throws: ``Problem``, or an error of a room.
    func answer(_ request: APIRequest, _ call: Call) async throws -> Answer
}

extension Endpoint {
    /// The methods that the document has for a path.
    func methods(at path: [String]) -> [Method] {
        let found = operations.filter { $0.covers(path) }
        let exact = found.filter { !$0.path.contains("{") }
        return (exact.isEmpty ? found : exact).map(\.method)
    }
}

/// All endpoints by name.
struct Directory: Sendable {
    let endpoints: [any Endpoint]
    private let byName: [String: any Endpoint]

    init(_ endpoints: [any Endpoint]) {
        self.endpoints = endpoints
        byName = Dictionary(
            endpoints.map { ($0.name.lowercased(), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The endpoint of a path; names are case-insensitive.
    ///
    /// - Throws: ``Problem`` 404.
    func endpoint(_ path: [String]) throws -> any Endpoint {
        guard let name = path.first, let found = byName[name.lowercased()] else {
            throw Problem.notFound("resource of this name")
        }
        return found
    }
}
