// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Messaging

@Suite struct TrackedContentTests {
    private let key = TrackingKey(randomness: SeededRandomness())

    private func tracked(html: String? = nil, text: String? = nil) -> TrackedContent {
        let content = EmailContent(
            senderAddress: "shop@example.com",
            variant: EmailVariant(subject: "Hello", html: html, text: text)
        )
        return TrackedContent(content, key: key)
    }

    private func mail(
        _ tracked: TrackedContent,
        _ values: [String: PersonalisationValue] = [:]
    ) throws -> RenderedEmail {
        var mail = try EmailTemplate(tracked.content)
            .render(RecipientValues(attributes: values))
        let addresses = MailAddresses(
            base: "https://t.example/",
            key: key,
            workspace: WorkspaceID(1),
            interaction: InteractionID(9),
            links: tracked.links.indices.map { Int64($0 + 1) }
        )
        tracked.fill(&mail, with: addresses)
        return mail
    }

    /// What the mail's links stand for: token and target of each.
    private func clicks(_ text: String) throws -> [(link: Int64, url: String?)] {
        try text.matches(of: #/https://t\.example/c/([a-z2-7]+)(?:\?to=([^"\s)<]*[^"\s)<.]))?/#).map
        {
            match in
            let url = match.2.flatMap { String($0).removingPercentEncoding }
            let claim = try #require(TrackingClaim(match.1))
            return (try #require(key.open(claim, url: url)).link, url)
        }
    }

    @Test func `links are named by attribute, title or text, and each leads to its token`() throws {
        let tracked = tracked(
            html: """
                <body><a data-name="Top" href="https://a.example/1">One</a>
                <A title='Second &amp; last' HREF='https://a.example/2?x=1&amp;y=2'>Two</A>
                <a class=b href=https://a.example/3>Go <b>to</b>
                the shop</a> <a href="https://a.example/4"><img alt="Logo" src="x"></a>
                <a href="https://a.example/5"></a></body></html>
                """
        )
        #expect(
            tracked.links.map(\.name) == [
                "Top", "Second & last", "Go to the shop", "Logo",
                "a.example/5",
            ]
        )
        #expect(tracked.links[1].url == "https://a.example/2?x=1&y=2")
        let html = try #require(try mail(tracked).html)
        #expect(try clicks(html).map(\.link) == [1, 2, 3, 4, 5])
        #expect(!html.contains("a.example") && !html.contains("\u{F5A0}"))
        let pixel = try #require(html.range(of: "<img src=\"https://t.example/o/"))
        let end = try #require(html.range(of: "</body>"))
        #expect(pixel.lowerBound < end.lowerBound)
    }

    @Test(arguments: [
        "<a href=\"mailto:a@b.example\">x</a>", "<a href=\"#top\">x</a>", "<a name=\"x\">x</a>",
        "<a href=\"{{unsubscribeURL}}\">x</a>", "<a href=\"javascript:alert(1)\">x</a>",
        "<!-- <a href=\"https://a.example\">x</a> -->", "<a href=\"//a.example\">x</a>",
        "<style>a{}<a href=\"https://a.example\"></style>", "<link href=\"https://a.example\">",
        "<a href=\"https://a.example\" data-track=\"false\">x</a>", "<a href=\"https://\">x</a>",
        "<a href=\"https://user:word@a.example\">x</a>", "<a href=\"ftp://a.example\">x</a>",
    ])
    func `what is no link to be counted stays`(html: String) throws {
        let tracked = tracked(html: html)
        #expect(tracked.links.isEmpty)
        let rendered = try mail(tracked, ["unsubscribeURL": .text("https://u.example")])
        let expected = html.replacing("{{unsubscribeURL}}", with: "https://u.example")
        #expect(rendered.html?.hasPrefix(expected) == true)
    }

    @Test func `a target of the recipient's own is signed with its value`() throws {
        let tracked = tracked(
            html: "<a href=\"https://a.example/{{code}}?a=1&amp;b={{code}}\">Yours</a>"
        )
        #expect(tracked.links.map(\.url) == ["https://a.example/{{code}}?a=1&b={{code}}"])
        let mail = try mail(tracked, ["code": .text("x&\"y")])
        let found = try clicks(try #require(mail.html))
        #expect(found.map(\.url) == ["https://a.example/x&\"y?a=1&b=x&\"y"])
        #expect(try clicks(mail.text).map(\.url) == found.map(\.url))
        let unsafe = self.tracked(html: "<a href=\"{{site}}\">Site</a>")
        let kept = try self.mail(unsafe, ["site": .text("javascript:alert(1)")])
        #expect(kept.html?.hasPrefix("<a href=\"javascript:alert(1)\">Site</a>") == true)
    }

    @Test func `a loop gives each of its links its own target`() throws {
        let tracked = tracked(
            html: "{{#orders}}<a href=\"https://a.example/{{id}}\">Order</a>{{/orders}}"
        )
        let orders = PersonalisationValue.list([
            .record(["id": .text("o1")]), .record(["id": .text("o2")]),
        ])
        let html = try #require(try mail(tracked, ["orders": orders]).html)
        #expect(try clicks(html).map(\.url) == ["https://a.example/o1", "https://a.example/o2"])
        #expect(try clicks(html).map(\.link) == [1, 1])
    }

    @Test func `a link of several parts is one, and punctuation is none of it`() throws {
        let tracked = tracked(
            html: "<a href=\"https://a.example/x\">Shop</a>",
            text: "Shop (https://a.example/x), or see https://b.example/{{ code }}.\nBye"
        )
        #expect(tracked.links.map(\.name) == ["Shop", "b.example/{{ code }}"])
        let text = try mail(tracked, ["code": .text("7")]).text
        #expect(try clicks(text).map(\.link) == [1, 2])
        #expect(text.contains("), or see https://t.example/c/"))
        #expect(text.hasSuffix("%2F7.\nBye"))
    }

    @Test func `a value that looks like a mark is printed as it is`() throws {
        let tracked = tracked(html: "<a href=\"https://a.example/{{v}}\">x</a><p>{{v}}</p>")
        let mark = "\u{F5A0}guess.0\u{F5A1}https://evil.example\u{F5A2}"
        let html = try #require(try mail(tracked, ["v": .text(mark)]).html)
        #expect(try clicks(html).map(\.url) == ["https://a.example/\(mark)"])
        #expect(html.contains("<p>\(mark)</p>"))
    }

    @Test func `any template renders as without tracking once its addresses are put back`() throws {
        var chance = SeededRandomness(seed: 11)
        let pieces = [
            "<a href=\"https://a.example/1\">", "</a>", "<p>", "text & more", "<!-- c -->", "<a",
            "{{v}}", "<a href='{{v}}'>", "\"", "<style>", "</style>", "</body>", "<a href=>", "é",
            "<a href=\"https://a.example/{{v}}\" title=\"T\">", "https://a.example/t.", "&amp;",
        ]
        for _ in 0..<400 {
            let count = Int.random(in: 0..<14, using: &chance)
            let html = (0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
            let tracked = tracked(html: html + " ")
            let found = try mail(tracked, ["v": .text("https://v.example/1")])
            var restored = try #require(found.html)
            restored.replace(#/<img src="https://t\.example/o/[a-z2-7]+"[^>]*>/#, with: "")
            restored.replace(#/https://t\.example/c/[a-z2-7]+\?to=([^"'\s><&]+)/#) { match in
                String(match.1).removingPercentEncoding ?? ""
            }
            restored.replace(#/https://t\.example/c/([a-z2-7]+)/#) { match in
                let link = TrackingClaim(match.1).flatMap { key.open($0)?.link } ?? 1
                return tracked.links[Int(link) - 1].url
            }
            let plain = try render(
                EmailVariant(subject: "x", html: html + " "),
                attributes: ["v": .text("https://v.example/1")]
            )
            #expect(restored == plain.html)
        }
    }

    @Test(arguments: [
        ("https://a.example/x", true), ("HTTP://a.example", true), ("https://a.example:8/é", true),
        ("https:/a.example", false), ("https://", false), ("https://?x", false),
        ("https://a.example/ x", false), ("https://a@b.example", false),
        ("data:text/html,x", false),
        ("https://a.example/\r\nX: y", false), ("https:\\\\a.example", false), ("", false),
    ])
    func `web addresses are told from others`(text: String, isOne: Bool) {
        #expect(LinkRule.isWebAddress(text) == isOne)
        #expect(LinkRule.ascii(text).utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }
}
