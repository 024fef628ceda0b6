// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Messaging

@Suite struct PlainMIMETests {
    /// A message of words that are often plain, sometimes not.
    private func message(_ seed: UInt64) throws -> EmailMessage {
        var chance = SeededRandomness(seed: seed)
        let isOdd = Int.random(in: 0..<4, using: &chance) == 0
        let names =
            [nil, "", "Ann Lee", "A1 B2"]
            + (isOdd ? ["Ann  Lee", " Ann", "Dr. Lee", "Jürgen", "=?x"] : [])
        let locals =
            ["ann", "Ann.Lee+x_y-z"]
            + (isOdd ? ["o'neil", String(repeating: "a", count: 50)] : [])
        let domains =
            ["example.org", "xn--bcher-kva.example", "a-b.c1.example"]
            + (isOdd ? ["Example.org"] : [])
        let long = ["word ", "x"].map { String(repeating: $0, count: 40) + "end" }
        let subjects =
            ["Hello", "Hello, you: 100% (new) \"offers\"", "1"]
            + (isOdd ? ["a  b", " a", "a ", "a=b", "Grüße"] + long : [])
        func address() throws -> EmailAddress {
            let local = locals.randomElement(using: &chance) ?? "ann"
            let domain = domains.randomElement(using: &chance) ?? "example.org"
            return try #require(EmailAddress("\(local)@\(domain)"))
        }
        let content = RenderedEmail(
            language: "en",
            from: Mailbox(name: names.randomElement(using: &chance) ?? nil, address: try address()),
            replyTo: Bool.random(using: &chance) ? try address() : nil,
            subject: subjects.randomElement(using: &chance) ?? "Hello",
            html: Bool.random(using: &chance) ? body(&chance) : nil,
            text: body(&chance)
        )
        return EmailMessage(
            content: content,
            to: Mailbox(name: names.randomElement(using: &chance) ?? nil, address: try address()),
            messageID: try #require(MessageID("i\(seed).r7@mail.example.com")),
            date: Instant(seconds: .random(in: -1_000_000_000..<4_000_000_000, using: &chance)),
            unsubscribe: Bool.random(using: &chance)
                ? .init(url: "https://example.com/u/1?a=1", mailto: try address()) : nil
        )
    }

    /// Lines of all lengths, with what quoted-printable has to write otherwise.
    private func body(_ chance: inout SeededRandomness) -> String {
        let pieces = [
            "word", " ", "  ", "=", "\t", "\n", "\r\n", "\r", "\n\n", ".", "From ", "é", " \n",
            "\t\n", String(repeating: "long", count: 20), "a", "b", "c", "d",
        ]
        let count = Int.random(in: 0..<60, using: &chance)
        return (0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
    }

    @Test func `a plain message has the bytes that GMime gives it`() throws {
        var plain = 0
        for seed in 0..<1_000 as Range<UInt64> {
            let message = try message(seed)
            guard var writer = PlainMIME(message) else { continue }
            plain += 1
            let expected = try MIMEBuilder(message: message).build()
            let found = try writer.build()
            #expect(
                String(decoding: found, as: UTF8.self)
                    == String(decoding: expected, as: UTF8.self)
            )
        }
        #expect(plain > 500)
    }
}
