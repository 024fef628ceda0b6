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
        let found = try MailContact(link.interaction, of: link.workspace, in: transaction)
        guard let contact = found else { return false }
        let click = Activity(
            .click,
            of: link.interaction,
            linkURL: target,
            isFirstClick: try contact.isFirstClick(in: transaction)
        )
        let fresh = try ActivityStore(link.workspace).record([click], in: transaction)
        try contact.touch(.lastSmsClickMoment, in: transaction)
        return !fresh.isEmpty
    }
}
