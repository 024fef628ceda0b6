// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
public import Messaging

/// What recipients answer to the text messages of a workspace, and what operators stop for them.
public struct TextReplies: Sendable {
    private let workspace: WorkspaceID

    /// The replies to a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Takes a reply: when its first word is one that stops, the number gets no more messages.
    ///
    /// - Returns: Whether it did.
    @discardableResult
    public func record(
        _ text: String,
        from number: String,
        _ words: StopWords,
        in transaction: Transaction
    ) throws -> Bool {
        guard words.stops(text) else { return false }
        return try stop(number, in: transaction)
    }

    /// Stops all messages to a number; attributed to the last message that left for it.
    ///
    /// The number goes into quarantine; the profile of that message loses the permission of the
    /// channel, by `automation`.
    ///
    /// - Returns: Whether it is a number.
    @discardableResult
    public func stop(_ number: String, in transaction: Transaction) throws -> Bool {
        guard let number = TextReplies.digits(number) else { return false }
        let contact = try lastContact(number, in: transaction)
        try QuarantineStore(workspace)
            .note(.stop, .sms, number, of: contact?.id, in: transaction)
        guard let contact else { return true }
        try ActivityStore(workspace).record([Activity(.stop, of: contact.id)], in: transaction)
        try forbid(contact, in: transaction)
        return true
    }

    private struct Contact {
        var id: InteractionID
        var table: ProfileTableID
        var profile: ProfileID
    }

    private func lastContact(_ number: String, in connection: Connection) throws -> Contact? {
        try connection.row(
            """
            SELECT i.id, i.table_id, i.profile_id FROM text_message t
            JOIN interaction i ON i.workspace_id = t.workspace_id AND i.id = t.interaction_id
            WHERE t.workspace_id = $1 AND t.number = $2
                AND i.state IN ('sent', 'inFlight', 'inDoubt')
            ORDER BY t.interaction_id DESC LIMIT 1
            """,
            [workspace, number]
        ).map { row in
            Contact(
                id: try row.get("id"),
                table: try row.get("table_id"),
                profile: try row.get("profile_id")
            )
        }
    }

    /// A profile that is gone, or a table without the attribute, has no permission to lose.
    private func forbid(_ contact: Contact, in transaction: Transaction) throws {
        let table = try ProfileTableStore(workspace).table(contact.table, in: transaction)
        let profiles = ProfileStore(table)
        guard let permission = table.attribute(.smsEnabled),
            try profiles.profile(contact.profile, in: transaction) != nil
        else { return }
        try profiles.update(
            contact.profile,
            values: [permission.name: "false"],
            by: Context(
                workspace: workspace,
                actor: "SMS STOP",
                source: .automation,
                moment: transaction.moment
            ),
            in: transaction
        )
    }

    /// E.164 digits, with `+` or `00` before them or without; nil for what is no number.
    private static func digits(_ text: String) -> String? {
        var text = text
        switch text.withUTF8({ MobileNumberRule(countryCode: nil).normalise($0) }) {
        case .same: return text
        case .changed(let number): return number
        case .refused: return nil
        }
    }
}
