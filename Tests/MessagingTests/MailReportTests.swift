// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import Messaging

@Suite struct MailReportTests {
    private func report(_ bytes: [UInt8]) throws -> MailReport {
        MailReport(try #require(IncomingMail(bytes)))
    }

    private func status(_ bytes: [UInt8]) throws -> BounceStatus? {
        guard case .bounce(_, let status, _) = try report(bytes) else { return nil }
        return status
    }

    @Test(arguments: [
        ("5.1.1", "smtp; 550 5.1.1 user unknown", BounceStatus.unknownUser),
        ("5.1.2", "", .unknownDomain), ("5.4.4", "X-Postfix; name service error", .unknownDomain),
        ("5.2.2", "smtp; 552 5.2.2 over quota", .quotaExceeded), ("4.2.2", "", .quotaExceeded),
        ("4.4.7", "smtp; 421 4.4.2 timed out", .otherSoftBounce),
        ("5.7.1", "smtp; 550 5.7.1 refused", .otherHardBounce),
        ("5.0.0", "smtp; 550 5.1.1 no such user", .unknownUser),
        ("5.0.0", "smtp; 550 Unrouteable address", .unknownDomain),
        ("5.0.0 (undefined status)", "smtp; 552 mailbox is full", .quotaExceeded),
        ("5.0.0", "smtp; 554 no", .otherHardBounce), ("", "", .otherHardBounce),
        ("5.5.0", "smtp; 550 user unknown", .otherHardBounce),
    ])
    func `the status follows the code, and where it says nothing the words`(
        code: String,
        diagnostic: String,
        expected: BounceStatus
    ) throws {
        let bytes = ReportSamples.delivery(status: code, diagnostic: diagnostic)
        #expect(try status(bytes) == expected)
    }

    @Test func `a report names the mail by its tag, its Message-ID and its recipient`() throws {
        let tag = String(repeating: "ab2", count: 12)
        let bytes = ReportSamples.delivery(
            to: "<bounces+\(tag.uppercased())@mail.example>",
            returned: "Return-Path: <bounces+\(tag)@mail.example>\r\n"
                + "Message-ID:\r\n <1.7@sender.example>\r\nTo: Ann <Ann@example.org>\r\n"
                + "List-Unsubscribe: <https://t.example/u/\(tag)>"
        )
        guard case .bounce(let origin, _, let words) = try report(bytes) else {
            Issue.record("no bounce")
            return
        }
        #expect(origin.tokens == [tag, tag, tag])
        #expect(origin.messageIDs == ["1.7@sender.example"])
        #expect(Set(origin.recipients) == ["ann@example.org"])
        #expect(words.hasPrefix("5.1.1 smtp; 550"))
    }

    @Test func `what is late or has arrived is no bounce`() throws {
        let late = ReportSamples.delivery(action: "delayed", status: "4.4.1")
        #expect(try report(late) == .other("word that a mail is late"))
        let arrived = ReportSamples.delivery(action: "delivered", status: "2.0.0")
        #expect(try report(arrived) == .other("word that a mail arrived"))
    }

    @Test func `out-of-office notes and answers are no bounces`() throws {
        let away = ReportSamples.plain(
            "Return-Path: <>\nFrom: Ann <ann@example.org>\nAuto-Submitted: auto-replied",
            "I am away; user unknown 550 5.1.1 is only in my words."
        )
        #expect(try report(away) == .other("no report"))
        let answer = ReportSamples.plain(
            "Return-Path: <ann@example.org>\nFrom: Ann <ann@example.org>\nSubject: Re: News",
            "550 5.1.1 is a funny number"
        )
        #expect(try report(answer) == .other("no report"))
    }

    @Test func `a server's note in words is a bounce when it has a reason`() throws {
        let headers = "Return-Path: <>\nFrom: MAILER-DAEMON@old.example\nTo: bounces@mail.example"
        let note = ReportSamples.plain(
            headers,
            """
            Hi. This is the qmail-send program at old.example.

            <ann@example.org>:
            192.0.2.1 does not like recipient.
            Remote host said: 550 5.1.1 User unknown

            --- Below this line is a copy of the message.

            Message-ID: <1.9@sender.example>
            To: ann@example.org
            """
        )
        guard case .bounce(let origin, let status, let words) = try report(note) else {
            Issue.record("no bounce")
            return
        }
        #expect(status == .unknownUser)
        #expect(origin.messageIDs == ["1.9@sender.example"])
        #expect(words == "Remote host said: 550 5.1.1 User unknown")
        let nothing = ReportSamples.plain(headers, "Something happened.")
        #expect(try report(nothing) == .other("a mail server's note without a reason"))
    }

    @Test func `a complaint names the mail, and praise is none`() throws {
        let bytes = ReportSamples.complaint(
            returned: "Message-ID: <1.7@sender.example>\r\nTo: ann@example.org"
        )
        let expected = MailOrigin(
            messageIDs: ["1.7@sender.example"],
            recipients: ["ann@example.org"]
        )
        #expect(try report(bytes) == .complaint(expected))
        let praise = ReportSamples.complaint(type: "not-spam", returned: "To: a@b.example")
        #expect(try report(praise) == .other("a feedback report that is no complaint"))
    }

    @Test func `a mail that nests without end or is too large is not read`() {
        let deep = (0..<400).map { level in
            "Content-Type: multipart/mixed; boundary=b\(level)\r\n\r\n--b\(level)\r\n"
        }.joined()
        #expect(IncomingMail(Array(deep.utf8)) == nil)
        let mails = String(repeating: "Content-Type: message/rfc822\r\n\r\n", count: 400)
        #expect(IncomingMail(Array(mails.utf8)) == nil)
        #expect(IncomingMail([UInt8](repeating: 65, count: IncomingMail.sizeLimit + 1)) == nil)
        #expect(IncomingMail([]) == nil || IncomingMail([])?.parts.isEmpty == true)
    }

    @Test func `reports that were damaged anywhere stop nothing`() {
        var chance = SeededRandomness(seed: 9)
        let samples = [
            ReportSamples.delivery(), ReportSamples.complaint(returned: "To: a@b.example"),
            ReportSamples.plain("Return-Path: <>\nFrom: MAILER-DAEMON@x", "550 5.1.1 no such user"),
        ]
        for round in 0..<600 {
            var bytes = samples[round % samples.count]
            for _ in 0..<Int.random(in: 1..<8, using: &chance) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                switch Int.random(in: 0..<3, using: &chance) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &chance)
                case 1: bytes.remove(at: place)
                default: bytes = Array(bytes[..<max(1, place)])
                }
            }
            if let mail = IncomingMail(bytes) { _ = MailReport(mail) }
        }
    }
}
