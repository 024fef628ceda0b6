// SPDX-License-Identifier: Apache-2.0
import Accounts
import Database
import HTTPTypes

/// What anybody may ask for: whether the node lives, whether it is ready, what the API can do.
struct PublicPaths {
    private let services: APIServices
    private let directory: Directory

    init(_ services: APIServices, _ directory: Directory) {
        self.services = services
        self.directory = directory
    }

    /// The answer, when the path is one of these.
    func answer(_ path: [String], _ method: HTTPRequest.Method) async throws -> Answer? {
        let name = path.map { $0.lowercased() }.joined(separator: "/")
        guard ["healthz", "readyz", "v1/openapi.json"].contains(name) else { return nil }
        guard method == .get || method == .head else {
            throw Problem.methodNotAllowed([.get, .head])
        }
        switch name {
        case "healthz": return text(200, "alive")
        case "readyz": return await ready()
        default:
            let document = Document(directory, version: services.version)
            return Answer(status: 200, body: .bytes(try document.bytes))
        }
    }

    /// A node is ready when its database answers.
    private func ready() async -> Answer {
        do {
            try await services.database.read { connection in
                _ = try connection.value("SELECT 1", as: Int64.self)
            }
            return text(200, "ready")
        } catch {
            return text(503, "the database does not answer")
        }
    }

    private func text(_ status: Int, _ words: String) -> Answer {
        Answer(
            status: status,
            mediaType: "text/plain; charset=utf-8",
            body: .bytes(Array((words + "\n").utf8))
        )
    }
}
