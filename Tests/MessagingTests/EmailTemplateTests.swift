// SPDX-License-Identifier: Apache-2.0
import Messaging
import Testing

@Suite struct EmailTemplateTests {
    private let content = EmailContent(
        senderAddress: "shop@example.com",
        senderName: "Shop",
        replyTo: "help@example.com",
        variants: [
            "en": EmailVariant(subject: "Hello", text: "t"),
            "FR": EmailVariant(subject: "Bonjour", text: "t", senderName: "Boutique {{town}}"),
            "pt-BR": EmailVariant(subject: "Olá", text: "t"),
        ],
        defaultLanguage: "EN",
        defaults: ["town": "Lyon"]
    )

    @Test(
        arguments: [
            (nil, "Hello"), ("en", "Hello"), ("fr", "Bonjour"), ("fr-CA", "Bonjour"),
            ("FR_ca", "Bonjour"), ("pt-br", "Olá"), ("pt", "Hello"), ("de", "Hello"), ("", "Hello"),
        ] as [(String?, String)]
    )
    func `the profile's language chooses the variant`(language: String?, subject: String) throws {
        let mail = try EmailTemplate(content).render(RecipientValues(), language: language)
        #expect(mail.subject == subject)
        #expect(mail.replyTo?.text == "help@example.com")
    }

    @Test func `a variant may have a sender name of its own`() throws {
        let mail = try EmailTemplate(content).render(RecipientValues(), language: "fr")
        #expect(mail.from.name == "Boutique Lyon")
        #expect(mail.language == "fr")
    }

    @Test func `settings that cannot be used are refused`() {
        var contents = [EmailContent](repeating: content, count: 5)
        contents[0].senderAddress = "shop"
        contents[1].replyTo = "a@b@c"
        contents[2].defaultLanguage = "de"
        contents[3].variants["fr"] = EmailVariant(subject: "twice", text: "t")
        contents[4].variants["en"] = EmailVariant(subject: "neither part")
        for content in contents {
            let error = #expect(throws: MessagingError.self) { try EmailTemplate(content) }
            #expect(error?.reason == .parameterError)
        }
    }

    @Test(arguments: [
        "a\r\nBcc: x@y.z", "a\nBcc: x@y.z", "a\rBcc: x@y.z", " a\r\n\t\u{0} Bcc: x@y.z ",
    ])
    func `a value stays on the subject's line`(value: String) throws {
        let mail = try render(
            EmailVariant(subject: "{{v}}", text: "t"),
            parameters: ["v": .text(value)]
        )
        #expect(mail.subject == "a Bcc: x@y.z")
    }

    @Test func `a derived text is rendered with plain values`() throws {
        let variant = EmailVariant(
            subject: "s",
            html: """
                <style>p { color: red }</style><p>Dear {{name}},</p>
                <ul>{{#items}}<li>{{title}}</li>{{/items}}</ul>
                <a href="https://example.com/?a={{id}}&amp;b=1">See it</a>
                """
        )
        let mail = try render(
            variant,
            attributes: [
                "name": "Tom & Ann", "id": 7, "items": [["title": "One"], ["title": "<Two>"]],
            ]
        )
        #expect(
            mail.text == """
                Dear Tom & Ann,

                - One
                - <Two>

                See it (https://example.com/?a=7&b=1)

                """
        )
    }

    @Test func `markup in raw values does not reach a derived text`() throws {
        let variant = EmailVariant(subject: "s", html: "<p>{{{raw}}} {{name}}</p>")
        let mail = try render(variant, attributes: ["raw": "<b>bold</b>", "name": "a & b"])
        #expect(mail.html == "<p><b>bold</b> a &amp; b</p>")
        #expect(mail.text == "bold a & b\n")
    }
}
