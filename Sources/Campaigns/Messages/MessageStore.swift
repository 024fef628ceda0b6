// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The messages of one workspace (spec/api.md, "message").
public struct MessageStore: Sendable {
    let workspace: WorkspaceID

    /// The messages of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Keeps a message.
    ///
    /// - Parameters:
    ///   - name: The name that people see, 1 to 255 characters.
    ///   - content: What it says.
    ///   - author: The user who wrote it; nil when no user did.
    ///   - context: The call.
    ///   - transaction: A transaction.
    /// - Returns: The message.
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for the name, `MessagingError` for the
    ///   content, which names the part and the place.
    @discardableResult
    public func create(
        name: String,
        _ content: MessageContent,
        author: UserID?,
        by context: Context,
        in transaction: Transaction
    ) throws -> StoredMessage {
        let name = try FieldRule.name(name)
        try content.check()
        let id: StoredMessageID = try transaction.nextID(.message, in: workspace)
        try transaction.execute(
            """
            INSERT INTO message (workspace_id, id, name, channel, content, created_by, created_at,
                updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """,
            [
                workspace, id, name, content.channel, content.json, author, context.moment,
            ]
        )
        return try message(id, in: transaction)
    }

    /// Changes a message that no scheduled send uses; its channel stays.
    ///
    /// - Returns: The message as it is then.
    /// - Throws: As ``create(name:_:author:by:in:)``, ``CampaignError/noSuchMessage(_:)``,
    ///   ``CampaignError/messageInUse(_:by:)``.
    @discardableResult
    public func update(
        _ id: StoredMessageID,
        name: String? = nil,
        _ content: MessageContent? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> StoredMessage {
        let present = try message(id, in: transaction)
        let name = try FieldRule.name(name ?? present.name)
        let content = content ?? present.content
        guard content.channel == present.channel else {
            throw CampaignError.refused(attribute: "channel", reason: "a message keeps its channel")
        }
        guard name != present.name || content != present.content else { return present }
        try checkFree(id, in: transaction)
        try content.check()
        try transaction.execute(
            """
            UPDATE message SET name = $3, content = $4, updated_at = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, name, content.json, context.moment]
        )
        return try message(id, in: transaction)
    }

    /// Deletes a message that no scheduled send uses.
    ///
    /// - Throws: ``CampaignError/noSuchMessage(_:)``, ``CampaignError/messageInUse(_:by:)``.
    public func delete(_ id: StoredMessageID, in transaction: Transaction) throws {
        try checkFree(id, in: transaction)
        let isDeleted = try transaction.guarded(
            "DELETE FROM message WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw CampaignError.noSuchMessage(id) }
    }

    /// A message by its id.
    ///
    /// - Throws: ``CampaignError/noSuchMessage(_:)``.
    public func message(_ id: StoredMessageID, in connection: Connection) throws -> StoredMessage {
        guard let found = try messages([id], in: connection).first else {
            throw CampaignError.noSuchMessage(id)
        }
        return found
    }

    /// Several messages in the order of their ids; those that do not exist are left out.
    public func messages(
        _ ids: [StoredMessageID],
        in connection: Connection
    ) throws -> [StoredMessage] {
        guard !ids.isEmpty else { return [] }
        let places = ids.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        return try connection.rows(
            """
            SELECT \(StoredMessage.columns) FROM message m
            WHERE m.workspace_id = $1 AND m.id IN (\(places)) ORDER BY m.id
            """,
            [workspace] + ids.map { $0 as any SQLConvertible }
        ).map(StoredMessage.init)
    }

    /// A scheduled send that uses a message keeps it as it is.
    private func checkFree(_ id: StoredMessageID, in connection: Connection) throws {
        let user: ScheduledSendID? = try connection.value(
            """
            SELECT min(id) FROM scheduled_send WHERE workspace_id = $1 AND message_id = $2
            HAVING min(id) IS NOT NULL
            """,
            [workspace, id]
        )
        if let user { throw CampaignError.messageInUse(id, by: user) }
        let isTested = try connection.row(
            """
            SELECT split_test_id FROM split_test_message
            WHERE workspace_id = $1 AND message_id = $2 LIMIT 1
            """,
            [workspace, id]
        )
        if isTested != nil {
            throw CampaignError.refused(
                attribute: "message_id",
                reason: "a split test uses the message"
            )
        }
    }
}

/// Rules of single fields, the same for all resources of the room.
///
/// Pure.
enum FieldRule {
    /// A name without blanks around it.
    static func name(_ text: String) throws -> String {
        let start = text.drop(while: \.isWhitespace)
        let name = start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
        guard !name.isEmpty, name.count <= 255, !name.utf8.contains(0) else {
            throw CampaignError.refused(attribute: "name", reason: "a name has 1 to 255 characters")
        }
        return name
    }
}
