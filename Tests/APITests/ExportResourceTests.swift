// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

/// Exports by plain attributes, from the wizard to the file.
@Suite struct ExportResourceTests {
    private static let body: JSONValue = [
        "name": "Daily", "type": "profile.created", "profile_table_id": 1, "file_name": "people",
        "file_suffix": "_$yyyyMMdd", "daily_at": "03:30", "zone": "Europe/Brussels",
        "columns": [["key": "userId"], ["key": "emailAddress", "header": "mail"]],
        "first_run": "everything", "separator": "comma", "booleans": "Y/N",
    ]

    @Test(arguments: TestEngine.dialects)
    func `an export is made, read, found and changed by its attributes`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post("/v1/export", Self.body)
            #expect(made.status == 201, "\(made.message)")
            let id = made.data["id"].number
            #expect(made.data["state"] == "draft" && made.data["daily_at"] == "03:30")
            #expect(made.data["every_hours"] == .null && made.data["separator"] == "comma")
            #expect(made.data["columns"][1]["header"] == "mail")
            #expect(made.data["definition"] == .null && made.data["sources"] == .null)
            #expect(try await client.get("/v1/export/\(id)").data == made.data)
            let found = try await client.get("/v1/export?name=DAILY&sort=name")
            #expect(found.data.elements == [made.data])
            let changed = try await client.put(
                "/v1/export/\(id)",
                ["every_hours": 6, "dates": "dd/MM/yyyy", "columns": nil]
            )
            #expect(changed.status == 200, "\(changed.message)")
            #expect(changed.data["daily_at"] == .null && changed.data["every_hours"] == 6)
            #expect(changed.data["zone"] == "Europe/Brussels")
            #expect(changed.data["dates"] == "dd/MM/yyyy" && changed.data["name"] == "Daily")
            #expect(changed.data["columns"].elements.count > 10)
            #expect(try await client.delete("/v1/export/\(id)").status == 200)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a user who is limited to entities sees and makes exports of those only`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let all = Client(server, try await server.token())
            var ids: [Int64] = []
            for name in ["North", "South"] {
                let made = try await all.post("/v1/entity", ["name": .string(name)])
                ids.append(made.data["id"].number)
            }
            let token = try await server.token(.manager, entities: [EntityID(ids[0])])
            let limited = Client(server, token)
            guard case .object(let body) = Self.body else { return }
            func make(_ entity: JSONValue, _ client: Client) async throws -> Client.Reply {
                let own: [String: JSONValue] = ["entity_id": entity, "name": .string("E\(entity)")]
                return try await client.post("/v1/export", .object(body.merging(own) { $1 }))
            }
            for entity: JSONValue in [nil, .integer(ids[1])] {
                let refused = try await make(entity, limited)
                #expect(refused.status == 422 && refused.details["entity_id"] != .null)
            }
            let mine = try await make(.integer(ids[0]), limited).data["id"].number
            let other = try await make(.integer(ids[1]), all).data["id"].number
            let seen = try await limited.get("/v1/export").data.elements.map { $0["id"].number }
            #expect(seen == [mine])
            #expect(try await limited.get("/v1/export/\(other)").status == 404)
            #expect(try await limited.put("/v1/export/\(other)", ["name": "Ours"]).status == 404)
            let moved = try await limited.put("/v1/export/\(mine)", ["entity_id": .integer(ids[1])])
            #expect(moved.status == 422)
            for export in [mine, other] {
                #expect(try await all.post("/v1/export/\(export)/activate", [:]).status == 200)
                #expect(try await all.post("/v1/export/\(export)/run", [:]).status == 202)
            }
            _ = try await server.installation.worker.runUntilIdle()
            let runs = try await limited.get("/v1/exportRun").data.elements
            #expect(runs.map { $0["export_id"].number } == [mine])
            #expect(try await all.get("/v1/exportRun").data.elements.count == 2)
        }
    }

    @Test func `what cannot be exported is refused with its attribute`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let cases: [([String: JSONValue], String)] = [
                (["type": "profile.odd"], "type"), (["daily_at": "25:00"], "daily_at"),
                (["zone": "Nowhere"], "zone"), (["every_hours": 3], "every_hours"),
                (["first_run": "from"], "first_run_from"), (["file_name": "a/b"], "file name"),
                (["columns": [["key": "nope"]]], "nope"), (["sources": ["moon"]], "sources"),
                (["sources": ["api"]], "source"), (["profile_table_id": nil], "table"),
                (["location_id": 99], "location_id"),
                (
                    ["columns": [["key": "userId"], ["key": "emailAddress", "header": "userId"]]],
                    "emailAddress"
                ),
                (
                    ["type": "profileChanges.deleted", "columns": [["key": "profile-userId"]]],
                    "profile-userId"
                ),
            ]
            for (change, word) in cases {
                guard case .object(let whole) = Self.body else { return }
                let body = whole.merging(change) { $1 }
                let refused = try await client.post("/v1/export", .object(body))
                #expect(refused.status == 422, "\(change)")
                #expect(refused.message.contains(word), "\(change): \(refused.message)")
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `the wizard looks, the export runs, and its file comes again`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            _ = try await client.post(
                "/v1/subscriber",
                ["userId": "u1", "emailAddress": "a@b.org"]
            )
            let look = try await client.post("/v1/export/preview", Self.body)
            #expect(look.data["headers"] == ["userId", "mail"])
            #expect(look.data["rows"] == [["u1", "a@b.org"]])
            let offer = try await client.post(
                "/v1/export/columns",
                ["type": "email.clicks", "profile_table_id": 1]
            )
            #expect(offer.data["columns"].elements.contains { $0["key"] == "profile-userId" })
            #expect(offer.data["formats"]["boolean"] == ["isFirstClick"])
            #expect(offer.data["formats"]["date"] == .null)
            let types = try await client.get("/v1/export/types")
            #expect(types.data.elements.count == 44)
            #expect(types.data.elements.filter { $0["kind"] == "incremental" }.count == 40)
            let id = try await client.post("/v1/export", Self.body).data["id"].number
            #expect(try await client.post("/v1/export/\(id)/run", [:]).status == 422)
            #expect(try await client.post("/v1/export/\(id)/activate", [:]).status == 200)
            #expect(try await client.post("/v1/export/\(id)/run", [:]).status == 202)
            try await server.installation.worker.runUntilIdle()
            let run = try await client.get("/v1/export/\(id)/runs").data[0]
            #expect(run["rows"] == 1 && run["state"] == "delivered" && run["kept"] == true)
            let place = "/v1/exportRun/\(run["id"].number)"
            let file = try await client.get("\(place)/file").body
            #expect(String(decoding: file, as: UTF8.self) == "userId,mail\nu1,a@b.org\n")
            let again = try await client.post("\(place)/deliver", [:])
            #expect(again.status == 202)
            try await server.installation.worker.runUntilIdle()
            let task = try await client.get("/v1/taskHistory/\(again.data["task_id"].number)")
            #expect(task.data["type"] == "export_delivery", "\(task.data)")
            #expect(task.data["status"] == "completed")
        }
    }

    private static let full: JSONValue = [
        "name": "Whole", "type": "profile.full", "profile_table_id": 1, "file_name": "whole",
        "columns": [["key": "userId"]],
    ]

    @Test(arguments: TestEngine.lasting)
    func `a full export of a search is made, previewed, runs once and tells its kind`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            for (key, language) in [("u1", "fr"), ("u2", "nl")] {
                let made = try await client.post(
                    "/v1/subscriber",
                    ["userId": .string(key), "language": .string(language)]
                )
                #expect(made.status == 201, "\(made.message)")
            }
            let search = try await client.post(
                "/v1/search",
                ["name": "French", "expression": ["attribute": "language", "is": "fr"]]
            )
            #expect(search.status == 201, "\(search.message)")
            var body = Self.full
            body["search_id"] = search.data["id"]
            body["once"] = "now"
            let look = try await client.post("/v1/export/preview", body)
            #expect(look.data["rows"] == [["u1"]], "\(look.message)")
            let made = try await client.post("/v1/export", body)
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["search_id"] == search.data["id"] && made.data["once"] == "now")
            #expect(made.data["daily_at"] == .null && made.data["once_at"] == .null)
            let place = "/v1/export/\(made.data["id"].number)"
            #expect(try await client.post("\(place)/activate", [:]).status == 200)
            try await server.installation.worker.runUntilIdle()
            #expect(try await client.get(place).data["state"] == "completed")
            let found = try await client.get("/v1/export?state=completed")
            #expect(found.data.elements.count == 1)
            let run = try await client.get("\(place)/runs").data[0]
            #expect(run["rows"] == 1 && run["from"] == .null)
            let task = try await client.get("/v1/taskHistory/\(run["task_id"].number)")
            #expect(task.data["type"] == "full_export")
            let again = try await client.post("\(place)/activate", [:])
            #expect(again.status == 422 && again.message.contains("as it was to: once"))
            let changed = try await client.put(place, ["once_at": 4_102_444_800])
            #expect(changed.data["once"] == "at" && changed.data["state"] == "draft")
            let daily = try await client.put(place, ["daily_at": "05:00"])
            #expect(daily.data["once"] == .null && daily.data["daily_at"] == "05:00")
        }
    }

    @Test func `what a full export cannot be is refused with its attribute`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let cases: [([String: JSONValue], String)] = [
                (["type": "email.full"], "type"), (["search_id": 99], "search_id"),
                (["type": "profile.created", "once": "now"], "once"),
                (["once": "at"], "once_at"), (["once": "later"], "once"),
                (["once": "now", "daily_at": "04:00"], "once"),
                (["first_run": "from", "first_run_from": 1_780_000_000], "first_run"),
                (["type": "repository.full"], "customTable"),
            ]
            for (change, word) in cases {
                guard case .object(let whole) = Self.full else { return }
                let refused = try await client.post(
                    "/v1/export",
                    .object(whole.merging(change) { $1 })
                )
                #expect(refused.status == 422, "\(change)")
                #expect(refused.details[word] != .null, "\(change): \(refused.message)")
            }
        }
    }

    @Test func `the declaration of exports has the attributes of full ones`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let page = try await client.get("/v1/openapi.json")
            let text = String(decoding: page.body, as: UTF8.self)
            for name in ["search_id", "once", "once_at", "profile.full", "repository.full"] {
                #expect(text.contains("\"\(name)\""), "\(name)")
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `exports are found by type and by table`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let shops = try await client.post(
                "/v1/customTable",
                [
                    "name": "shops", "kind": "repository", "business_key": "code",
                    "attributes": [["name": "code", "type": "string"]],
                ]
            )
            #expect(shops.status == 201, "\(shops.message)")
            let bodies: [(String, [String: JSONValue])] = [
                ("new", ["type": "profile.created"]),
                ("\"pair\":\"profile.created\",", ["type": "profile.full"]),
                (
                    "shops",
                    [
                        "type": "repository.full", "profile_table_id": .null,
                        "custom_table_id": shops.data["id"],
                    ]
                ),
            ]
            for (name, change) in bodies {
                let body = ["name": .string(name), "file_name": "f", "profile_table_id": 1]
                    .merging(change) { $1 }
                let made = try await client.post("/v1/export", .object(body))
                #expect(made.status == 201, "\(made.message)")
            }
            func names(_ query: String) async throws -> [String] {
                let found = try await client.get("/v1/export?\(query)&sort=name")
                #expect(found.status == 200, "\(found.message)")
                return found.data.elements.map { $0["name"].text }
            }
            #expect(try await names("type=profile.created") == ["new"])
            #expect(try await names("type=repository.full") == ["shops"])
            #expect(try await names("profile_table_id=1").count == 2)
            #expect(try await names("profile_table_id=11") == [])
            let id = shops.data["id"].number
            #expect(try await names("custom_table_id=\(id)") == ["shops"])
            #expect(try await names("profile_table_id=\(id)") == [])
            #expect(try await client.get("/v1/export?type=odd").status == 400)
        }
    }
}
