// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
internal import Foundation
public import Messaging

/// The mails and text messages of a person that the built-in outbox keeps.
public struct OutboxSection: DossierSection {
    private let outbox: OutboxTransport
    private let texts: TextOutbox

    /// Makes the section of an outbox of mails and one of text messages.
    public init(_ outbox: OutboxTransport, _ texts: TextOutbox) {
        self.outbox = outbox
        self.texts = texts
    }

    /// `Outbox`.
    public var title: String { "Outbox" }

    /// The spool kind.
    public var relations: [String] { ["outbox"] }

    /// The messages that are kept.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        try kept(of: person, in: connection)
            .filter { FileManager.default.fileExists(atPath: path(of: $0)) }
            .map { message in
                switch message {
                case .mail(let id, let date):
                    DossierEntry("mail", at: date, [.init("message id", id.text)])
                case .text(let id, let date):
                    DossierEntry("text message", at: date, [.init("id", id)])
                }
            }
    }

    /// Removes the messages from the outbox; those that are gone stay gone if the transaction fails.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        for message in try kept(of: person, in: transaction) {
            switch message {
            case .mail(let id, let date): try outbox.remove(id, date: date)
            case .text(let id, let date): try texts.remove(id, date: date)
            }
        }
        return []
    }

    private enum Kept {
        case mail(MessageID, Instant)
        case text(String, Instant)
    }

    private func path(of message: Kept) -> String {
        switch message {
        case .mail(let id, let date): outbox.path(of: id, date: date)
        case .text(let id, let date): texts.path(of: id, date: date)
        }
    }

    /// The messages that were or may have been kept, oldest first.
    private func kept(of person: DossierPerson, in connection: Connection) throws -> [Kept] {
        let workspace = person.table.workspace
        let campaigns = CampaignStore(workspace)
        return try SendStore(workspace).interactions(of: person.profile, in: connection).reversed()
            .compactMap { interaction in
                guard interaction.state != .notSent else { return nil }
                let content = try campaigns.campaign(interaction.campaign, in: connection).content
                guard content.file == nil else { return nil }
                guard let mail = content.email else {
                    return .text(interaction.textID(in: workspace), interaction.createdAt)
                }
                guard let sender = EmailAddress(mail.senderAddress),
                    let id = interaction.messageID(in: workspace, domain: sender.domain)
                else { return nil }
                return .mail(id, interaction.createdAt)
            }
    }
}
