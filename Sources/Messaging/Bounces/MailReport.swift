// SPDX-License-Identifier: Apache-2.0

/// What a mail in the mailbox of returned mails says.
///
/// Pure. Out-of-office notes and answers are no bounces; nor is the word that a mail is late.
public enum MailReport: Sendable, Hashable {
    /// A mail came back.
    case bounce(MailOrigin, BounceStatus, words: String)
    /// The recipient called a mail spam (RFC 5965).
    case complaint(MailOrigin)
    /// Something else, in words without personal values.
    case other(String)

    /// Reads a mail.
    public init(_ mail: IncomingMail) {
        if let part = mail.part("message/feedback-report") {
            self = MailReport.feedback(mail, FieldBlock.all(part.text))
        } else if let part = mail.part("message/delivery-status", "message/global-delivery-status")
        {
            self = MailReport.delivery(mail, FieldBlock.all(part.text))
        } else {
            self = MailReport.plain(mail)
        }
    }

    private static func feedback(_ mail: IncomingMail, _ blocks: [FieldBlock]) -> MailReport {
        let type = blocks.compactMap { $0["feedback-type"] }.first?.lowercased() ?? "abuse"
        guard ["abuse", "fraud", "virus", "other", "miscategorized"].contains(type) else {
            return .other("a feedback report that is no complaint")
        }
        return .complaint(MailOrigin(mail, blocks: blocks))
    }

    /// RFC 3464: one block about the mail, then one a recipient.
    private static func delivery(_ mail: IncomingMail, _ blocks: [FieldBlock]) -> MailReport {
        let recipients = blocks.filter { $0["final-recipient"] != nil || $0["status"] != nil }
        guard let failed = recipients.first(where: hasFailed) else {
            let isLate = recipients.contains { $0["action"]?.lowercased() == "delayed" }
            return .other(isLate ? "word that a mail is late" : "word that a mail arrived")
        }
        let diagnostic = failed["diagnostic-code"] ?? ""
        let words = [failed["status"], failed["diagnostic-code"]].compactMap(\.self)
            .joined(separator: " ")
        let status = BounceWords.status(code: failed["status"], diagnostic)
        return .bounce(
            MailOrigin(mail, blocks: blocks),
            status,
            words: String(words.prefix(500))
        )
    }

    private static func hasFailed(_ block: FieldBlock) -> Bool {
        if let action = block["action"]?.lowercased() { return action.hasPrefix("failed") }
        return block["status"].flatMap(BounceWords.code)?.statusClass == 5
    }

    /// Old mail servers write what happened in words, from nobody.
    private static func plain(_ mail: IncomingMail) -> MailReport {
        guard isFromServer(mail.headers) else { return .other("no report") }
        let text = mail.parts.filter { $0.type == "text/plain" }.map(\.text).joined(separator: "\n")
        guard let status = BounceWords.status(in: text) else {
            return .other("a mail server's note without a reason")
        }
        var origin = MailOrigin(mail, blocks: [])
        // The returned mail stands below the words.
        let lines = FieldBlock.all(text)
        origin.messageIDs += lines.compactMap { $0["message-id"] }.map { id in
            id.filter { !"<> ".contains($0) }
        }
        origin.recipients += lines.compactMap { $0["to"] }.compactMap(MailOrigin.address)
        return .bounce(origin, status, words: BounceWords.line(in: text))
    }

    private static func isFromServer(_ headers: FieldBlock) -> Bool {
        let automatic = headers["auto-submitted"]?.lowercased() ?? ""
        guard !automatic.hasPrefix("auto-replied"), headers["x-autoreply"] == nil,
            headers["x-autorespond"] == nil
        else { return false }
        let sender = headers["from"]?.lowercased() ?? ""
        return headers["return-path"].map { $0.filter { !$0.isWhitespace } } == "<>"
            && ["mailer-daemon", "postmaster", "mail delivery"].contains { sender.contains($0) }
    }
}

extension MailReport {
    /// A bounce as a provider tells it: an enhanced code, words, or both.
    public init(_ origin: MailOrigin, status: String?, words: String) {
        let found = BounceWords.status(code: status, words)
        let all = [status, words].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        self = .bounce(origin, found, words: String(all.prefix(500)))
    }
}
