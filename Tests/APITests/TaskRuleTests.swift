// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// Rules 1 to 8 of `task` in spec/api.md, through the product.
@Suite struct TaskRuleTests {
    @Test(arguments: TestEngine.dialects)
    func `a task in the past runs now, mails its list, and cannot be changed any more`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let before = Date().timeIntervalSince1970 - 1
            let made = try await world.client.post("/v1/task", world.task(["scheduledtime": 12]))
            #expect(made.data["scheduledtime"].seconds >= before)
            let id = made.data["id"].number
            try await world.work()
            let done = try await world.client.get("/v1/task/\(id)").data
            #expect(done["completed"] == true && done["cancelled"] == false)
            #expect(done["endtime"].seconds >= before && done["size"] == 2)
            let folder = server.installation.configuration.outboxFolder
            let mails = try FileManager.default.subpathsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".eml") }
            #expect(mails.count == 2)
            let contacts = try await world.client.get("/v1/contact?channel=email&task_id=\(id)")
            #expect(contacts.data.elements.map { $0["state"] } == ["sent", "sent"])
            for (change, word) in Self.refusedWhenEnded {
                let reply = try await world.client.put("/v1/task/\(id)", change)
                #expect(reply.status == 422, "\(change)")
                #expect(reply.details[word] != .null, "\(reply.message)")
            }
            let same = try await world.client.put("/v1/task/\(id)", ["name": "Spring"])
            #expect(same.status == 200)
            let history = try await world.client.get("/v1/taskHistory?type=send")
            #expect(history.data[0]["info"] == "Spring")
        }
    }

    private static let refusedWhenEnded: [(JSONValue, String)] = [
        (["cancelled": true], "cancelled"), (["name": "Other"], "name"),
        (["scheduledtime": 4_100_000_000], "scheduledtime"),
    ]

    @Test(arguments: TestEngine.dialects)
    func `a cancelled task keeps completed false, gets an endtime and sends nothing`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let id = try await world.client.post("/v1/task", world.task()).data["id"].number
            let cancelled = try await world.client.put("/v1/task/\(id)", ["cancelled": true])
            #expect(cancelled.status == 200)
            #expect(cancelled.data["cancelled"] == true && cancelled.data["completed"] == false)
            #expect(cancelled.data["endtime"] != .null)
            #expect(try await world.client.put("/v1/task/\(id)", ["cancelled": true]).status == 200)
            let back = try await world.client.put("/v1/task/\(id)", ["cancelled": false])
            #expect(back.status == 422 && back.details["cancelled"] != .null)
            try await world.work()
            let receipt = try await world.client.get("/v1/task/\(id)/receipt?list=never_sent")
            #expect(receipt.data["sent"] == 0 && receipt.data["in_flight"] == 0)
            #expect(receipt.data["targeted"] == 2 && receipt.data["never_sent"] == 2)
        }
    }

    @Test func `message, channel and target are checked, each by its attribute`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let cases: [([String: JSONValue], String)] = [
                (["message_id": 99], "message_id"),
                (["channel": "sms"], "message_id"), (["channel": "fax"], "channel"),
                (["list_id": 99], "list_id"),
                (["list_id": .null, "search_id": 99], "search_id"),
                (["search_id": .integer(world.search)], "search_id"),
                (["list_id": .null], "list_id"),
                (["list_id": .integer(world.emptyList)], "list_id"),
                (["rate": 0], "rate"), (["rate": 1.5], "rate"), (["name": ""], "name"),
                (["scheduledtime": "soon"], "scheduledtime"), (["cdate": 1], "cdate"),
                (["message_id": "1"], "message_id"),
            ]
            for (changes, attribute) in cases {
                let reply = try await world.client.post("/v1/task", world.task(changes))
                #expect(reply.status == 422, "\(changes)")
                let named = [attribute, "search_id", "list_id"]
                #expect(
                    reply.details[attribute] != .null
                        || attribute == "list_id" && named.contains { reply.details[$0] != .null },
                    "\(changes): \(reply.message)"
                )
            }
            #expect(try await world.client.get("/v1/task").data.elements.isEmpty)
        }
    }

    @Test func `a PUT judges the merged target`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let id = try await world.client.post("/v1/task", world.task()).data["id"].number
            let path = "/v1/task/\(id)"
            let both = try await world.client.put(path, ["search_id": .integer(world.search)])
            #expect(both.status == 422)
            let none = try await world.client.put(path, ["list_id": .null])
            #expect(none.status == 422)
            let moved = try await world.client.put(
                path,
                ["list_id": .null, "search_id": .integer(world.search)]
            )
            #expect(moved.status == 200 && moved.data["size"] == 2)
            #expect(
                moved.data["list_id"] == .null && moved.data["search_id"].number == world.search
            )
            let body = try await world.client.put("/v1/task", ["id": .integer(id), "name": "B"])
            #expect(body.data["name"] == "B")
            let query = try await world.client.put("/v1/task?id=\(id)", ["name": "C"])
            #expect(query.data["name"] == "C")
            let twice = try await world.client.put("\(path)?id=\(id + 1)", ["name": "D"])
            #expect(twice.status == 422)
            #expect(try await world.client.delete(path).status == 405)
        }
    }

    @Test(arguments: [TestEngine.memory, .file])
    func `an author sees only tasks whose message they wrote`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let id = try await world.client.post("/v1/task", world.task()).data["id"].number
            let author = Client(server, try await server.token(.author))
            #expect(try await author.get("/v1/task").data.elements.isEmpty)
            #expect(try await author.get("/v1/task/\(id)").status == 404)
            #expect(try await author.send("HEAD", "/v1/task?id=\(id)").status == 404)
            #expect(try await author.put("/v1/task/\(id)", ["name": "x"]).status == 403)
            let own = try await author.post("/v1/emailMessage", TaskWorld.mail())
            #expect(own.status == 201)
            #expect(try await author.get("/v1/message").data.elements.count == 1)
            let task = world.task(["message_id": own.data["id"]])
            let theirs = try await world.client.post("/v1/task", task).data["id"].number
            let seen = try await author.get("/v1/task").data.elements.map { $0["id"].number }
            #expect(seen == [theirs])
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a list says how many are subscribed`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let subscribed = try await world.client
                .get("/v1/subscription?list_id=\(world.list)").data.elements.count
            #expect(subscribed > 0)
            let one = try await world.client.get("/v1/list/\(world.list)").data
            #expect(one["subscription_count"].number == Int64(subscribed))
            let all = try await world.client.get("/v1/list?sort=id").data.elements
            #expect(all.map { $0["subscription_count"].number }.sorted() == [0, Int64(subscribed)])
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `rate, recipient time and forecast are changed and told`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let id = try await world.client.post("/v1/task", world.task(["rate": 60])).data["id"]
            let path = "/v1/task/\(id.number)"
            let forecast = try await world.client.get("\(path)/forecast")
            #expect(forecast.data["recipients"] == 2)
            #expect(forecast.data["last"].seconds - forecast.data["first"].seconds > 59)
            let faster = try await world.client.post("\(path)/rate", ["rate": 7_200])
            #expect(faster.status == 200)
            #expect(try await world.client.get(path).data["rate"] == 7_200)
            #expect(try await world.client.post("\(path)/rate", ["rate": -1]).status == 422)
            let local = try await world.client
                .post("\(path)/recipienttime", ["time": "09:00", "zone": "Europe/Brussels"])
            #expect(local.status == 200)
            let wrong = try await world.client.post("\(path)/recipienttime", ["time": "25:00"])
            #expect(wrong.status == 422)
        }
    }

    @Test func `a text message goes to the outbox and has its own statistics`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let made = try await world.client.post(
                "/v1/task",
                world.task([
                    "channel": "sms", "message_id": .integer(world.text), "scheduledtime": 0,
                ])
            )
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["smsuniquebounces"] == 0 && made.data["emailuniqueopens"] == .null)
            try await world.work()
            let id = made.data["id"].number
            #expect(try await world.client.get("/v1/task/\(id)").data["completed"] == true)
            let contacts = try await world.client.get("/v1/contact?channel=sms&task_id=\(id)")
            #expect(contacts.data.elements.count == 2)
        }
    }
}

extension JSONValue {
    /// The number as seconds; -1 for anything else.
    fileprivate var seconds: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: -1
        }
    }
}
