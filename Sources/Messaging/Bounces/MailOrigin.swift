// SPDX-License-Identifier: Apache-2.0

/// What in a report names the mail of ours that it is about.
///
/// Tokens are signed and count by themselves. A Message-ID is not: it counts only together with the
/// address that the mail went to.
public struct MailOrigin: Sendable, Hashable {
    /// Texts that may be signed tokens: from return paths and unsubscribe addresses.
    public var tokens: [String]
    /// Message-IDs of returned mails.
    public var messageIDs: [String]
    /// Addresses to which the mail may have gone, in lower case.
    public var recipients: [String]

    /// Makes an origin.
    public init(tokens: [String] = [], messageIDs: [String] = [], recipients: [String] = []) {
        self.tokens = tokens
        self.messageIDs = messageIDs
        self.recipients = recipients
    }
}

extension MailOrigin {
    /// Collects all that a report says of it.
    init(_ mail: IncomingMail, blocks: [FieldBlock]) {
        let returned = mail.parts.filter {
            ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"].contains($0.type)
        }.map { FieldBlock($0.text) }
        var paths = mail.headers.values(
            "to",
            "delivered-to",
            "x-original-to",
            "envelope-to",
            "x-envelope-to",
            "x-delivered-to"
        )
        paths += blocks.flatMap { $0.values("original-mail-from", "x-original-from") }
        paths += returned.flatMap { $0.values("return-path", "sender", "errors-to") }
        let leaving = returned.flatMap { $0.values("list-unsubscribe") }
        tokens =
            paths.flatMap(MailOrigin.returnPathTokens)
            + leaving.flatMap(MailOrigin.unsubscribeTokens)
        messageIDs = returned.flatMap { $0.values("message-id") }.map(MailOrigin.bare)
        let named = blocks.flatMap {
            $0.values("final-recipient", "original-recipient", "original-rcpt-to")
        }
        recipients = (named + returned.flatMap { $0.values("to") }).compactMap(MailOrigin.address)
    }

    /// What follows a plus sign in the local parts of addresses.
    static func returnPathTokens(_ text: String) -> [String] {
        text.lowercased().matches(of: #/\+([a-z2-7]{16,64})@/#).map { String($0.1) }
    }

    static func unsubscribeTokens(_ text: String) -> [String] {
        text.matches(of: #/\/u\/([a-z2-7]{16,128})>/#).map { String($0.1) }
    }

    private static func bare(_ id: String) -> String {
        String(id.drop { $0 == "<" || $0 == " " }.prefix { $0 != ">" && $0 != " " })
    }

    /// The address in a field such as `rfc822; <ann@example.org>` or `Ann <ann@example.org>`.
    static func address(_ text: String) -> String? {
        let value = text.split(separator: ";").last ?? ""
        let inner = value.lastIndex(of: "<").map { value[value.index(after: $0)...] } ?? value
        let bare = inner.prefix { $0 != ">" }.filter { !$0.isWhitespace }
        return EmailAddress(String(bare))?.text.lowercased()
    }
}

extension MailOrigin {
    /// What a provider names a mail by.
    public init(returnPath: String?, messageID: String?, recipient: String?) {
        self.init(
            tokens: returnPath.map(MailOrigin.returnPathTokens) ?? [],
            messageIDs: messageID.map { [MailOrigin.bare($0)] } ?? [],
            recipients: recipient.flatMap(MailOrigin.address).map { [$0] } ?? []
        )
    }
}
