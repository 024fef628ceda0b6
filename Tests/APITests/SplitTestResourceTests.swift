// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// Split tests, transactional calls and what limits them, through the API.
@Suite struct SplitTestResourceTests {
    @Test(arguments: TestEngine.dialects)
    func `a split test runs by the API, its winner is a task, and contacts are read`(
        _ engine: TestEngine
    ) async throws {
        let time = ManualTime(Instant(seconds: 1_780_000_000))
        try await TestServer.with(engine, time: time) { server in
            let world = try await TaskWorld(server)
            let other = try await world.client.post("/v1/emailMessage", TaskWorld.mail("Second"))
            let messages: JSONValue = [.integer(world.message), other.data["id"]]
            let made = try await world.client.post(
                "/v1/splitTest",
                [
                    "name": "Which subject", "list_id": .integer(world.list),
                    "message_ids": messages, "share": 2, "share_type": "number", "delay": 2,
                    "scheduledtime": 0,
                ]
            )
            #expect(made.status == 201, "\(made.message)")
            #expect(made.data["state"] == "scheduled" && made.data["criterion"] == "open")
            #expect(made.data["message_ids"] == messages && made.data["task_ids"] == [])
            #expect(made.data["action"] == "targetwinner" && made.data["tie"] == "first")
            #expect(made.data["winner_task_id"] == .null && made.data["tied"] == .null)
            let path = "/v1/splitTest/\(made.data["id"].number)"
            try await world.work()
            let begun = try await world.client.get(path).data
            #expect(begun["state"] == "testing")
            let tasks = begun["task_ids"].elements.map(\.number)
            #expect(tasks.count == 2)
            for task in tasks {
                let one = try await world.client.get("/v1/task/\(task)").data
                #expect(one["splittest_id"] == made.data["id"] && one["completed"] == true)
                let contacts = try await world.client
                    .get("/v1/contact?channel=email&task_id=\(task)").data
                #expect(contacts.elements.map { $0["state"] } == ["sent"])
            }
            let message = try await world.client.get("/v1/message/\(world.message)").data
            #expect(message["editable"] == false && message["used"] == true)
            let put = try await world.client.put(path, ["tie": "tellme", "name": "New"])
            #expect(put.status == 200 && put.data["tie"] == "tellme", "\(put.message)")
            time.advance(by: .hours(2))
            try await world.work()
            let decided = try await world.client.get(path).data
            #expect(decided["state"] == "decided" && decided["tied"] == true)
            #expect(decided["winner_message_id"] == .null)
            let late = try await world.client.put(path, ["delay": 9])
            #expect(late.status == 422 && late.details["state"] != .null)
            let listed = try await world.client.get("/v1/splitTest?state=decided&name=New").data
            #expect(listed.elements.count == 1)
        }
    }

