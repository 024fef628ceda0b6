// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Millrace
import TestSupport
import Testing

/// Answers are given again only while nothing was committed.
@Suite struct PageCacheTests {
    @Test(arguments: TestEngine.allCases)
    func `a page shows at once what was changed by the API`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            for number in 1...5 {
                let made = try await client.post("/v1/list", ["name": .string("list\(number)")])
                let page = try await client.get("/v1/list")
                #expect(page.data.elements.count == number)
                #expect(try await client.get("/v1/list").body == page.body)
                let path = "/v1/list/\(made.data["id"].number)"
                let note = try await client.put(path, ["note": .string("seen \(number)")])
                #expect(try await client.get(path).data == note.data)
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a page shows at once what another process changed`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            #expect(try await client.get("/v1/list").data.elements.isEmpty)
            let other = try Installation(server.installation.configuration)
            try await other.database.write { transaction in
                let context = Context(
                    workspace: server.workspace.id,
                    actor: "other",
                    source: .manualEdit,
                    moment: transaction.moment
                )
                let table = try ProfileTableStore(server.workspace.id)
                    .table(named: "profiles", in: transaction)
                _ = try ListStore(server.workspace.id)
                    .create(name: "theirs", table: table.id, by: context, in: transaction)
            }
            let names = try await client.get("/v1/list").data.elements.map { $0["name"].text }
            #expect(names == ["theirs"])
        }
    }

    @Test func `a page, another page and a single object are told apart`() async throws {
        try await TestServer.with(.file) { server in
            let client = Client(server, try await server.token())
            for name in ["a", "b"] {
                _ = try await client.post("/v1/list", ["name": .string(name)])
            }
            for _ in 1...2 {
                let all = try await client.get("/v1/list")
                #expect(all.data.elements.map { $0["name"].text } == ["a", "b"])
                let turned = try await client.get("/v1/list?reverse=1")
                #expect(turned.data.elements.map { $0["name"].text } == ["b", "a"])
                let first = try await client.get("/v1/list?count=1")
                #expect(first.data.elements.map { $0["name"].text } == ["a"])
                let next = first.json["response"]["next"].text
                let second = try await client.get("/v1/list?count=1&start=\(next)")
                #expect(second.data.elements.map { $0["name"].text } == ["b"])
                #expect(try await client.get("/v1/list/1").data["name"].text == "a")
                #expect(try await client.get("/v1/list?name=a").data.elements.count == 1)
            }
        }
    }
}
