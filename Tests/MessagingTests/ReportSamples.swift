// SPDX-License-Identifier: Apache-2.0

/// Mails as servers send them back, with CRLF line ends.
enum ReportSamples {
    /// A report by RFC 3464 in the form of Postfix.
    static func delivery(
        action: String = "failed",
        status: String = "5.1.1",
        diagnostic: String = "smtp; 550 5.1.1 <ann@example.org>: user unknown",
        to: String = "bounces@mail.example",
        returned: String = "Message-ID: <1.7@sender.example>\r\nTo: Ann <ann@example.org>"
    ) -> [UInt8] {
        mail(
            """
            Return-Path: <>
            Date: Tue, 14 Nov 2023 22:13:20 +0000 (UTC)
            From: MAILER-DAEMON@relay.example (Mail Delivery System)
            Subject: Undelivered Mail Returned to Sender
            To: \(to)
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status;
            \tboundary="B1"

            This is a MIME-encapsulated message.

            --B1
            Content-Description: Notification
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you that your message could not be delivered.

            --B1
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; relay.example
            Arrival-Date: Tue, 14 Nov 2023 22:13:19 +0000 (UTC)

            Final-Recipient: rfc822; ann@example.org
            Original-Recipient: rfc822;ann@example.org
            Action: \(action)
            Status: \(status)
            Diagnostic-Code: \(diagnostic)

            --B1
            Content-Description: Undelivered Message
            Content-Type: message/rfc822

            \(returned.replacing("\r\n", with: "\n"))
            Subject: Hello

            Dear Ann
            --B1--

            """
        )
    }

    /// A complaint by RFC 5965.
    static func complaint(type: String = "abuse", returned: String) -> [UInt8] {
        mail(
            """
            From: <abuse@provider.example>
            Subject: FW: Earn money
            To: <abuse@mail.example>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report;
                 boundary="part1_13d.2e68ed54_boundary"

            --part1_13d.2e68ed54_boundary
            Content-Type: text/plain; charset="US-ASCII"

            This is an email abuse report.

            --part1_13d.2e68ed54_boundary
            Content-Type: message/feedback-report

            Feedback-Type: \(type)
            User-Agent: SomeGenerator/1.0
            Version: 1

            --part1_13d.2e68ed54_boundary
            Content-Type: message/rfc822

            \(returned.replacing("\r\n", with: "\n"))
            Subject: Earn money

            Spam
            --part1_13d.2e68ed54_boundary--

            """
        )
    }

    /// A mail in words.
    static func plain(_ headers: String, _ text: String) -> [UInt8] {
        mail("\(headers)\nContent-Type: text/plain; charset=utf-8\n\n\(text)\n")
    }

    static func mail(_ text: String) -> [UInt8] {
        Array(text.replacing("\n", with: "\r\n").utf8)
    }
}
