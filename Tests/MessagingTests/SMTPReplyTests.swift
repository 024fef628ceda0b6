// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Messaging

@Suite struct SMTPReplyTests {
    private static let dialogue = """
        250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n451 4.2.1 Try later\r\n354\r\n\
        550 5.1.1 No such user\r\n
        """
    private static let replies = [
        SMTPReply(code: 250, text: "relay.example PIPELINING 8BITMIME"),
        SMTPReply(code: 451, text: "4.2.1 Try later"), SMTPReply(code: 354, text: ""),
        SMTPReply(code: 550, text: "5.1.1 No such user"),
    ]

    @Test func `replies are the same wherever the network cuts them`() throws {
        let bytes = Array(Self.dialogue.utf8)
        for cut in 0...bytes.count {
            var parser = SMTPReplyParser()
            var found: [SMTPReply] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                part.withUnsafeBytes { parser.append($0) }
                while let reply = try parser.next() { found.append(reply) }
            }
            #expect(found == Self.replies, "cut at \(cut)")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "99 too low\r\n", String(repeating: "x", count: 10_000),
        String(repeating: "250-more\r\n", count: 300),
    ])
    func `what is no reply, or has no end, is an error`(text: String) {
        var parser = SMTPReplyParser()
        Array(text.utf8).withUnsafeBytes { parser.append($0) }
        #expect(throws: SMTPFailure.self) { while try parser.next() != nil {} }
    }

    @Test(arguments: [
        ("", ".\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"),
        (".a\r\n..b\r\nc.\r\n.", "..a\r\n...b\r\nc.\r\n..\r\n.\r\n"),
    ])
    func `lines that begin with a dot get a second one`(content: String, sent: String) {
        var output: [UInt8] = []
        DotStuffing.append(Array(content.utf8), to: &output)
        #expect(String(decoding: output, as: UTF8.self) == sent)
    }
}
