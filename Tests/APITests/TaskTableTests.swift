// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

/// Every cell of the table of `task` in spec/api.md.
@Suite struct TaskTableTests {
    /// An attribute's row: filter, sort, POST (r required, o optional, - refused), PUT, null.
    struct Cell: Sendable, CustomStringConvertible {
        let name: String
        let filters: Bool
        let sorts: Bool
        let post: Character
        let put: Character
        let isNullable: Bool
        /// A value of the right kind.
        let value: JSONValue

        init(
            _ name: String,
            _ filters: Bool,
            _ sorts: Bool,
            _ post: Character,
            _ put: Character,
            _ isNullable: Bool,
            _ value: JSONValue
        ) {
            self.name = name
            self.filters = filters
            self.sorts = sorts
            self.post = post
            self.put = put
            self.isNullable = isNullable
            self.value = value
        }

        var description: String { name }
    }

    static let cells: [Cell] = [
        Cell("id", true, true, "-", "r", false, 1),
        Cell("cancelled", true, false, "-", "o", false, false),
        Cell("channel", true, false, "r", "-", false, "email"),
        Cell("completed", true, false, "-", "-", false, false),
        Cell("emailuniquebounces", false, false, "-", "-", true, 0),
        Cell("emailuniqueclicks", false, false, "-", "-", true, 0),
        Cell("emailuniqueopens", false, false, "-", "-", true, 0),
        Cell("emailuniqueunsubscriptions", false, false, "-", "-", true, 0),
        Cell("emailuniquecomplaints", false, false, "-", "-", true, 0),
        Cell("endtime", false, true, "-", "-", true, 1_780_000_000),
        Cell("list_id", true, false, "o", "o", true, 1),
        Cell("message_id", true, false, "r", "-", false, 1),
        Cell("name", true, true, "r", "o", false, "Spring"),
        Cell("rate", false, false, "o", "-", true, 3_600),
        Cell("scheduledtime", false, true, "r", "o", false, 4_000_000_000),
        Cell("search_id", false, false, "o", "o", true, 1),
        Cell("size", false, false, "-", "-", false, 1),
        Cell("smsuniquebounces", false, false, "-", "-", true, 0),
        Cell("splittest_id", false, false, "-", "-", true, 1),
        Cell("cdate", false, true, "-", "-", false, 1_780_000_000),
    ]

    @Test(arguments: TestEngine.dialects)
    func `an answer has exactly these 20 keys in this order`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let made = try await world.client.post("/v1/task", world.task())
            #expect(made.status == 201)
            let text = String(decoding: made.body, as: UTF8.self)
            var rest = text[...]
            for cell in Self.cells {
                let place = try #require(rest.range(of: "\"\(cell.name)\":"), "\(cell.name)")
                rest = rest[place.upperBound...]
            }
            guard case .object(let fields) = made.data else { return }
            #expect(Set(fields.keys) == Set(Self.cells.map(\.name)))
            #expect(made.data["cancelled"] == false && made.data["completed"] == false)
            #expect(made.data["emailuniqueopens"] == 0 && made.data["smsuniquebounces"] == .null)
            #expect(made.data["size"] == 2 && made.data["endtime"] == .null)
            #expect(made.data["splittest_id"] == .null && made.data["search_id"] == .null)
        }
    }

    @Test func `filters, sorts, and what POST and PUT take are those of the table`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let client = world.client
            let id = try await client.post("/v1/task", world.task()).data["id"].number
            for cell in Self.cells {
                let text = cell.value.queryText
                let filtered = try await client.get("/v1/task?\(cell.name)=\(text)").status
                #expect((filtered == 200 || filtered == 404) == cell.filters, "\(cell): filter")
                let sorted = try await client.get("/v1/task?sort=\(cell.name)").status
                #expect((sorted == 200) == cell.sorts, "\(cell): sort")
                try await expectPost(cell, world)
                try await expectPut(cell, id, world)
            }
        }
    }

    private func expectPost(_ cell: Cell, _ world: TaskWorld) async throws {
        var body = world.fields
        switch cell.post {
        case "r":
            body[cell.name] = nil
            let missing = try await world.client.post("/v1/task", .object(body))
            #expect(missing.status == 422, "\(cell): POST without")
            #expect(missing.details[cell.name] != .null)
            body[cell.name] = .null
            let null = try await world.client.post("/v1/task", .object(body))
            #expect(null.status == 422, "\(cell): POST null")
            #expect(null.details[cell.name] != .null)
        case "-":
            body[cell.name] = cell.value
            let refused = try await world.client.post("/v1/task", .object(body))
            #expect(refused.status == 422, "\(cell): POST with")
            #expect(refused.details[cell.name] != .null)
        default:
            body[cell.name] = .null
            if cell.name == "list_id" { body["search_id"] = .integer(world.search) }
            let null = try await world.client.post("/v1/task", .object(body))
            #expect(null.status == 201, "\(cell): POST null \(null.message)")
        }
    }

    private func expectPut(_ cell: Cell, _ id: Int64, _ world: TaskWorld) async throws {
        guard cell.name != "id" else { return }
        var value = cell.value
        if cell.name == "list_id" { value = .integer(world.list) }
        if cell.name == "search_id" { value = .null }
        let body = JSONValue.object([cell.name: value])
        let reply = try await world.client.put("/v1/task/\(id)", body)
        #expect((reply.status == 200) == (cell.put == "o"), "\(cell): PUT \(reply.message)")
        guard cell.put == "o", !cell.isNullable else { return }
        let null = try await world.client.put("/v1/task/\(id)", .object([cell.name: .null]))
        #expect(null.status == 422, "\(cell): PUT null")
    }

    @Test(arguments: TestEngine.dialects)
    func `walking next while tasks are made returns each once`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            var made: Set<Int64> = []
            for number in 0..<12 {
                let reply = try await world.client
                    .post("/v1/task", world.task(["name": .string("n\(number % 3)")]))
                made.insert(reply.data["id"].number)
            }
            for order in ["id", "name", "scheduledtime", "endtime", "name&reverse=1"] {
                var seen: [Int64] = []
                var next = ""
                repeat {
                    let page = try await world.client
                        .get(
                            "/v1/task?count=3&sort=\(order)"
                                + (next.isEmpty ? "" : "&start=\(next)")
                        )
                    #expect(page.status == 200)
                    seen += page.data.elements.map { $0["id"].number }
                    next = page.json["response"]["next"].text
                    _ = try await world.client.post("/v1/task", world.task(["name": "n1"]))
                } while !next.isEmpty && seen.count < 500
                #expect(Set(seen).count == seen.count, "\(order)")
                #expect(made.isSubset(of: Set(seen)), "\(order)")
            }
        }
    }
}

