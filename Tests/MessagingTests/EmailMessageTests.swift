// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import Messaging
import Testing

@Suite struct EmailMessageTests {
    private func full() throws -> EmailMessage {
        let content = EmailContent(
            senderAddress: "shop@example.com",
            senderName: "Ünï Shop, \"Köln\"",
            replyTo: "help@example.com",
            variant: EmailVariant(
                subject: "Grüße, {{name}}: 日本語 and a subject that is long enough to be folded",
                html: "<p>Grüße, {{name}}</p>\n<p>.dot</p>\nFrom here = there",
                text:
                    "Grüße, {{name}}\n.dot\nFrom here = there\n\(String(repeating: "x", count: 200))"
            )
        )
        let rendered = try EmailTemplate(content).render(
            RecipientValues(parameters: ["name": "Jürgen & Co"])
        )
        return EmailMessage(
            content: rendered,
            to: Mailbox(name: "Jürgen Łukasz (Q), Dr.", address: try address("j.l@example.org")),
            messageID: try messageID("i42.r7@mail.example.com"),
            date: sampleMoment,
            unsubscribe: .init(
                url: "https://example.com/u/\(String(repeating: "t", count: 150))?a=1&b=2",
                mailto: try address("u+42/x@example.com")
            ),
            headers: [.init(name: "X-Campaign", value: "Été\r\nBcc: x@y.z")]
        )
    }

    @Test func `a full mail has the recorded bytes`() throws {
        try expectGolden("full.eml", try full().build())
    }

    @Test func `a text-only mail has the recorded bytes`() throws {
        let mail = try message(EmailVariant(subject: "Hello", text: "Hi\r\nthere\rand\n"), to: nil)
        try expectGolden("text.eml", try mail.build())
    }

    @Test func `a mail in a script of its own has the recorded bytes`() throws {
        let mail = try message(EmailVariant(subject: "こんにちは", html: "<p>こんにちは\n世界</p>"))
        try expectGolden("base64.eml", try mail.build())
    }

