// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Millrace
import TestSupport
import Testing

/// The conventions of all resources (spec/api.md), shown by lists.
@Suite struct ConventionTests {
    @Test(arguments: TestEngine.dialects)
    func `a list is made, read, changed, listed and deleted`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post("/v1/list", ["name": "newsletter", "note": "Weekly"])
            #expect(made.status == 201)
            #expect(made.data["name"] == "newsletter" && made.data["optin"] == false)
            let id = made.data["id"].number
            let one = try await client.get("/v1/list/\(id)")
            #expect(one.data == made.data)
            #expect(try await client.get("/v1/list?id=\(id)").data == made.data)
            #expect(try await client.get("/v1/LIST/\(id)/").data == made.data)
            let changed = try await client.put("/v1/list/\(id)", ["optin": true, "note": nil])
            #expect(changed.status == 200)
            #expect(changed.data["optin"] == true && changed.data["note"] == .null)
            let all = try await client.get("/v1/list?name=newsletter&optin=TRUE")
            #expect(all.data.elements.count == 1)
            #expect(all.json["response"]["count"] == 1)
            #expect(all.json["response"]["next"] == .null)
            #expect(try await client.delete("/v1/list/\(id)").status == 200)
            #expect(try await client.get("/v1/list/\(id)").status == 404)
            #expect(try await client.send("HEAD", "/v1/list").status == 404)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `an id in the query names one among several`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let first = try await client.post("/v1/list", ["name": "first"]).data
            #expect(try await client.get("/v1/list?id=77").status == 404)
            #expect(try await client.send("HEAD", "/v1/list?id=77").status == 404)
            let second = try await client.post("/v1/list", ["name": "second"]).data
            for list in [first, second] {
                let number = list["id"].number
                #expect(try await client.get("/v1/list?id=\(number)").data == list)
                #expect(try await client.send("HEAD", "/v1/list?id=\(number)").status == 200)
            }
            #expect(try await client.get("/v1/list?id=77").status == 404)
            #expect(try await client.get("/v1/list?id=1&name=second").status == 404)
        }
    }

    @Test func `what cannot be understood is refused with the attribute named`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            _ = try await client.post("/v1/list", ["name": "a"])
            let cases: [(String, String, String?, Int, String)] = [
                ("GET", "/v1/list?colour=red", nil, 400, "colour"),
                ("GET", "/v1/list?note=x", nil, 400, "note"),
                ("GET", "/v1/list?optin=maybe", nil, 400, "optin"),
                ("GET", "/v1/list?sort=note", nil, 400, "sort"),
                ("GET", "/v1/list?count=0", nil, 400, "count"),
                ("GET", "/v1/list?count=x", nil, 400, "count"),
                ("GET", "/v1/list?start=%FF", nil, 400, "percent"),
                ("GET", "/v1/list?start=abc", nil, 400, "start"),
                ("GET", "/v1/list?name=a&name=b", nil, 400, "twice"),
                ("GET", "/v1/list?id=x", nil, 400, "id"),
                ("GET", "/v1/list/77", nil, 404, "77"), ("GET", "/v1/lists", nil, 404, "resource"),
                ("GET", "/v1/list/1/2/3", nil, 404, "path"),
                ("GET", "/v1/list/1/rate", nil, 404, "rate"),
                ("PATCH", "/v1/list", "{}", 405, "GET"),
                ("POST", "/v1/list", "{\"name\":", 400, "JSON"),
                (
                    "POST", "/v1/list", "{\"name\":" + String(repeating: "[", count: 400), 400,
                    "levels deep"
                ), ("POST", "/v1/list", "[1]", 400, "object"),
                ("POST", "/v1/list", "{}", 422, "name"),
                ("POST", "/v1/list", "{\"name\":7}", 422, "name"),
                ("POST", "/v1/list", "{\"name\":null}", 422, "name"),
                ("POST", "/v1/list", "{\"name\":\"b\",\"id\":4}", 422, "id"),
                ("POST", "/v1/list", "{\"name\":\"b\",\"colour\":4}", 422, "colour"),
                ("POST", "/v1/list", "{\"name\":\"b\",\"mdate\":4}", 422, "mdate"),
                ("POST", "/v1/list", "{\"name\":\"b c\"}", 422, "name"),
                ("POST", "/v1/list", "{\"name\":\"A\"}", 409, "taken"),
                ("POST", "/v1/list?name=b", "{}", 400, "name"),
                ("PUT", "/v1/list", "{\"note\":\"x\"}", 422, "id"),
                ("PUT", "/v1/list/1", "{\"id\":2}", 422, "id"),
                ("PUT", "/v1/list/77", "{}", 404, "77"), ("DELETE", "/v1/list/77", nil, 404, "77"),
            ]
            for (method, path, body, status, word) in cases {
                let reply = try await client.send(
                    method,
                    path,
                    bytes: body.map { .init($0.utf8) }
                )
                #expect(reply.status == status, "\(method) \(path) \(body ?? "")")
                #expect(reply.json["status"] == "error")
                #expect(reply.json["response"]["code"].number == Int64(status))
                #expect(reply.json["response"]["subcode"] == .null)
                #expect(reply.message.contains(word), "\(method) \(path): \(reply.message)")
            }
            let conflict = try await client.post("/v1/list", ["name": "A"])
            #expect(conflict.json["response"]["resource_id"] == 1)
            let patch = try await client.send("PATCH", "/v1/list")
            #expect(patch.headers["allow"] == "GET, HEAD, POST, PUT, DELETE")
        }
    }

    @Test func `a form is a body too, and an empty text is null`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let form = ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"]
            let made = try await client.send(
                "POST",
                "/v1/list",
                bytes: .init("name=from_form&optin=1&note=&folder_id=12".utf8),
                form
            )
            #expect(made.status == 201)
            #expect(made.data["optin"] == true && made.data["note"] == .null)
            #expect(made.data["folder_id"] == 12)
            let other = try await client.send(
                "POST",
                "/v1/list",
                bytes: .init("<x/>".utf8),
                ["Content-Type": "text/xml"]
            )
            #expect(other.status == 415)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a repeated key answers as the first time, and another body with it is refused`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let first = try await client.post("/v1/list", ["name": "once"], key: "k1")
            let again = try await client.post("/v1/list", ["name": "once"], key: "k1")
            #expect(again.status == 201 && again.body == first.body)
            #expect(again.headers["idempotent-replayed"] == "true")
            let other = try await client.post("/v1/list", ["name": "twice"], key: "k1")
            #expect(other.status == 422)
            #expect(try await client.get("/v1/list").data.elements.count == 1)
        }
    }

    @Test func `roles, scopes and workspaces are kept apart`() async throws {
        try await TestServer.with(.memory) { server in
            let owner = Client(server, try await server.token())
            let id = try await owner.post("/v1/list", ["name": "a"]).data["id"].number
            let viewer = Client(server, try await server.token(.viewer))
            #expect(try await viewer.get("/v1/list/\(id)").status == 200)
            #expect(try await viewer.post("/v1/list", ["name": "b"]).status == 403)
            #expect(try await viewer.delete("/v1/list/\(id)").status == 403)
            let narrow = Client(server, try await server.token(.manager, [.read]))
            #expect(try await narrow.post("/v1/list", ["name": "b"]).status == 403)
            let blind = Client(server, try await server.token(.manager, [.audience]))
            #expect(try await blind.get("/v1/list").status == 403)
            let other = try await server.installation.database.write { transaction in
                try server.installation.createWorkspace(
                    "Other",
                    technicalName: "other",
                    by: "test",
                    in: transaction
                )
            }
            let foreign = Client(server, try await server.token(workspace: other.id))
            #expect(try await foreign.get("/v1/list/\(id)").status == 404)
            #expect(try await foreign.put("/v1/list/\(id)", ["note": "x"]).status == 404)
            #expect(try await foreign.delete("/v1/list/\(id)").status == 404)
            #expect(try await foreign.get("/v1/list").data.elements.isEmpty)
            for token in [nil, "", "mrt_1_1_x", "nonsense"] as [String?] {
                let nobody = try await Client(server, token).get("/v1/list")
                #expect(nobody.status == 401)
                #expect(nobody.headers["www-authenticate"] != nil)
            }
        }
    }

    @Test func `every change is in the audit log`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let id = try await client.post("/v1/list", ["name": "a"]).data["id"].number
            _ = try await client.put("/v1/list/\(id)", ["note": "x"])
            _ = try await client.delete("/v1/list/\(id)")
            let entries = try await server.installation.database.read { connection in
                try AuditLog(server.workspace.id).entries(on: "list \(id)", in: connection)
            }
            #expect(entries.map(\.action) == ["list.delete", "list.update", "list.create"])
            #expect(entries.allSatisfy { $0.source == .api && $0.actor.contains("token") })
        }
    }
}