/// A workspace with a list of two, a search, a mail and a text message.
struct TaskWorld {
    let client: Client
    let server: TestServer
    let list: Int64
    let emptyList: Int64
    let search: Int64
    let message: Int64
    let text: Int64

    init(_ server: TestServer) async throws {
        self.server = server
        client = Client(server, try await server.token())
        list = try await client.post("/v1/list", ["name": "news"]).data["id"].number
        emptyList = try await client.post("/v1/list", ["name": "nobody"]).data["id"].number
        for name in ["ann", "bob"] {
            let made = try await client.post(
                "/v1/subscriber",
                [
                    "userId": .string(name), "emailAddress": .string("\(name)@example.org"),
                    "gsmNumber": .string(name == "ann" ? "32470000001" : "32470000002"),
                    "firstName": .string(name),
                ]
            )
            #expect(made.status == 201, "\(made.message)")
            let joined = try await client.post(
                "/v1/subscription",
                ["list_id": .integer(list), "subscriber_id": .integer(made.data["id"].number)]
            )
            #expect(joined.status == 201, "\(joined.message)")
        }
        search = try await client.post(
            "/v1/search",
            ["name": "ann", "expression": ["attribute": "firstName", "is": "ann"]]
        ).data["id"].number
        message = try await client.post("/v1/emailMessage", TaskWorld.mail()).data["id"].number
        text = try await client.post(
            "/v1/smsMessage",
            [
                "name": "Text",
                "content": [
                    "sender": "Shop", "defaultLanguage": "en", "texts": ["en": "Hi {{firstName}}"],
                    "defaults": [:],
                ],
            ]
        ).data["id"].number
    }

    static func mail(_ subject: String = "Hello {{firstName}}") -> JSONValue {
        [
            "name": "Mail",
            "content": [
                "senderAddress": "shop@example.com", "defaultLanguage": "en",
                "variants": ["en": ["subject": .string(subject), "html": "<p>Hi</p>"]],
                "defaults": ["firstName": "you"],
            ],
        ]
    }

    /// The body of a POST that is accepted.
    var fields: [String: JSONValue] {
        [
            "name": "Spring", "channel": "email", "message_id": .integer(message),
            "list_id": .integer(list), "scheduledtime": 4_000_000_000,
        ]
    }

    /// The same with some values changed.
    func task(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        .object(fields.merging(changes) { $1 })
    }

    /// Runs all tasks that are due.
    func work() async throws { try await server.installation.worker.runUntilIdle() }
}

extension JSONValue {
    /// The value as a query writes it.
    fileprivate var queryText: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .string(let value): value
        default: ""
        }
    }
}
