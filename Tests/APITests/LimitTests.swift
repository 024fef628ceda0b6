// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

/// What the server puts up with (goals.md, R7).
@Suite struct LimitTests {
    @Test func `a body of a gigabyte is refused before it is read`() async throws {
        try await TestServer.with(.memory) { server in
            let token = try await server.token()
            let answer = try await RawConnection(server.port).send(
                "POST /v1/list HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{"
            )
            #expect(answer.contains("413"))
            #expect(answer.contains("has more than"))
            let chunked = try await RawConnection(server.port).send(
                "POST /v1/list HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(
                        repeating: "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n",
                        count: 9
                    )
            )
            #expect(chunked.contains("413"))
        }
    }

    @Test func `headers that are too large or too slow end the connection`() async throws {
        let slow: (inout ServerOptions) -> Void = { options in
            options.headerSeconds = 1
            options.idleSeconds = 1
        }
        try await TestServer.with(.memory, options: slow) { server in
            let large = try await RawConnection(server.port).send(
                "GET /v1/list HTTP/1.1\r\nHost: a\r\nX-Large: "
                    + String(repeating: "a", count: 64 << 10) + "\r\n\r\n"
            )
            #expect(!large.contains("200 OK"))
            let drip = try await RawConnection(server.port).drip("GET /v1/list HTTP/1.1\r\nX-A: ")
            #expect(!drip.contains("200"))
            let body = try await RawConnection(server.port).drip(
                "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
            )
            #expect(!body.contains("200"))
        }
    }

    @Test func `a token that calls too often is told to wait`() async throws {
        try await TestServer.with(
            .memory,
            options: { $0.requestsPerSecond = 0.1 },
            // The clock stands, so no time passes between two requests.
            time: ManualTime()
        ) { server in
            let client = Client(server, try await server.token())
            #expect(try await client.get("/v1/list").status == 200)
            let second = try await client.get("/v1/list")
            #expect(second.status == 429)
            #expect(second.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test func `guessing tokens is slowed down`() async throws {
        // The clock stands, so nothing is forgiven meanwhile.
        try await TestServer.with(.memory, time: ManualTime()) { server in
            let guesser = Client(server, "mrt_1_1_" + String(repeating: "x", count: 43))
            var statuses: Set<Int> = []
            for _ in 0..<30 { statuses.insert(try await guesser.get("/v1/list").status) }
            #expect(statuses == [401, 429])
        }
    }

    @Test func `health is open, metrics need their scope`() async throws {
        try await TestServer.with(.memory) { server in
            let nobody = Client(server, nil)
            #expect(try await nobody.get("/healthz").status == 200)
            #expect(try await nobody.get("/readyz").status == 200)
            #expect(try await nobody.get("/v1/openapi.json").json["openapi"] == "3.1.0")
            #expect(try await nobody.get("/metrics").status == 401)
            let plain = Client(server, try await server.token(.viewer, [.read]))
            #expect(try await plain.get("/metrics").status == 403)
            let watcher = Client(server, try await server.token(.viewer, [.metrics]))
            _ = try await watcher.get("/v1/nothing")
            let text = String(decoding: try await watcher.get("/metrics").body, as: UTF8.self)
            #expect(text.contains("millrace_http_requests_total{resource=\"none\",method=\"GET\""))
            #expect(text.contains("millrace_http_request_seconds_count"))
        }
    }

    @Test func `each answer has the request's id`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let own = try await client.send("GET", "/v1/list", nil, ["X-Request-Id": "abc-1"])
            #expect(own.headers["x-request-id"] == "abc-1")
            let bad = try await client.send("GET", "/v1/list", nil, ["X-Request-Id": "a b\"c"])
            #expect(bad.headers["x-request-id"]?.contains(" ") == false)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `bulks are taken up to 1,000 members, and found again`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            func members(_ count: Int) -> JSONValue {
                .array(
                    (0..<count).map { ["properties": ["email": .string("m\($0)@example.org")]] }
                )
            }
            let path = "/v1/members/imports"
            let many = try await client.post(path, ["members": members(1_001)])
            #expect(many.status == 422 && many.details["members"] != .null)
            #expect(try await client.post(path, ["members": []]).status == 422)
            #expect(try await client.post(path, ["members": [], "colour": 1]).status == 422)
            let bad = try await client.send("POST", path, bytes: Data("{".utf8))
            #expect(bad.status == 400)
            let taken = try await client.post(
                path,
                ["members": members(1_000), "import_id": "crm 1", "request_number": 7],
                key: "k"
            )
            #expect(taken.status == 202 && taken.data["status"] == "waiting")
            let again = try await client.post(
                path,
                ["members": members(1_000), "import_id": "crm 1", "request_number": 7],
                key: "k"
            )
            #expect(again.data["id"] == taken.data["id"])
            try await server.installation.worker.runUntilIdle()
            let bulks = try await client.get("\(path)/crm%201")
            #expect(bulks.data.elements.count == 1)
            let id = taken.data["id"].number
            let one = try await client.get("\(path)/crm%201/bulks/\(id)")
            #expect(one.data["status"] == "finished")
            #expect(one.data["members_created_number"] == 1_000)
            #expect(one.data["member_payloads"].elements.count == 1_000)
            #expect(try await client.get("\(path)/other").status == 404)
            #expect(try await client.get("\(path)/other/bulks/\(id)").status == 404)
            let viewer = Client(server, try await server.token(.viewer))
            #expect(try await viewer.post(path, ["members": members(1)]).status == 403)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a file is uploaded, imported, and its rejects are read`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let csv = "userId,emailAddress\n1,a@example.org\n,b@example.org\n2,nonsense\n"
            let taken = try await client.send(
                "POST",
                "/v1/import/upload?name=people.csv",
                bytes: Data(csv.utf8),
                ["Content-Type": "text/csv"]
            )
            #expect(taken.status == 202, "\(taken.message)")
            let task = taken.data["task_id"].number
            try await server.installation.worker.runUntilIdle()
            let run = try await client.get("/v1/importRun/\(task)")
            #expect(run.data["status"] == "error")
            let rows = try await client.get("/v1/taskHistory/\(task)/rows")
            #expect(rows.headers["content-type"] == "text/csv")
            let text = String(decoding: rows.body, as: UTF8.self)
            #expect(text.hasPrefix("userId,emailAddress"))
            #expect(text.contains("b@example.org"))
            let found = try await client.get("/v1/subscriber?userId=1")
            #expect(found.data[0]["emailAddress"] == "a@example.org")
            let id = found.data[0]["id"].number
            let held = try await client.get("/v1/subscriber/\(id)/dossier")
            #expect(!held.data["chapters"].elements.isEmpty)
            let gone = try await client.delete("/v1/subscriber/\(id)?collection_source=letter")
            #expect(gone.status == 200, "\(gone.message)")
            #expect(try await client.get("/v1/subscriber/\(id)").status == 404)
        }
    }
}
