// SPDX-License-Identifier: Apache-2.0
import Common
import Millrace
import TestSupport
import Testing

/// What others need is not deleted, and what is named has to be there.
@Suite struct InUseTests {
    @Test(arguments: TestEngine.dialects)
    func `an entity exists before something belongs to it, and as long`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let client = world.client
            let made = try await client.post("/v1/entity", ["name": "Retail"])
            let entity = made.data["id"]
            let campaign: [String: JSONValue] = [
                "name": "Order", "kind": "transactional", "content": TaskWorld.mail()["content"],
            ]
            let export: [String: JSONValue] = [
                "name": "Daily", "type": "profile.created", "profile_table_id": 1,
                "file_name": "people", "columns": [["key": "userId"]], "first_run": "everything",
            ]
            for (path, body) in [("/v1/export", export), ("/v1/campaign", campaign)] {
                let unknown =
                    try await client
                    .post(path, .object(body.merging(["entity_id": 99]) { $1 }))
                #expect(unknown.status == 422 && unknown.details["entity_id"] != .null)
                let known =
                    try await client
                    .post(path, .object(body.merging(["entity_id": entity]) { $1 }))
                #expect(known.status == 201, "\(known.message)")
                let refused = try await client.delete("/v1/entity/\(entity.number)")
                #expect(refused.status == 409 && refused.message.contains("belongs to the entity"))
                guard path == "/v1/export" else { continue }
                let export = "/v1/export/\(known.data["id"].number)"
                let moved = try await client.put(export, ["entity_id": 99])
                #expect(moved.status == 422, "\(moved.message)")
                #expect(try await client.delete(export).status == 200)
            }
            let free = try await client.post("/v1/entity", ["name": "Wholesale"]).data["id"]
            #expect(try await client.delete("/v1/entity/\(free.number)").status == 200)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a search is not deleted while a campaign, a send or a split test uses it`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let client = world.client
            let search: JSONValue = .integer(world.search)
            func refused() async throws -> Bool {
                let reply = try await client.delete("/v1/search/\(world.search)")
                return reply.status == 409 && reply.message.contains("uses the search")
            }
            let campaign = try await client.post(
                "/v1/campaign",
                [
                    "name": "Order", "content": TaskWorld.mail()["content"],
                    "rules": ["search": search],
                ]
            )
            #expect(campaign.status == 201, "\(campaign.message)")
            #expect(try await refused())
            let path = "/v1/campaign/\(campaign.data["id"].number)"
            for state: JSONValue in ["active", "finished"] {
                #expect(try await client.put(path, ["state": state]).status == 200)
            }
            let other = try await client.post("/v1/emailMessage", TaskWorld.mail("Second"))
            let test = try await client.post(
                "/v1/splitTest",
                [
                    "name": "Which", "search_id": search, "share": 50,
                    "message_ids": [.integer(world.message), other.data["id"]], "delay": 2,
                    "scheduledtime": 4_000_000_000,
                ]
            )
            #expect(test.status == 201, "\(test.message)")
            #expect(try await refused())
            let done =
                try await client
                .put("/v1/splitTest/\(test.data["id"].number)", ["cancelled": true])
            #expect(done.status == 200, "\(done.message)")
            #expect(try await client.delete("/v1/search/\(world.search)").status == 200)
        }
    }
}
