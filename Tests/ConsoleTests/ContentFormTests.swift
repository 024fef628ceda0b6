// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Console

/// Editing a message: what the fields do not show stays as it was.
struct ContentFormTests {
    private static let mail = EmailContent(
        senderAddress: "news@example.org",
        senderName: "News",
        variants: [
            "en": EmailVariant(subject: "Helo", html: "<p>Hello</p>", senderName: "English news"),
            "fr": EmailVariant(subject: "Bonjour", text: "Bonjour", senderName: "Nouvelles"),
        ],
        defaultLanguage: "en",
        defaults: ["firstName": "friend", "greeting": "Dear reader,\nwelcome", "last": ""],
        attachments: [EmailAttachment(name: "a.txt", type: "text/plain", content: "aGk=")]
    )
    private static let text = SMSContent(
        sender: "Shop",
        texts: ["en": "Helo", "fr": "Bonjour"],
        defaults: ["firstName": "friend"],
        multipart: false
    )

    @Test func `a corrected subject changes nothing else of a mail`() throws {
        var form = ContentForm(.email(Self.mail))
        form.subject = "Hello"
        var wanted = Self.mail
        wanted.variants["en"]?.subject = "Hello"
        #expect(try form.content(before: .email(Self.mail)) == .email(wanted))
    }

    @Test func `a corrected text changes nothing else of a text message`() throws {
        var form = ContentForm(.sms(Self.text))
        form.text = "Hello"
        var wanted = Self.text
        wanted.texts["en"] = "Hello"
        #expect(try form.content(before: .sms(Self.text)) == .sms(wanted))
    }

    @Test func `a sender name is kept where it was read from`() throws {
        var form = ContentForm(.email(Self.mail))
        form.senderName = "Weekly"
        let changed = try #require(try form.content(before: .email(Self.mail)).email)
        #expect(changed.senderName == "News")
        #expect(changed.variants["en"]?.senderName == "Weekly")
        var plain = Self.mail
        plain.variants["en"]?.senderName = nil
        form = ContentForm(.email(plain))
        form.senderName = "Weekly"
        let other = try #require(try form.content(before: .email(plain)).email)
        #expect(other.senderName == "Weekly")
        #expect(other.variants["en"]?.senderName == nil)
    }

    @Test func `defaults that were edited are taken line by line, empty ones too`() throws {
        var form = ContentForm(.email(Self.mail))
        form.defaults = "firstName=you\r\nlast="
        let changed = try #require(try form.content(before: .email(Self.mail)).email)
        #expect(changed.defaults == ["firstName": "you", "last": ""])
    }

    @Test(arguments: TestEngine.lasting)
    func `a message that is edited keeps its attachments`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let id = try await ground.write { transaction, context in
            try MessageStore(ground.workspace.id).create(
                name: "Spring",
                .email(Self.mail),
                author: nil,
                by: context,
                in: transaction
            ).id
        }
        let saved = try await ground.post(
            "/console/messages/\(id)/edit",
            [
                "name": "Spring", "channel": "email", "senderAddress": "news@example.org",
                "senderName": "English news", "subject": "Hello", "html": "<p>Hello</p>",
                "language": "en",
                "defaults": "firstName=friend\r\ngreeting=Dear reader,\r\nwelcome\r\nlast=",
            ],
            by: manager
        )
        #expect(saved.status == 303)
        let message = try await ground.read { connection in
            try MessageStore(ground.workspace.id).message(id, in: connection)
        }
        var wanted = Self.mail
        wanted.variants["en"]?.subject = "Hello"
        #expect(message.content == .email(wanted))
    }
}
