// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
public import Messaging

/// A message as a recipient would see it, before anybody gets it.
///
/// Nothing is recorded of it: it has no tracked links, and unsubscribing is a mail to its sender.
public struct MailPreview: Sendable {
    /// Whose values are printed.
    public enum Values: Sendable {
        /// Nobody's: the defaults alone.
        case defaults
        /// Their names, in place of them.
        case names
        /// A person's.
        case profile(Profile)
    }

    private let workspace: WorkspaceID

    /// Previews in a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The values of a profile of any table.
    ///
    /// - Throws: `AudienceError.noSuchProfile`.
    public func values(of profile: ProfileID, in connection: Connection) throws -> Values {
        for table in try ProfileTableStore(workspace).all(in: connection) {
            if let found = try ProfileStore(table).profile(profile, in: connection) {
                return .profile(found)
            }
        }
        throw AudienceError.noSuchProfile("\(profile)")
    }

    /// Renders a mail.
    ///
    /// - Parameters:
    ///   - content: The mail.
    ///   - values: Whose values are printed.
    ///   - language: The language; the profile's unless given.
    /// - Returns: What the recipient would see.
    /// - Throws: `MessagingError`.
    public func mail(
        _ content: EmailContent,
        _ values: Values,
        language: String? = nil
    ) throws -> RenderedEmail {
        let reader = content.replyTo ?? content.senderAddress
        var recipient = values.recipient
        recipient.parameters = [
            UnsubscribeVariable.name: .text("mailto:\(reader)?subject=unsubscribe")
        ]
        return try EmailTemplate(content)
            .render(recipient, language: language ?? values.language)
    }

    /// Renders a text message.
    ///
    /// - Throws: `MessagingError`.
    public func text(_ content: SMSContent, _ values: Values) throws -> String {
        try SMSTemplate(content).render(values.recipient, language: values.language)
    }

    /// A rendered mail to someone who looks it over, signed as those to recipients are.
    ///
    /// - Throws: `MessagingError`, `DatabaseError`.
    public func test(
        _ content: RenderedEmail,
        to recipient: String,
        _ ground: MailGround,
        at moment: Instant,
        _ randomness: any Randomness = SystemRandomness(),
        in connection: Connection
    ) throws -> OutgoingMail {
        guard let address = EmailAddress(recipient) else {
            throw MessagingError.setting(name: "recipient", problem: "is no e-mail address")
        }
        let sender = content.from.address
        guard let id = MessageID("\(testID(randomness))@\(sender.domain)") else {
            throw MessagingError.setting(name: "sender's domain", problem: "fits no Message-ID")
        }
        let message = EmailMessage(
            content: content,
            to: Mailbox(address: address),
            messageID: id,
            date: moment
        )
        var mail = try OutgoingMail(message, sender: sender)
        let signers = try ground.signers(for: sender.domain, in: workspace, connection)
        if !signers.isEmpty {
            mail.content = try DKIMSigner.sign(mail.content, by: signers, at: moment)
        }
        return mail
    }

    /// A text message to someone who looks it over.
    public func test(
        _ text: String,
        from sender: String,
        to number: String,
        at moment: Instant,
        _ randomness: any Randomness = SystemRandomness()
    ) -> OutgoingText {
        OutgoingText(
            id: testID(randomness),
            sender: sender,
            recipient: number,
            date: moment,
            text: text
        )
    }

    /// The workspace's number begins it, so that its outbox shows the message.
    private func testID(_ randomness: any Randomness) -> String {
        "\(workspace).test-\(randomness.token())"
    }
}

extension MailPreview.Values {
    fileprivate var language: String? {
        guard case .profile(let profile) = self else { return nil }
        return profile.text(.language)
    }

    fileprivate var recipient: RecipientValues {
        switch self {
        case .defaults: return RecipientValues(attributes: [:])
        case .names: return RecipientValues { name in .text("[\(name)]") }
        case .profile(let profile):
            var attributes: [String: PersonalisationValue] = [:]
            for attribute in profile.table.attributes {
                let value = PersonalisationValue(profile.value(attribute), attribute)
                if let value { attributes[attribute.name] = value }
            }
            return RecipientValues(attributes: attributes)
        }
    }
}
