// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Millrace
import TestSupport
import Testing

/// Signing keys, mailboxes of returned mails and previews by the API.
@Suite struct MailResourceTests {
    @Test(arguments: TestEngine.lasting)
    func `a signing key shows its record, never its private half`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post(
                "/v1/dkimKey",
                ["domain": "Example.ORG", "selector": "m1", "algorithm": "ed25519"]
            )
            #expect(made.status == 201 && made.data["domain"] == "example.org")
            #expect(made.data["record"].text.hasPrefix("v=DKIM1; k=ed25519; p="))
            #expect(made.data["active"] == false)
            let id = made.data["id"].number
            let active = try await client.put("/v1/dkimkey/\(id)", ["active": true])
            #expect(active.data["active"] == true)
            let twice = try await client.post(
                "/v1/dkimKey",
                ["domain": "example.org", "selector": "m1"]
            )
            #expect(twice.status == 422 && twice.message.contains("has a key m1 already"))
            for wrong: JSONValue in [
                ["domain": "no domain", "selector": "m1"],
                ["domain": "a.example", "selector": "-"],
                ["domain": "a.example", "selector": "m", "algorithm": "dsa"],
            ] {
                #expect(try await client.post("/v1/dkimKey", wrong).status == 422)
            }
            let names = try await names(server)
            #expect(names.contains("dkim key \(id)"))
            #expect(try await client.delete("/v1/dkimKey/\(id)").status == 200)
            #expect(try await !self.names(server).contains("dkim key \(id)"))
            let reader = Client(server, try await server.token(.viewer))
            let refused = try await reader.post(
                "/v1/dkimKey",
                ["domain": "a.example", "selector": "m"]
            )
            #expect(refused.status == 403)
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a mailbox is read as a task, and its password is never answered`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post(
                "/v1/bounceMailbox",
                ["address": "imaps://b@127.0.0.1:1/INBOX", "password": "hidden-word", "hours": 2]
            )
            #expect(made.status == 201 && made.data["hours"] == 2)
            let id = made.data["id"].number
            let shown = try await client.get("/v1/bouncemailbox/\(id)")
            #expect(!String(decoding: shown.body, as: UTF8.self).contains("hidden-word"))
            let asked = try await client.post("/v1/bounceMailbox/\(id)/collect", [:])
            #expect(asked.status == 202 && asked.data["task_id"].number > 0)
            for address in ["maildir:/etc", "imaps://b:w@h/INBOX", "x"] {
                let refused = try await client.post(
                    "/v1/bounceMailbox",
                    ["address": .string(address), "password": "w"]
                )
                #expect(refused.status == 422, "\(address)")
            }
            #expect(try await client.delete("/v1/bounceMailbox/\(id)").status == 200)
            #expect(try await names(server).isEmpty)
        }
    }

    @Test func `a preview prints the values of a person, and only defaults without one`()
        async throws
    {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let person = try await client.post(
                "/v1/subscriber",
                ["userId": "u1", "firstName": "Ann & Bob", "language": "fr"]
            )
            let message = try await client.post(
                "/v1/emailMessage",
                [
                    "name": "Hello",
                    "content": [
                        "senderAddress": "news@example.org", "defaultLanguage": "en",
                        "variants": [
                            "en": [
                                "subject": "Hello {{firstName}}", "html": "<p>{{firstName}}</p>",
                            ],
                            "fr": ["subject": "Bonjour {{firstName}}", "text": "{{firstName}}"],
                        ],
                        "defaults": ["firstName": "there"],
                    ],
                ]
            ).data["id"].number
            let path = "/v1/emailMessage/\(message)/preview"
            let bare = try await client.get(path)
            #expect(bare.data["subject"] == "Hello there" && bare.data["html"] == "<p>there</p>")
            let own = try await client.get("\(path)?subscriber_id=\(person.data["id"].number)")
            #expect(own.data["subject"] == "Bonjour Ann & Bob" && own.data["html"] == .null)
            let english =
                try await client
                .get("\(path)?subscriber_id=\(person.data["id"].number)&language=en")
            #expect(english.data["html"] == "<p>Ann &amp; Bob</p>")
            #expect(try await client.get("\(path)?subscriber_id=999").status == 422)
            let test = "/v1/emailMessage/\(message)/test"
            let sent = try await client.post(
                test,
                ["recipients": ["a@example.org", "b@example.org"]]
            )
            #expect(sent.status == 200 && sent.data["accepted"] == 2)
            for wrong: JSONValue in [["recipients": []], ["recipients": ["nobody"]]] {
                #expect(try await client.post(test, wrong).status == 422)
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a relay's password does not follow to another host, port or login`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post(
                "/v1/relay",
                ["name": "main", "host": "a.example", "login": "us", "password": "w"]
            )
            let id = made.data["id"].number
            let place = "/v1/relay/\(id)"
            func isKept(after change: JSONValue) async throws -> Bool {
                let changed = try await client.put(place, change)
                #expect(changed.status == 200, "\(changed.message)")
                return try await names(server).contains("relay.\(id)")
            }
            #expect(try await isKept(after: ["name": "first", "cap": 10, "host": "a.example"]))
            for other: JSONValue in [["host": "b.example"], ["port": 587], ["login": "them"]] {
                #expect(try await !isKept(after: other), "\(other)")
                #expect(try await isKept(after: ["password": "new"]))
            }
            #expect(try await isKept(after: ["host": "c.example", "password": "for c"]))
            #expect(try await !isKept(after: ["login": .null]))
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a gateway's secret does not follow to another url or user`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            func kannel(_ host: String, _ user: String) -> JSONValue {
                ["url": .string("https://\(host)/sendsms"), "user": .string(user)]
            }
            let made = try await client.post(
                "/v1/smsAccount",
                [
                    "name": "Kannel", "kind": "kannel", "secret": "w",
                    "settings": kannel("a.example", "us"),
                ]
            )
            let id = made.data["id"].number
            func isKept(after change: JSONValue) async throws -> Bool {
                #expect(try await client.put("/v1/smsAccount/\(id)", change).status == 200)
                return try await names(server).contains("sms account \(id)")
            }
            #expect(try await isKept(after: ["connections": 2]))
            #expect(try await isKept(after: ["settings": kannel("a.example", "us")]))
            for settings in [kannel("b.example", "us"), kannel("b.example", "them")] {
                #expect(try await !isKept(after: ["settings": settings]))
                #expect(try await isKept(after: ["secret": "new"]))
            }
            let both: JSONValue = ["settings": kannel("c.example", "us"), "secret": "for c"]
            #expect(try await isKept(after: both))
        }
    }

    private func names(_ server: TestServer) async throws -> [String] {
        let secrets = try server.installation.secretStore(server.workspace.id)
        return try await server.installation.database.read { try secrets.names(in: $0) }
    }
}