    @Test func `what cannot be compared is refused, each by its attribute`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let second = try await world.client.post("/v1/emailMessage", TaskWorld.mail("Second"))
            let fields: [String: JSONValue] = [
                "name": "S", "list_id": .integer(world.list), "share": 50, "delay": 2,
                "message_ids": [.integer(world.message), second.data["id"]],
                "scheduledtime": 4_000_000_000,
            ]
            let cases: [([String: JSONValue], String)] = [
                (["message_ids": [.integer(world.message)]], "message_ids"),
                (["message_ids": [.integer(world.message), 99]], "message_ids"),
                (["message_ids": [.integer(world.message), .integer(world.text)]], "message_ids"),
                (["share": 101], "share"), (["share": 0], "share"), (["delay": 0], "delay"),
                (["share_type": "all"], "share_type"), (["criterion": "read"], "criterion"),
                (["list_id": .integer(world.emptyList)], "list_id"), (["list_id": 99], "list_id"),
                (["search_id": .integer(world.search)], "search_id"), (["name": ""], "name"),
                (["channel": "sms", "criterion": "open"], "criterion"), (["id": 4], "id"),
                (["winner_task_id": 4], "winner_task_id"),
            ]
            for (change, attribute) in cases {
                let body = JSONValue.object(fields.merging(change) { $1 })
                let reply = try await world.client.post("/v1/splitTest", body)
                #expect(reply.status == 422, "\(change)")
                #expect(reply.details[attribute] != .null, "\(change): \(reply.message)")
            }
            let made = try await world.client.post("/v1/splitTest", .object(fields))
            let path = "/v1/splitTest/\(made.data["id"].number)"
            let cancelled = try await world.client.put(path, ["cancelled": true])
            #expect(cancelled.data["state"] == "cancelled" && cancelled.data["cancelled"] == true)
            #expect(try await world.client.get("/v1/splitTest/99").status == 404)
            #expect(try await world.client.delete(path).status == 405)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a transactional call has parameters a recipient`(_ engine: TestEngine) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let content = TaskWorld.mail("Order {{order}} of {{firstName}}")["content"]
            let campaign = try await world.client.post(
                "/v1/campaign",
                ["name": "Order", "kind": "transactional", "content": content]
            )
            let path = "/v1/campaign/\(campaign.data["id"].number)"
            let first = try await world.client.get("/v1/subscriber?userId=ann").data[0]["id"]
            let second = try await world.client.get("/v1/subscriber?userId=bob").data[0]["id"]
            let recipients: JSONValue = [
                ["subscriber_id": first, "parameters": ["order": "A-17", "firstName": "Dr. Ann"]],
                ["subscriber_id": second],
            ]
            let early = try await world.client
                .post("\(path)/execute", ["recipients": recipients])
            #expect(early.status == 422)
            let put = try await world.client.put(
                path,
                ["state": "active", "rules": ["isExemptFromPressure": true]]
            )
            #expect(put.status == 200, "\(put.message)")
            #expect(put.data["rules"]["isExemptFromPressure"] == true)
            for wrong: JSONValue in [
                ["recipients": recipients, "list_id": .integer(world.list)], ["recipients": []],
                ["recipients": [["subscriber_id": first], ["subscriber_id": first]]], [:],
                ["recipients": [["parameters": [:]]]],
            ] {
                let reply = try await world.client.post("\(path)/execute", wrong)
                #expect(reply.status == 422, "\(reply.message)")
            }
            let sent = try await world.client.post("\(path)/execute", ["recipients": recipients])
            #expect(sent.status == 202, "\(sent.message)")
            try await world.work()
            let folder = server.installation.configuration.outboxFolder
            let mails = try FileManager.default.subpathsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".eml") }
            #expect(mails.count == 1)
            let text = try String(contentsOfFile: "\(folder)/\(mails[0])", encoding: .utf8)
            #expect(text.contains("Subject: Order A-17 of Dr. Ann"))
            let contacts = try await world.client
                .get("/v1/contact?channel=email&subscriber_id=\(second.number)").data
            #expect(contacts[0]["status"] == "VARIABLE_VALUE_ERROR")
        }
    }

    @Test func `rules, limits, service domains and quarantine are read and written`() async throws {
        try await TestServer.with(.memory) { server in
            let world = try await TaskWorld(server)
            let content = TaskWorld.mail()["content"]
            for rules: JSONValue in [
                ["pressureWeight": -1], ["unfilteredQuota": 4], ["colour": "red"],
                ["search": 99], ["controlPercent": 101],
            ] {
                let reply = try await world.client.post(
                    "/v1/campaign",
                    ["name": "C", "content": content, "rules": rules]
                )
                #expect(reply.status == 422, "\(rules)")
            }
            let table = try await world.client.get("/v1/profileTable").data[0]["id"].number
            let path = "/v1/profileTable/\(table)/pressure"
            let none = try await world.client.post(path, [:]).data
            #expect(none["per_day"] == .null && none["zone"] == "UTC")
            let set = try await world.client
                .post(path, ["per_week": 3, "zone": "Europe/Brussels"])
            #expect(set.data["per_week"] == 3 && set.data["zone"] == "Europe/Brussels")
            #expect(try await world.client.post(path, ["per_day": 1]).data["per_week"] == 3)
            #expect(try await world.client.post(path, ["zone": "Mars"]).status == 422)
            #expect(try await world.client.post(path, ["per_day": -1]).status == 422)
            let domain = try await world.client
                .post("/v1/serviceDomain", ["domain": "Service.example"])
            #expect(domain.status == 201 && domain.data["domain"] == "service.example")
            let again = try await world.client
                .post("/v1/serviceDomain", ["domain": "service.EXAMPLE"])
            #expect(again.status == 409)
            #expect(again.json["response"]["resource_id"] == domain.data["id"])
            let bad = try await world.client.post("/v1/serviceDomain", ["domain": "a b"])
            #expect(bad.status == 422)
            let one = "/v1/serviceDomain/\(domain.data["id"].number)"
            #expect(try await world.client.delete(one).status == 200)
            #expect(try await world.client.get("/v1/quarantine").data.elements.isEmpty)
            #expect(try await world.client.delete("/v1/quarantine/9").status == 404)
        }
    }
}
