// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Millrace
import TestSupport
import Testing

@testable import Campaigns
@testable import Console

/// The pages of relays and gateways.
struct ProviderPagesTests {
    private static let path = "/console/settings/relays"
    private static let gateways = "/console/settings/gateways"

    private static let relay: KeyValuePairs = [
        "name": "main", "host": "smtp.example.org", "port": "587", "security": "startTLS",
        "login": "shop", "password": "very secret words", "clientName": "mail.example.org",
        "position": "1", "connections": "4", "cap": "36000", "active": "yes",
    ]

    @Test(arguments: TestEngine.lasting)
    func `a relay is added with its cap, paused, resumed and deleted`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let admin = try await ground.cookie(.administrator)
        #expect(await ground.page(Self.path, by: admin).contains("No relay of your own"))
        #expect(try await ground.post("\(Self.path)/new", Self.relay, by: admin).status == 303)
        let list = await ground.page(Self.path, by: admin)
        #expect(list.contains("smtp.example.org:587") && list.contains("36\u{202F}000"))
        let edit = await ground.page("\(Self.path)/1/edit", by: admin)
        #expect(!edit.contains("very secret") && edit.contains("value=\"shop\""))
        let secrets = try ground.installation.consoleServices.rooms.secrets(ground.workspace.id)
        let sealed = try await ground.read { try secrets.secret("relay.1", in: $0)?.reveal() }
        #expect(sealed == "very secret words")
        #expect(try await ground.post("\(Self.path)/1/pause", by: admin).status == 303)
        let paused = await ground.page(Self.path, by: admin)
        #expect(paused.contains("U paused it, until someone resumes it"))
        #expect(try await ground.post("\(Self.path)/1/resume", by: admin).status == 303)
        #expect(await ground.page(Self.path, by: admin).contains("Pause it"))
        #expect(try await ground.post("\(Self.path)/1/delete", by: admin).status == 303)
        #expect(try await ground.read { try secrets.secret("relay.1", in: $0) } == nil)
        _ = await ground.page("\(Self.path)/1/edit", by: admin, status: 404)
    }

    @Test(arguments: TestEngine.lasting)
    func `a password that is left empty stays, and what is wrong stands beside its field`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let admin = try await ground.cookie(.administrator)
        _ = try await ground.post("\(Self.path)/new", Self.relay, by: admin)
        var fields = Dictionary(uniqueKeysWithValues: Self.relay.map { ($0.key, $0.value) })
        (fields["password"], fields["cap"]) = ("", "")
        func save(_ name: String, _ value: String) async throws -> SiteReply {
            var changed = fields
            changed[name] = value
            let form = changed.map { Form.Item(name: $0.key, value: $0.value) }
            let answer = try await ground.post("\(Self.path)/1/edit", items: form, by: admin)
            return (answer.status, answer.text)
        }
        #expect(try await save("name", "first").status == 303)
        let state = try await ground.read {
            try ProviderGate(ground.workspace.id, .relay(RelayID(1))).state(in: $0)
        }
        #expect(state.cap == nil)
        let secrets = try ground.installation.consoleServices.rooms.secrets(ground.workspace.id)
        #expect(try await ground.read { try secrets.secret("relay.1", in: $0) } != nil)
        for (name, value) in [
            ("port", "0"), ("cap", "-3"), ("host", "no host"), ("connections", "many"),
        ] {
            let refused = try await save(name, value)
            #expect(refused.status == 422, "\(name)")
            #expect(refused.text.contains("id=\"f-\(name)-error\""), "\(name)")
        }
    }

    private typealias SiteReply = (status: Int, text: String)

    @Test(arguments: TestEngine.lasting)
    func `a relay that failed too often says why, and when it is tried again`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let admin = try await ground.cookie(.administrator)
        _ = try await ground.post("\(Self.path)/new", Self.relay, by: admin)
        try await ground.write { transaction, context in
            let failures = (0..<ProviderHealth.limit).map { _ in
                ProviderHealth.Sign.fails("550 <go away>")
            }
            _ = try ProviderGate(context.workspace, .relay(RelayID(1)))
                .note(failures, hasAlternative: false, in: transaction)
        }
        let list = await ground.page(Self.path, by: admin)
        #expect(list.contains("The last 20 messages failed: 550 &lt;go away&gt;, tried again at"))
        #expect(list.contains(">Resume<"))
    }

    @Test(arguments: TestEngine.lasting)
    func `gateways of both kinds are added, changed and paused`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let admin = try await ground.cookie(.administrator)
        let kannel = try await ground.post(
            "\(Self.gateways)/new?kind=kannel",
            [
                "name": "Kannel", "url": "https://sms.example.org/cgi-bin/sendsms",
                "user": "shop", "secret": "x", "connections": "2", "cap": "600",
            ],
            by: admin
        )
        #expect(kannel.status == 303)
        let http = try await ground.post(
            "\(Self.gateways)/new?kind=http",
            [
                "name": "Other", "url": "https://api.example.org/{{to}}", "method": "POST",
                "headers": "Content-Type: application/json\r\nX-Key: {{secret}}",
                "body": "{\"text\":\"{{text}}\"}", "connections": "1", "secret": "y",
            ],
            by: admin
        )
        #expect(http.status == 303)
        let list = await ground.page(Self.path, by: admin)
        #expect(list.contains("Kannel") && list.contains("api.example.org"))
        let edit = await ground.page("\(Self.gateways)/2/edit", by: admin)
        #expect(edit.contains("X-Key: {{secret}}"))
        let wrong = try await ground.post(
            "\(Self.gateways)/1/edit",
            ["name": "Kannel", "url": "ftp://x", "user": "shop", "connections": "2"],
            by: admin
        )
        #expect(wrong.status == 422 && wrong.text.contains("id=\"f-url-error\""))
        #expect(try await ground.post("\(Self.gateways)/1/pause", by: admin).status == 303)
        let state = try await ground.read {
            try ProviderGate(ground.workspace.id, Provider(.gateway, 1)).state(in: $0)
        }
        #expect(state.cap == 600 && state.reason == "U paused it")
        #expect(try await ground.post("\(Self.gateways)/1/delete", by: admin).status == 303)
    }
}
