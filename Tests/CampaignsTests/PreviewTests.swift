// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns

/// Messages that somebody looks over before anybody gets them.
@Suite struct PreviewTests {
    private let preview = MailPreview(World.workspace)
    private let content = EmailContent(
        senderAddress: "news@sender.example",
        variant: EmailVariant(
            subject: "Hello {{firstName}}",
            html: #"<p>{{firstName}}</p><a href="{{unsubscribeURL}}">Leave</a>"#
        ),
        defaults: ["firstName": "friend"]
    )

    @Test(arguments: TestEngine.dialects)
    func `a mail with a link to leave is shown with names, defaults or a person's values`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let person = try world.person("ann@example.com", ["firstName": "Ann"])
        let own = try world.read { try preview.values(of: person, in: $0) }
        let cases: [(MailPreview.Values, String)] = [
            (.names, "[firstName]"), (.defaults, "friend"), (own, "Ann"),
        ]
        let text = SMSContent(sender: "Shop", texts: ["en": "Hi {{firstName}}"])
        for (values, name) in cases {
            let mail = try preview.mail(content, values)
            #expect(mail.subject == "Hello \(name)")
            #expect(mail.html?.contains("mailto:news@sender.example?subject=unsubscribe") == true)
            guard name != "friend" else { continue }
            #expect(try preview.text(text, values) == "Hi \(name)")
        }
        #expect(throws: AudienceError.self) {
            try world.read { try preview.values(of: ProfileID(9_999), in: $0) }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a test mail is signed as a recipient's is`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let key = try DKIMKey(.ed25519)
        try world.write { transaction in
            let store = DKIMStore(World.workspace)
            let made = try store.create(
                domain: "sender.example",
                selector: "m1",
                key,
                by: world.context,
                in: transaction
            )
            try store.setActive(made.id, true, in: transaction)
        }
        let ground = MailGround(
            publicURL: nil,
            key: { _, _ in TrackingKey(randomness: SeededRandomness()) },
            secret: { _, _, _ in key.reveal() }
        )
        let rendered = try preview.mail(content, .defaults)
        let mail = try world.read { connection in
            try preview.test(rendered, to: "bob@x.org", ground, at: world.now, in: connection)
        }
        let text = String(decoding: mail.content, as: UTF8.self)
        #expect(text.hasPrefix("DKIM-Signature: v=1; a=ed25519-sha256;"))
        #expect(mail.recipient.text == "bob@x.org")
        #expect(throws: MessagingError.self) {
            try world.read { connection in
                try preview.test(rendered, to: "bob", ground, at: world.now, in: connection)
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a test text goes through the gateway once there is one`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let provider = try SMSProviderServer()
        let ground = world.ground(secret: "key")
        let text = preview.test("Hi", from: "Shop", to: "32470000001", at: world.now)
        for isSetUp in [false, true] {
            if isSetUp {
                try world.account(.http(HTTPProviderDescription(url: provider.url("/ok"))))
            }
            let transport = try world.read {
                try ground.transport(of: World.workspace, in: $0)
            }
            let results = await transport.deliver([text])
            guard case .accepted = results.first else {
                Issue.record("\(results)")
                continue
            }
            #expect(try world.outboxTexts().count == 1)
        }
        let other = try World(engine)
        #expect(throws: MessagingError.self) {
            try other.read {
                try other.ground(needsAccount: true).transport(of: World.workspace, in: $0)
            }
        }
    }
}
