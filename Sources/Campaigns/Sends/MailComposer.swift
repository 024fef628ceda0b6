// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging
internal import Tasks

/// Personalises and builds the mails of a group.
struct MailComposer: MessageComposer {
    private let template: EmailTemplate
    private let reader: RecipientReader
    private let run: TaskRun
    private let sender: EmailAddress
    private let plan: MailPlan

    var channel: Channel { .email }

    /// Settles what the send's mails have in common.
    init(
        campaign: Campaign,
        table: ProfileTable,
        send: SendID,
        ground: MailGround,
        run: TaskRun
    ) async throws {
        guard let content = campaign.content.email else {
            throw CampaignError.noSuchCampaign("\(campaign.displayName) on the e-mail channel")
        }
        plan = try await run.database.write { transaction in
            try MailPlan(
                content,
                of: campaign,
                send: send,
                ground,
                workspace: run.task.workspace,
                in: transaction
            )
        }
        template = try EmailTemplate(plan.template)
        reader = RecipientReader(
            table: table,
            names: template.variables,
            roles: [.language, .firstName, .lastName]
        )
        self.run = run
        guard let sender = EmailAddress(content.senderAddress) else {
            throw MessagingError.setting(name: "sender address", problem: "is no e-mail address")
        }
        self.sender = sender
    }

    func compose(_ group: [Interaction]) async throws -> [Composed<OutgoingMail>] {
        let values = try await run.database.read { [reader] connection in
            try reader.recipients(group, in: connection)
        }
        return try await run.database.spread(Array(zip(group, values))) { interaction, attributes in
            if attributes.isGone {
                return Composed(failure: .email(.otherError), detail: MailComposer.goneWords)
            }
            do {
                return Composed(message: try mail(for: interaction, attributes))
            } catch {
                return Composed(
                    failure: .email(MailComposer.status(of: error)),
                    detail: String(describing: error)
                )
            }
        }
    }

    private static func status(of error: any Error) -> EmailStatus {
        (error as? MessagingError).flatMap { EmailStatus(rawValue: $0.reason.rawValue) }
            ?? .otherError
    }

    /// Whoever is erased while their message is made gets none.
    static let goneWords = "the profile was deleted while its message was made"

    private func mail(
        for interaction: Interaction,
        _ attributes: RecipientAttributes
    ) throws -> OutgoingMail {
        guard let address = interaction.address.flatMap({ EmailAddress($0) }) else {
            throw MessagingError.setting(name: "recipient", problem: "is no e-mail address")
        }
        let name = interaction.messageID(in: run.task.workspace, domain: sender.domain)
        guard let id = name else {
            throw MessagingError.setting(name: "sender's domain", problem: "fits no Message-ID")
        }
        let addresses = plan.addresses(interaction.id, in: run.task.workspace)
        let leaving = addresses?.unsubscribe
        let own = [UnsubscribeVariable.name: plan.unsubscribeURL(leaving)]
        var content = try template.render(
            RecipientValues(
                parameters: attributes.parameters.merging(own.mapValues { .text($0) }) { $1 },
                attributes: attributes.values
            ),
            language: attributes.text(.language)
        )
        plan.fill(&content, addresses)
        let person = [attributes.text(.firstName), attributes.text(.lastName)]
            .compactMap(\.self).joined(separator: " ")
        let message = EmailMessage(
            content: content,
            to: Mailbox(name: person.isEmpty ? nil : person, address: address),
            messageID: id,
            // Later tries keep it, and with it the mail's place in the outbox.
            date: interaction.createdAt,
            unsubscribe: plan.unsubscribe(leaving)
        )
        let path = plan.returnPath(interaction.id, in: run.task.workspace, sender: sender)
        return try plan.sign(OutgoingMail(message, sender: path))
    }
}
