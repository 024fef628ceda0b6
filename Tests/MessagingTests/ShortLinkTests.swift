// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Messaging

@Suite struct ShortLinkTests {
    private let key = CallbackKey([UInt8](repeating: 7, count: 32))
    private let other = CallbackKey([UInt8](repeating: 8, count: 32))

    @Test func `a link is read back, and is genuine by its own key only`() throws {
        let randomness = SeededRandomness()
        for _ in 0..<500 {
            let link = ShortLink(
                workspace: WorkspaceID(Int64(randomness.next() % 1_000)),
                interaction: InteractionID(
                    Int64(randomness.next() >> (randomness.next() % 62 + 1))
                ),
                ordinal: Int(randomness.next() % 20)
            )
            let text = link.text(key)
            let (found, code) = try #require(ShortLink.read(text))
            #expect(found == link)
            #expect(found.isGenuine(code, key) && !found.isGenuine(code, other))
        }
    }

    @Test func `a link of an ordinary contact is short`() {
        let link = ShortLink(
            workspace: WorkspaceID(1),
            interaction: InteractionID(5_000_000),
            ordinal: 0
        )
        #expect(link.text(key).count <= 16)
    }

    @Test func `a link that was tampered with in any place is not genuine`() throws {
        let link = ShortLink(
            workspace: WorkspaceID(3),
            interaction: InteractionID(70_000),
            ordinal: 2
        )
        let text = Array(link.text(key))
        for index in text.indices {
            var changed = text
            changed[index] = text[index] == "A" ? "B" : "A"
            guard let (found, code) = ShortLink.read(String(changed)) else { continue }
            #expect(!found.isGenuine(code, key))
        }
    }

    @Test(arguments: [
        "", "A", "AAAAAAAA", "////////////////", "AQEAAAAAAAA=", "a b",
        String(repeating: "A", count: 100), String(repeating: "_", count: 48), "AQEAé",
    ])
    func `other texts are no links`(_ text: String) {
        guard let (found, code) = ShortLink.read(text) else { return }
        #expect(!found.isGenuine(code, key))
    }

    @Test(arguments: [
        ("See https://a.example/x.", ["https://a.example/x"], "See <0>."),
        ("https://a.example", ["https://a.example"], "<0>"),
        (
            "(http://a.example/?q=1&r=2#f) and HTTPS://B.example!",
            [
                "http://a.example/?q=1&r=2#f", "HTTPS://B.example",
            ], "(<0>) and <1>!"
        ),
        ("no link, ftp://x.example, https://", [], "no link, ftp://x.example, https://"),
        ("a https:///x b", [], "a https:///x b"),
        ("é😀 https://ü.example", [], "é😀 https://ü.example"), ("", [], ""),
    ])
    func `the links of a text are replaced, and nothing else`(
        _ text: String,
        _ targets: [String],
        _ replaced: String
    ) {
        let links = LinkedText(text)
        #expect(links.targets == targets)
        #expect(links.replacing(targets.indices.map { "<\($0)>" }) == replaced)
        #expect(links.replacing(targets) == text)
    }

    @Test func `a token proves one address`() {
        let token = key.token(for: "reply/1/2")
        #expect(token.count == 22 && key.accepts(token, for: "reply/1/2"))
        #expect(!key.accepts(token, for: "reply/1/3") && !other.accepts(token, for: "reply/1/2"))
        for wrong in ["", "x", String(token.dropLast()), token + "A"] {
            #expect(!key.accepts(wrong, for: "reply/1/2"))
        }
        #expect("\(key)" == "(key)")
    }
}
