// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Database

/// A message that someone wrote, for scheduled sends to use.
public struct StoredMessage: Sendable, Hashable {
    /// Its id.
    public var id: StoredMessageID
    /// The name that people see.
    public var name: String
    /// What it says.
    public var content: MessageContent
    /// The user who wrote it; nil when no user did.
    public var author: UserID?
    /// When it was made.
    public var createdAt: Instant
    /// When it was last changed; `createdAt` until it is.
    public var updatedAt: Instant
    /// Whether a scheduled send uses it; then it can be neither changed nor deleted.
    public var isUsed: Bool

    /// Its channel, which never changes.
    public var channel: Channel { content.channel }
    /// Whether it can be changed and deleted.
    public var isEditable: Bool { !isUsed }
}

extension StoredMessage {
    static let columns = """
        m.id, m.name, m.channel, m.content, m.created_by, m.created_at, m.updated_at,
        EXISTS (SELECT 1 FROM scheduled_send u WHERE u.workspace_id = m.workspace_id
            AND u.message_id = m.id)
            OR EXISTS (SELECT 1 FROM split_test_message u WHERE u.workspace_id = m.workspace_id
            AND u.message_id = m.id) AS is_used
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        content = try MessageContent(row, row.get("channel"))
        author = try row.get("created_by")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        isUsed = try row.get("is_used")
    }
}
