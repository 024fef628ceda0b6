// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace
import Tasks
import TestSupport
import Testing

/// Text messages from the API through a real Kannel to phones, and back by its callbacks.
@Suite struct TextMessageTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `Kannel carries messages, reports, clicks and stops`(_ engine: TestEngine) async throws {
        try await TextServer.with(engine) { server, client, base in
            let account = try await client.post(
                "/v1/smsAccount",
                [
                    "name": "Kannel", "kind": "kannel", "secret": .string(KannelServer.password),
                    "settings": ["url": "http://127.0.0.1:1/", "user": .string(KannelServer.user)],
                ]
            )
            #expect(account.status == 201 && account.data["secret"] == .null)
            let place = "/v1/smsAccount/\(account.data["id"].number)"
            let replies = try await client.get("\(place)/callbacks").data["replies"].text
            #expect(replies.hasPrefix(base))
            let kannel = try KannelServer(replies: replies)
            let changed = try await client.put(
                place,
                [
                    "secret": .string(KannelServer.password),
                    "settings": [
                        "url": .string(kannel.url), "user": .string(KannelServer.user),
                        "route": "operator",
                    ],
                ]
            )
            #expect(changed.status == 200)
            try kannel.answer(TextServer.receipts)
            let task = try await TextServer.send(client, server, to: TextServer.numbers)
            let seen = "/v1/contact?task_id=\(task)&channel=sms&sort=id"
            let contacts = try await until {
                try await client.get(seen).data.elements
            } holds: {
                $0.count { $0["status"] != .null } == TextServer.receipts.count
            }
            #expect(contacts.map { $0["state"].text } == TextServer.numbers.map { _ in "sent" })
            #expect(contacts.allSatisfy { $0["parts"] == 1 })
            #expect(
                contacts.map { $0["status"] } == [
                    .null, "UNKNOWN_PHONE_NUMBER", "EXPIRED", "DEVICE_TURNED_OFF",
                    "OTHER_PROVIDER_ERROR", "OTHER_PROVIDER_ERROR", .null,
                ]
            )
            let bounces = try await client.get("/v1/bounce?task_id=\(task)")
            #expect(bounces.data.elements.count == 5)
            let found = try await client.get("/v1/task/\(task)")
            #expect(found.data["smsuniquebounces"] == 5)
            #expect(found.data["completed"] == true)
            try await expectDelivered(server, count: 2)
            try await expectClick(server, client, kannel, base)
            try await expectStop(server, client, kannel)
        }
    }

    private func events(_ kind: String, _ server: TestServer) async throws -> Int {
        try await server.installation.database.read { connection in
            try connection.value(
                "SELECT count(*) FROM activity WHERE workspace_id = $1 AND kind = $2",
                [server.workspace.id, kind]
            ) ?? 0
        }
    }

    private func expectDelivered(_ server: TestServer, count: Int) async throws {
        let delivered = try await until {
            try await events("delivered", server)
        } holds: {
            $0 >= count
        }
        #expect(delivered == count)
    }

    private func expectClick(
        _ server: TestServer,
        _ client: Client,
        _ kannel: KannelServer,
        _ base: String
    ) async throws {
        let sent = try kannel.taken().first { $0.recipient == TextServer.numbers[0] }
        let content = try #require(sent?.content)
        let text = try #require(GSMAlphabet.decode(content))
        let link = try #require(text.firstMatch(of: #/\/s\/[A-Za-z0-9_-]+/#)).0
        #expect(!text.contains("shop.example"))
        for _ in 0..<2 {
            let reply = try await TextServer.ask(base, String(link))
            #expect(reply.hasPrefix("HTTP/1.1 302"))
            #expect(reply.lowercased().contains("location: https://shop.example/spring?a=1\r\n"))
        }
        #expect(try await TextServer.ask(base, String(link), "HEAD").contains(" 302 "))
        #expect(try await events("click", server) == 1)
        #expect(try await TextServer.ask(base, "\(link)x").hasPrefix("HTTP/1.1 404"))
    }

    private func expectStop(
        _ server: TestServer,
        _ client: Client,
        _ kannel: KannelServer
    ) async throws {
        try kannel.say("Arret svp", from: TextServer.numbers[0])
        let stops = try await until {
            try await events("stop", server)
        } holds: {
            $0 > 0
        }
        #expect(stops == 1)
        let stopped = try await client.get("/v1/subscriber?gsmNumber=\(TextServer.numbers[0])")
        #expect(stopped.data[0]["smsEnabled"] == false)
        let task = try await TextServer.send(client, server, to: [], name: "again")
        let contacts = try await client.get("/v1/contact?task_id=\(task)&channel=sms&sort=id")
        let statuses = contacts.data.elements.map { $0["status"].text }
        #expect(statuses.contains("RECIPIENT_NOT_IN_TARGET_GROUP"))
        #expect(statuses.contains("QUARANTINE"))
    }

    @Test(arguments: TestEngine.dialects)
    func `callbacks without our token are not there`(_ engine: TestEngine) async throws {
        try await TextServer.with(engine) { server, client, base in
            let made = try await client.post(
                "/v1/smsAccount",
                [
                    "name": "P", "kind": "http",
                    "settings": ["url": "https://p.example/", "method": "POST"],
                ]
            )
            let place = "/v1/smsAccount/\(made.data["id"].number)/callbacks"
            let stops = try await client.get(place).data["stops"].text
            let path = String(stops.dropFirst(base.count))
            #expect(try await TextServer.ask(base, "\(path)?from=32470000001").contains(" 200 "))
            #expect(try await TextServer.ask(base, path).contains(" 400 "))
            let wrong = path.dropLast() + (path.hasSuffix("A") ? "B" : "A")
            let other = path.replacing("/stop/", with: "/reply/")
            for path in [String(wrong), other, "/sms/stop/1/1", "/sms/report/1/1/x", "/s/AAAA"] {
                let reply = try await TextServer.ask(base, "\(path)?from=32470000002")
                #expect(reply.hasPrefix("HTTP/1.1 404"), "\(path)")
            }
            let stopped = try await server.installation.database.read { connection in
                let store = QuarantineStore(server.workspace.id)
                return try ["32470000001", "32470000002"].map { number in
                    try store.entries(of: .sms, number, in: connection).map(\.cause)
                }
            }
            #expect(stopped == [[.stop], []])
        }
    }

    @Test func `accounts and credit are the administrators', and wrong ones are refused`()
        async throws
    {
        try await TextServer.with(.memory) { server, client, _ in
            let url: JSONValue = ["url": "https://x.example/", "user": "u"]
            for (body, name) in [
                (["name": "a", "kind": "kannel"] as JSONValue, "settings"),
                (
                    ["name": "a", "kind": "kannel", "settings": ["url": "ftp://x", "user": "u"]],
                    "settings"
                ),
                (
                    ["name": "a", "kind": "http", "settings": ["url": "https://x/{{no}}"]],
                    "settings"
                ),
                (["name": "", "kind": "kannel", "settings": url], "name"),
                (
                    ["name": "a", "kind": "kannel", "settings": url, "connections": 17],
                    "connections"
                ),
            ] {
                let reply = try await client.post("/v1/smsAccount", body)
                #expect(reply.status == 422 && reply.details[name] != .null, "\(reply.message)")
            }
            #expect(try await client.post("/v1/smsCredit", ["price": 72_500]).status == 201)
            #expect(try await client.post("/v1/smsCredit", ["price": 1]).status == 409)
            let credit = "/v1/smsCredit/\(server.workspace.id)"
            let filled = try await client.post(
                "\(credit)/topup",
                ["amount": 1_000_000, "note": "invoice 12"]
            )
            #expect(filled.status == 200 && filled.data["balance"] == 1_000_000)
            #expect(try await client.post("\(credit)/topup", ["amount": -1_000_001]).status == 422)
            #expect(try await client.put(credit, ["price": 50_000]).status == 200)
            #expect(try await client.get(credit).data["price"] == 50_000)
            let entries = try await client.get("/v1/smsCreditEntry").data.elements
            #expect(entries.map { $0["note"].text } == ["invoice 12"])
            let manager = Client(server, try await server.token(.manager))
            #expect(try await manager.get("/v1/smsAccount").status == 403)
            #expect(try await manager.post("\(credit)/topup", ["amount": 1]).status == 403)
            let preview = try await client.post(
                "/v1/smsMessage/preview",
                [
                    "content": [
                        "sender": "Shop", "texts": ["en": "Hi {{firstName}}"],
                        "defaultLanguage": "en", "multipart": false,
                    ],
                    "values": ["firstName": .string(String(repeating: "я", count: 70))],
                ]
            )
            #expect(preview.data["encoding"] == "ucs2" && preview.data["parts"] == 2)
            #expect(preview.data["units"] == 73 && preview.data["fits"] == false)
        }
    }
}
