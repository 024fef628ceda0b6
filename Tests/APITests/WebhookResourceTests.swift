// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

/// Webhooks and executed searches from the API to the receiver.
@Suite struct WebhookResourceTests {
    private func allowInside(_ server: TestServer) async throws {
        let workspace = server.workspace.id
        try await server.installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            try SettingStore(workspace)
                .set(.webhooksMayStayInside, to: true, by: context, in: transaction)
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a list is filled from a search, and a webhook is told`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let receiver = try WebhookReceiver()
            try await allowInside(server)
            let hook = try await client.post("/v1/webhook", ["url": .string(receiver.url("/ok"))])
            #expect(hook.status == 201 && hook.data["active"] == true)
            #expect(hook.data["types"] == [])
            try receiver.expect(secret: hook.data["secret"].text)
            _ = try await client.post("/v1/subscriber", ["userId": "u1"])
            let list = try await client.post("/v1/list", ["name": "all"]).data["id"]
            let search = try await client.post(
                "/v1/search",
                ["name": "Everyone", "expression": ["all": []]]
            ).data["id"]
            let asked = try await client.post(
                "/v1/searchExecute",
                ["search_id": search, "list_id": list]
            )
            #expect(asked.status == 202 && asked.data["status"] == "new")
            #expect(asked.data["found"] == .null && asked.data["list_id"] == list)
            try await server.installation.worker.runUntilIdle()
            let id = asked.data["id"].number
            let done = try await client.get("/v1/searchExecute/\(id)")
            #expect(done.data["status"] == "completed")
            #expect(done.data["found"] == 1 && done.data["subscribed"] == 1)
            let filtered = try await client.get("/v1/searchexecute?search_id=\(search.number)")
            #expect(filtered.data.elements.count == 1)
            let requests = try receiver.requests()
            #expect(requests.map(\.isSigned) == [true])
            #expect(requests.first?.body.contains("\"ledger\":{") == true)
            let place = "/v1/webhook/\(hook.data["id"].number)"
            let deliveries = try await client.get("\(place)/deliveries")
            #expect(deliveries.data[0]["task_id"].number == id)
            #expect(deliveries.data[0]["http_status"] == 200)
            let tested = try await client.post("\(place)/test", [:])
            #expect(tested.status == 202 && tested.data["task_id"].number > id)
            #expect(try await client.get("\(place)/deliveries?count=1").data.elements.count == 1)
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `the secret is answered once and is in no table`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let body: JSONValue = ["url": "https://example.org/hooks", "types": ["send"]]
            let made = try await client.post("/v1/webhook", body, key: "k")
            let secret = made.data["secret"].text
            #expect(secret.hasPrefix("whsec_"))
            let again = try await client.post("/v1/webhook", body, key: "k")
            #expect(again.status == 201 && again.data["id"] == made.data["id"])
            #expect(again.data["secret"] == .null)
            let place = "/v1/webhook/\(made.data["id"].number)"
            #expect(try await client.get(place).data["secret"] == .null)
            let changed = try await client.put(place, ["active": false, "types": []])
            #expect(changed.data["active"] == false && changed.data["secret"] == .null)
            let key = try #require(Data(base64Encoded: String(secret.dropFirst(6))))
            let texts = try await server.installation.database.read { try $0.everything() }
            #expect(texts.contains { $0.contains("https://example.org/hooks") })
            for text in texts {
                #expect(!text.contains(secret) && !text.contains(String(secret.dropFirst(6))))
                #expect(!text.contains(String(decoding: key, as: UTF8.self)))
            }
            let store = SecretStore(
                server.workspace.id,
                key: try SecretKey(file: server.installation.configuration.keyFile)
            )
            let names = try await server.installation.database.read { try store.names(in: $0) }
            #expect(names.count == 1)
            #expect(try await client.delete(place).status == 200)
            let left = try await server.installation.database.read { try store.names(in: $0) }
            #expect(left.isEmpty)
            #expect(try await client.get(place).status == 404)
        }
    }

    @Test func `webhooks are the administrators', and wrong ones are refused`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let good: JSONValue = ["url": "https://example.org/"]
            for (body, name) in [
                (["url": "ftp://example.org/"] as JSONValue, "url"), ([:], "url"),
                (["url": "https://example.org/", "types": ["No Type"]], "types"),
                (["url": "https://example.org/", "secret": "whsec_x"], "secret"),
            ] {
                let reply = try await client.post("/v1/webhook", body)
                #expect(reply.status == 422 && reply.details[name] != .null, "\(reply.message)")
            }
            for role in [Accounts.Role.viewer, .manager] {
                let other = Client(server, try await server.token(role))
                #expect(try await other.post("/v1/webhook", good).status == 403)
                #expect(try await other.get("/v1/webhook").status == 403)
            }
            let missing = try await client.post("/v1/searchExecute", ["search_id": 9])
            #expect(missing.status == 422 && missing.details["search_id"] != .null)
        }
    }
}

extension Connection {
    /// All values of all tables, as text.
    fileprivate func everything() throws -> [String] {
        try tableNames().flatMap { table in
            let columns = try columnNames(of: table).joined(separator: ", ")
            return try rows("SELECT \(columns) FROM \(table) -- all workspaces").flatMap { row in
                row.values.map { value in
                    if case .bytes(let bytes) = value {
                        return String(decoding: bytes, as: UTF8.self)
                    }
                    return "\(value)"
                }
            }
        }
    }
}
