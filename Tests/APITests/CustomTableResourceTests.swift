// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Millrace
import Tasks
import TestSupport
import Testing

/// Custom tables, their rows and segmentations by the API.
@Suite struct CustomTableResourceTests {
    private func makeTable(
        _ client: Client,
        _ name: String = "orders",
        _ more: [String: JSONValue] = [:]
    ) async throws -> Client.Reply {
        var body: [String: JSONValue] = [
            "name": .string(name), "kind": "linkedData", "business_key": "number",
            "attributes": [
                ["name": "number", "type": "string"], ["name": "amount", "type": "number"],
                ["name": "state", "type": "string", "accepted_values": ["open", "paid"]],
                ["name": "tags", "type": "string", "multi_valued": true],
            ],
        ]
        body.merge(more) { $1 }
        return try await client.post("/v1/customTable", .object(body))
    }

    @Test(arguments: TestEngine.dialects)
    func `a table is made, changed, cleared and deleted`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await makeTable(client)
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["profile_table"] == "profiles")
            #expect(made.data["business_key"] == "number")
            let id = made.data["id"].number
            let changed = try await client.put(
                "/v1/customTable/\(id)",
                ["display_name": "All orders", "attributes": [["name": "at", "type": "moment"]]]
            )
            #expect(changed.status == 200 && changed.data["display_name"] == "All orders")
            #expect(try await makeTable(client).status == 409)
            let wrong = try await makeTable(
                client,
                "shops",
                ["kind": "repository", "profile_table": "profiles"]
            )
            #expect(wrong.status == 422 && wrong.message.contains("profile_table"))
            _ = try await client.post("/v1/subscriber", ["userId": "ann"])
            let row = try await client.post(
                "/v1/customRow?custom_table=orders",
                ["number": "1", "userId": "ann"]
            )
            #expect(row.status == 201, "\(row.message)")
            #expect(try await client.delete("/v1/customTable/\(id)").status == 409)
            let clearing = try await client.post("/v1/customTable/\(id)/clear", ["drop": true])
            #expect(clearing.status == 202 && clearing.data["task_id"].number > 0)
            try await server.installation.worker.runUntilIdle()
            #expect(try await client.get("/v1/customTable/\(id)").status == 404)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `rows are made, read, changed and deleted by table`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            _ = try await makeTable(client)
            let ann = try await client.post("/v1/subscriber", ["userId": "ann"]).data["id"]
            let rows = "/v1/customRow"
            let query = "?custom_table=orders"
            let made = try await client.post(
                rows + query,
                ["number": "1", "userId": "ann", "amount": 2.5, "tags": ["a", "b"]]
            )
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["profileId"] == ann && made.data["amount"] == 2.5)
            #expect(made.data["creationMoment"] == made.data["updateMoment"])
            let id = made.data["id"].number
            #expect(try await client.get("\(rows)/\(id)\(query)").data == made.data)
            let found = try await client.get("\(rows)\(query)&number=1&profileId=\(ann.number)")
            #expect(found.data.elements == [made.data])
            #expect(try await client.send("HEAD", "\(rows)\(query)&number=2").status == 404)
            let changed = try await client.put("\(rows)/\(id)\(query)", ["state": "paid"])
            #expect(changed.status == 200 && changed.data["state"] == "paid")
            for body: JSONValue in [
                ["number": "2"], ["number": "2", "userId": "bob"],
                ["number": "1", "userId": "ann"],
                ["number": "2", "userId": "ann", "state": "lost"],
            ] {
                #expect(try await client.post(rows + query, body).status == 422, "\(body)")
            }
            #expect(try await client.delete("\(rows)/\(id)\(query)").status == 200)
            #expect(try await client.get("\(rows)/\(id)\(query)").status == 404)
            #expect(try await client.get(rows).status == 400)
            #expect(try await client.get("\(rows)?custom_table=nothing").status == 400)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a segmentation is made, refreshed and counted`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            for name in ["ann", "bob"] {
                _ = try await client.post("/v1/subscriber", ["userId": .string(name)])
            }
            let made = try await client.post(
                "/v1/segmentation",
                [
                    "name": "tier", "kind": "exclusive", "history": true, "default_segment": "rest",
                    "segments": [
                        ["name": "a", "expression": ["attribute": "userId", "is": "ann"]]
                    ],
                ]
            )
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["refreshed"] == .null && made.data["default_segment"] == "rest")
            let place = "/v1/segmentation/\(made.data["id"].number)"
            let asked = try await client.post("\(place)/refresh", [:])
            #expect(asked.status == 202 && asked.data["task_id"].number > 0)
            try await server.installation.worker.runUntilIdle()
            let counts = try await client.get("\(place)/counts").data["segments"].elements
            #expect(counts.map { $0["profiles"] } == [1, 1])
            #expect(counts.map { $0["name"] } == ["a", "rest"])
            #expect(try await client.get(place).data["refreshed"] != .null)
            let changed = try await client.put(place, ["display_name": "Tiers", "history": false])
            #expect(changed.status == 200 && changed.data["history"] == false)
            let wrong = try await client.put(place, ["segments": [["name": "x"]]])
            #expect(wrong.status == 422)
            #expect(try await client.delete(place).status == 200)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `the attributes of custom tables stand beside those of profiles, and can be added`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            _ = try await makeTable(client)
            let found = try await client.get("/v1/attribute?custom_table=orders&sort=name")
            let names = found.data.elements.map { $0["name"].text }
            #expect(names == ["amount", "number", "state", "tags"], "\(found.message)")
            #expect(found.data[0]["profile_table"] == .null)
            let made = try await client.post(
                "/v1/attribute",
                ["custom_table": "orders", "name": "at", "type": "moment"]
            )
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["custom_table"] == "orders" && made.data["type"] == "moment")
            let profile = try await client.post(
                "/v1/attribute",
                ["profile_table": "profiles", "name": "at", "type": "moment"]
            )
            #expect(profile.data["custom_table"] == .null, "\(profile.message)")
            let own = try await client.get("/v1/attribute?profile_table=profiles&custom_table=")
            #expect(own.data.elements.contains { $0["name"] == "at" })
            #expect(own.data.elements.allSatisfy { $0["profile_table"] == "profiles" })
            let cases: [([String: JSONValue], String)] = [
                ([:], "profile_table"),
                (["profile_table": "profiles", "custom_table": "orders"], "custom_table"),
                (["custom_table": "nothing"], "custom_table"),
                (["profile_table": "nothing"], "profile_table"),
            ]
            for (change, word) in cases {
                let body = ["name": "x", "type": "string"].merging(change) { $1 }
                let refused = try await client.post("/v1/attribute", .object(body))
                #expect(refused.status == 422 && refused.details[word] != .null, "\(change)")
            }
        }
    }
}
