// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging
internal import Tasks

/// Personalises the text messages of a group.
struct TextComposer: MessageComposer {
    private let template: SMSTemplate
    private let sender: String
    private let reader: RecipientReader
    private let run: TaskRun

    var channel: Channel { .sms }

    init(campaign: Campaign, table: ProfileTable, run: TaskRun) throws {
        guard let content = campaign.content.sms else {
            throw CampaignError.noSuchCampaign("\(campaign.displayName) on the sms channel")
        }
        template = try SMSTemplate(content)
        sender = content.sender
        reader = RecipientReader(table: table)
        self.run = run
    }

    func compose(_ group: [Interaction]) async throws -> [Composed<OutgoingText>] {
        let values = try await run.database.read { [reader] connection in
            try reader.recipients(group, in: connection)
        }
        return zip(group, values).map(compose)
    }

    private func compose(
        _ interaction: Interaction,
        _ attributes: RecipientAttributes
    ) -> Composed<OutgoingText> {
        guard let number = interaction.address else {
            return Composed(failure: .sms(.missingPhoneNumber))
        }
        guard !attributes.isGone else {
            return Composed(
                failure: .sms(.errorGeneratingMessage),
                detail: MailComposer.goneWords
            )
        }
        do {
            let text = try template.render(
                RecipientValues(parameters: attributes.parameters, attributes: attributes.values),
                language: attributes.text(.language)
            )
            guard !text.isEmpty else { return Composed(failure: .sms(.noMessage)) }
            let message = OutgoingText(
                id: interaction.textID(in: run.task.workspace),
                sender: sender,
                recipient: number,
                // Later tries keep it, and with it the message's place in the outbox.
                date: interaction.createdAt,
                text: text
            )
            return Composed(message: message)
        } catch MessagingError.variableValue(let name, let part) {
            let error = MessagingError.variableValue(name: name, part: part)
            return Composed(
                failure: .sms(.unresolvedVariable),
                detail: error.description
            )
        } catch {
            return Composed(
                failure: .sms(.errorGeneratingMessage),
                detail: String(describing: error)
            )
        }
    }
}

extension Interaction {
    /// The name of its text message: the same for each try.
    func textID(in workspace: WorkspaceID) -> String { "\(workspace).\(id)" }
}
