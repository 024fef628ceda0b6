// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
public import Messaging

/// A mail as a recipient would see it, before anybody gets it.
///
/// Nothing is recorded of it: it has no tracked links, and unsubscribing is a mail to its sender.
public struct MailPreview: Sendable {
    private let workspace: WorkspaceID

    /// Previews in a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Renders a mail.
    ///
    /// - Parameters:
    ///   - content: The mail.
    ///   - profile: Whose values are printed; nil for the defaults alone.
    ///   - language: The language; the profile's unless given.
    ///   - connection: A connection.
    /// - Returns: What the recipient would see.
    /// - Throws: `MessagingError`, `AudienceError.noSuchProfile`.
    public func render(
        _ content: EmailContent,
        for profile: ProfileID? = nil,
        language: String? = nil,
        in connection: Connection
    ) throws -> RenderedEmail {
        let attributes = try profile.map { try values(of: $0, in: connection) }
        let reader = content.replyTo ?? content.senderAddress
        return try EmailTemplate(content).render(
            RecipientValues(
                parameters: [
                    UnsubscribeVariable.name: .text("mailto:\(reader)?subject=unsubscribe")
                ],
                attributes: attributes?.values ?? [:]
            ),
            language: language ?? attributes?.text(.language)
        )
    }

    /// A rendered mail to someone who looks it over.
    ///
    /// - Throws: `MessagingError`.
    public func mail(
        _ content: RenderedEmail,
        to recipient: String,
        at moment: Instant,
        _ randomness: any Randomness = SystemRandomness()
    ) throws -> OutgoingMail {
        guard let address = EmailAddress(recipient) else {
            throw MessagingError.setting(name: "recipient", problem: "is no e-mail address")
        }
        let sender = content.from.address
        guard let id = MessageID("test.\(randomness.token())@\(sender.domain)") else {
            throw MessagingError.setting(name: "sender's domain", problem: "fits no Message-ID")
        }
        let message = EmailMessage(
            content: content,
            to: Mailbox(address: address),
            messageID: id,
            date: moment
        )
        return try OutgoingMail(message, sender: sender)
    }

    private func values(
        of profile: ProfileID,
        in connection: Connection
    ) throws -> RecipientAttributes {
        for table in try ProfileTableStore(workspace).all(in: connection)
        where try ProfileStore(table).profile(profile, in: connection) != nil {
            let found = try RecipientReader(table: table).attributes(of: [profile], in: connection)
            if let first = found.first { return first }
        }
        throw AudienceError.noSuchProfile("\(profile)")
    }
}
