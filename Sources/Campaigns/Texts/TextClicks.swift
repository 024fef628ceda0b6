// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Database
public import Messaging

/// Clicks on the short links of text messages.
public struct TextClicks: Sendable {
    private let link: ShortLink

    /// The clicks on a link, which was found genuine.
    public init(_ link: ShortLink) {
        self.link = link
    }

    /// Where the link leads; nil when it was erased.
    public func target(in connection: Connection) throws -> String? {
        try connection.value(
            """
            SELECT url FROM text_link
            WHERE workspace_id = $1 AND interaction_id = $2 AND ordinal = $3
            """,
            [link.workspace, link.interaction, link.ordinal]
        )
    }

    /// Records a click; only the first on any link of a message counts.
    ///
    /// - Returns: Whether it was the first.
    @discardableResult
    public func record(_ target: String, in transaction: Transaction) throws -> Bool {
        let contact = try transaction.row(
            """
            SELECT campaign_id, table_id, profile_id FROM interaction
            WHERE workspace_id = $1 AND id = $2
            """,
            [link.workspace, link.interaction]
        )
        guard let contact else { return false }
        let click = Activity(
            .click,
            of: link.interaction,
            linkURL: target,
            isFirstClick: try isFirst(contact, in: transaction)
        )
        let fresh = try ActivityStore(link.workspace).record([click], in: transaction)
        try touch(contact, in: transaction)
        return !fresh.isEmpty
    }

    private func isFirst(_ contact: Row, in connection: Connection) throws -> Bool {
        let earlier: Int64? = try connection.value(
            """
            SELECT interaction_id FROM activity
            WHERE workspace_id = $1 AND profile_id = $2 AND campaign_id = $3 AND kind = 'click'
            LIMIT 1
            """,
            [
                link.workspace, contact.get("profile_id", as: Int64.self),
                contact.get("campaign_id", as: Int64.self),
            ]
        )
        return earlier == nil
    }

    private func touch(_ contact: Row, in transaction: Transaction) throws {
        let tables = ProfileTableStore(link.workspace)
        let table = try tables.table(contact.get("table_id"), in: transaction)
        try RecencyStore(table).touch(
            .lastSmsClickMoment,
            of: [contact.get("profile_id")],
            at: transaction.moment,
            in: transaction
        )
    }
}
