// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging
internal import Tasks

/// Personalises the text messages of a group.
struct TextComposer: Sendable {
    private let template: SMSTemplate
    private let reader: RecipientReader
    private let run: TaskRun

    init(_ content: SMSContent, table: ProfileTable, run: TaskRun) throws {
        template = try SMSTemplate(content)
        reader = RecipientReader(table: table)
        self.run = run
    }

    /// The texts of a group, in its order.
    func compose(_ group: [Interaction]) async throws -> [Composed<String>] {
        let values = try await run.database.read { [reader] connection in
            try reader.recipients(group, in: connection)
        }
        return values.map(compose)
    }

    private func compose(_ attributes: RecipientAttributes) -> Composed<String> {
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
            guard !text.utf8.contains(0) else {
                throw MessagingError.generation(problem: "the text holds a NUL")
            }
            return Composed(message: text)
        } catch MessagingError.variableValue(let name, let part) {
            let error = MessagingError.variableValue(name: name, part: part)
            return Composed(failure: .sms(.unresolvedVariable), detail: error.description)
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
