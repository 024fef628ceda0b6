// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging
internal import Tasks

/// Personalises and builds the mails of a group.
struct MailComposer: Sendable {
    private let template: EmailTemplate
    private let table: ProfileTable
    private let run: TaskRun
    private let sender: EmailAddress

    /// A mail, or why there is none.
    struct Composed: Sendable {
        var mail: OutgoingMail?
        var failure: EmailStatus?
        var detail: String?
    }

    init(campaign: Campaign, table: ProfileTable, run: TaskRun) throws {
        guard let content = campaign.content.email else {
            throw CampaignError.noSuchCampaign("\(campaign.displayName) on the e-mail channel")
        }
        template = try EmailTemplate(content)
        self.table = table
        self.run = run
        guard let sender = EmailAddress(content.senderAddress) else {
            throw MessagingError.setting(name: "sender address", problem: "is no e-mail address")
        }
        self.sender = sender
    }

    /// Composes the mails of a group, in its order.
    func compose(_ group: [Interaction]) async throws -> [Composed] {
        let values = try await run.database.read { connection in
            try attributes(of: group.map(\.profile), in: connection)
        }
        return zip(group, values).map { interaction, attributes in
            do {
                return Composed(mail: try mail(for: interaction, attributes))
            } catch let error as MessagingError {
                return Composed(
                    failure: EmailStatus(rawValue: error.reason.rawValue) ?? .emailGenerationError,
                    detail: String(describing: error)
                )
            } catch {
                return Composed(
                    failure: .emailGenerationError,
                    detail: String(describing: error)
                )
            }
        }
    }

    private func mail(
        for interaction: Interaction,
        _ attributes: [String: PersonalisationValue]
    ) throws -> OutgoingMail {
        guard let address = interaction.address.flatMap({ EmailAddress($0) }) else {
            throw MessagingError.setting(name: "recipient", problem: "is no e-mail address")
        }
        let name = interaction.messageID(in: run.task.workspace, domain: sender.domain)
        guard let id = name else {
            throw MessagingError.setting(name: "sender's domain", problem: "fits no Message-ID")
        }
        let language = text(.language, attributes)
        let content = try template.render(
            RecipientValues(attributes: attributes),
            language: language
        )
        let person = [text(.firstName, attributes), text(.lastName, attributes)]
            .compactMap(\.self).joined(separator: " ")
        let message = EmailMessage(
            content: content,
            to: Mailbox(name: person.isEmpty ? nil : person, address: address),
            messageID: id,
            // Later tries keep it, and with it the mail's place in the outbox.
            date: interaction.createdAt
        )
        return try OutgoingMail(message, sender: sender)
    }

    private func text(_ role: AttributeRole, _ values: [String: PersonalisationValue]) -> String? {
        guard let attribute = table.attribute(role),
            case .text(let text) = values[attribute.name]
        else { return nil }
        return text
    }

    /// The attributes of profiles by technical name, looked up by the group.
    private func attributes(
        of profiles: [ProfileID],
        in connection: Connection
    ) throws
        -> [[String: PersonalisationValue]]
    {
        var found = [[String: PersonalisationValue]](repeating: [:], count: profiles.count)
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id"] + table.attributes.map(\.column),
            keys: profiles.map(\.sql)
        )
        try connection.lookup(lookup) { position, cursor in
            for (offset, attribute) in table.attributes.enumerated() {
                let value = PersonalisationValue(cursor.value(offset + 1), attribute)
                if let value { found[position][attribute.name] = value }
            }
        }
        return found
    }
}

extension PersonalisationValue {
    /// An attribute's value as a message sees it; nil when there is none.
    init?(_ value: SQLValue, _ attribute: Attribute) {
        switch (value, attribute.type) {
        case (.null, _), (.bytes, _): return nil
        case (.text(let text), _) where attribute.isMultiValued:
            self = .list(SeveralValues.texts(text).map { .text($0) })
        case (.text(let text), _): self = .text(text)
        case (.double(let number), _): self = .number(number)
        case (.integer(let number), .boolean): self = .boolean(number != 0)
        case (.integer(let number), .date): self = .text(Day(number: number).description)
        case (.integer(let number), .moment):
            self = .text(Instant(microseconds: number).description)
        case (.integer(let number), _): self = .integer(number)
        case (.boolean(let flag), _): self = .boolean(flag)
        case (.day(let day), _): self = .text(day.description)
        case (.moment(let moment), _): self = .text(moment.description)
        }
    }
}
