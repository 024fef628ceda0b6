// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
internal import Foundation
public import Messaging

/// The mails of a person that the built-in outbox keeps.
public struct OutboxSection: DossierSection {
    private let outbox: OutboxTransport

    /// Makes the section of an outbox.
    public init(_ outbox: OutboxTransport) {
        self.outbox = outbox
    }

    /// `Outbox`.
    public var title: String { "Outbox" }

    /// The spool kind.
    public var relations: [String] { ["outbox"] }

    /// The mails that are kept.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        try mails(of: person, in: connection)
            .filter { mail in
                FileManager.default.fileExists(atPath: outbox.path(of: mail.id, date: mail.date))
            }
            .map { DossierEntry("mail", at: $0.date, [.init("message id", $0.id.text)]) }
    }

    /// Removes the mails from the outbox; those that are gone stay gone if the transaction fails.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        for mail in try mails(of: person, in: transaction) {
            try outbox.remove(mail.id, date: mail.date)
        }
        return []
    }

    /// The mails that were or may have been kept, oldest first.
    private func mails(
        of person: DossierPerson,
        in connection: Connection
    ) throws -> [(id: MessageID, date: Instant)] {
        let workspace = person.table.workspace
        let campaigns = CampaignStore(workspace)
        return try SendStore(workspace).interactions(of: person.profile, in: connection).reversed()
            .compactMap { interaction in
                guard interaction.state != .notSent else { return nil }
                let content = try campaigns.campaign(interaction.campaign, in: connection).content
                guard let sender = content.email.flatMap({ EmailAddress($0.senderAddress) }),
                    let id = interaction.messageID(in: workspace, domain: sender.domain)
                else { return nil }
                return (id, interaction.createdAt)
            }
    }
}