    @Test func `another mail program finds the attachments as they were`() throws {
        let bytes = (0..<5_000).map { UInt8($0 % 256) }
        let content = EmailContent(
            senderAddress: "shop@example.com",
            variant: EmailVariant(subject: "Invoice", html: "<p>Here</p>"),
            attachments: [
                EmailAttachment(
                    name: "Rechnung für März.pdf",
                    type: "application/pdf",
                    content: Data(bytes).base64EncodedString()
                ), EmailAttachment(name: "a.bin", type: "Application/X-Own", content: ""),
            ]
        )
        var mail = try full()
        mail.content = try EmailTemplate(content).render(RecipientValues(attributes: [:]))
        let read = try ReadMail(try mail.build())
        #expect(read.defects == [])
        #expect(
            read.parts.map { $0[0] } == [
                "text/plain", "text/html", "application/pdf", "application/x-own",
            ]
        )
        #expect(read.files.map(\.name) == ["Rechnung für März.pdf", "a.bin"])
        #expect(read.files.map(\.size) == [5_000, 0])
        let encoded = try JSONText.decode(EmailContent.self, from: JSONText.encode(content))
        #expect(encoded == content)
    }

    @Test(arguments: [
        ("", "text/plain", ""), ("a/b", "text/plain", ""), ("a", "text", ""), ("a", "a/b/c", ""),
        ("a", "multipart/mixed", ""), ("a", "text/plain", "?"), ("a\n", "text/plain", ""),
        ("a", "text/plain", String(repeating: "AAAA", count: 786_433)),
    ])
    func `an attachment that is none is refused`(name: String, type: String, content: String) {
        let mail = EmailContent(
            senderAddress: "shop@example.com",
            variant: EmailVariant(subject: "x", text: "x"),
            attachments: [EmailAttachment(name: name, type: type, content: content)]
        )
        #expect(throws: MessagingError.self) { try EmailTemplate(mail) }
    }

    @Test func `another mail program reads what was written`() throws {
        let mail = try full()
        let read = try ReadMail(try mail.build())
        #expect(read.defects == [])
        #expect(read.header("Subject") == mail.content.subject)
        #expect(read.header("Date") == "Tue, 14 Nov 2023 22:13:20 +0000")
        #expect(read.header("Message-ID") == "<i42.r7@mail.example.com>")
        #expect(read.header("Reply-To") == "help@example.com")
        #expect(read.header("X-Campaign") == "Été Bcc: x@y.z")
        #expect(read.header("MIME-Version") == "1.0")
        #expect(read.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
        #expect(
            read.header("List-Unsubscribe")
                == "<\(mail.unsubscribe?.url ?? "")>, <mailto:u+42%2Fx@example.com>"
        )
        #expect(read.from == [["Ünï Shop, \"Köln\"", "shop@example.com"]])
        #expect(read.to == [["Jürgen Łukasz (Q), Dr.", "j.l@example.org"]])
        #expect(read.header("Bcc") == nil)
        #expect(read.parts.map(\.[0]) == ["text/plain", "text/html"])
        #expect(read.parts.map(\.[1]) == [mail.content.text, mail.content.html])
    }

    @Test(arguments: ["日本語\n二行目\n", "x", "", "trailing space \n\n\nend \n", "a=b\n=41\n"])
    func `every text survives its encoding`(text: String) throws {
        let read = try ReadMail(try message(EmailVariant(subject: "s", text: text)).build())
        let got = try #require(read.parts.first?[1])
        #expect(got.trimmingCharacters(in: .newlines) == text.trimmingCharacters(in: .newlines))
        #expect(read.defects == [])
    }

    @Test(arguments: ["a\r\nBcc: x@y.z", "\"quoted\" \\ name", "=?utf-8?q?x?=", "a, b <c@d.e>;"])
    func `a display name injects no header and no address`(name: String) throws {
        let bytes = try message(EmailVariant(subject: "s", text: "t"), to: name).build()
        let read = try ReadMail(bytes)
        #expect(read.header("Bcc") == nil)
        #expect(read.to.map(\.[1]) == ["ann@example.org"])
    }

    @Test func `lines end in CRLF and stay below 1000 bytes`() throws {
        let bytes = try full().build()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(lines.dropLast().allSatisfy { $0.last == UInt8(ascii: "\r") && $0.count < 1_000 })
        #expect(lines.last?.isEmpty == true)
        #expect(bytes.allSatisfy { $0 < 0x80 })
    }

    @Test func `equal mails built at once give equal bytes`() async throws {
        let mail = try full()
        let expected = try mail.build()
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<200 { group.addTask { try mail.build() } }
            for try await bytes in group { #expect(bytes == expected) }
        }
    }

    @Test func `a mail over 4 MB is refused`() throws {
        let small = try message(
            EmailVariant(subject: "s", text: String(repeating: "line\n", count: 600_000))
        )
        #expect(try small.build().count <= EmailMessage.sizeLimit)
        let large = try message(
            EmailVariant(subject: "s", text: String(repeating: "line\n", count: 800_000))
        )
        let error = #expect(throws: MessagingError.self) { try large.build() }
        #expect(error?.reason.rawValue == "EMAIL_SIZE_TOO_HEAVY")
    }

    @Test func `settings that cannot stand in a mail are refused`() throws {
        let plain = try message(EmailVariant(subject: "s", text: "t"))
        var mails = [EmailMessage](repeating: plain, count: 5)
        mails[0].headers = [.init(name: "Bcc", value: "x@y.z")]
        mails[1].headers = [.init(name: "X-A: b\r\nBcc", value: "x@y.z")]
        mails[2].unsubscribe = .init(url: "https://e.com/>\r\nBcc: x@y.z")
        mails[3].unsubscribe = .init(url: "javascript:alert(1)")
        mails[4].content.text = "a\u{0}b"
        for mail in mails {
            #expect(throws: MessagingError.self) { try mail.build() }
        }
    }
}
