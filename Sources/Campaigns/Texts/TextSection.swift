// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// The text messages of a person: parts, and where their links led.
public struct TextSection: DossierSection {
    /// Makes the section.
    public init() {}

    /// `Text messages`.
    public var title: String { "Text messages" }

    /// What left, and the targets of links.
    public var relations: [String] { ["text_message", "text_link"] }

    /// Every text message of a person, oldest first.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws -> [DossierEntry] {
        try connection.rows(
            """
            SELECT t.interaction_id, t.number, t.encoding, t.parts, i.event_at
            FROM interaction i JOIN text_message t
                ON t.workspace_id = i.workspace_id AND t.interaction_id = i.id
            WHERE i.workspace_id = $1 AND i.profile_id = $2 ORDER BY t.interaction_id
            """,
            [person.table.workspace, person.profile]
        ).map { row in
            let links = try links(of: row.get("interaction_id"), person, in: connection)
            return DossierEntry(
                "text message",
                at: try row.get("event_at"),
                [
                    .init("number", try row.get("number", as: String?.self)),
                    .init("encoding", try row.get("encoding", as: String.self)),
                    .init("parts", "\(try row.get("parts", as: Int.self))"),
                ] + links.map { .init("link", $0) }
            )
        }
    }

    /// Forgets numbers and targets; a link that is clicked afterwards leads nowhere.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let own = "SELECT i.id FROM interaction i WHERE i.workspace_id = $1 AND i.profile_id = $2"
        try transaction.execute(
            """
            UPDATE text_message SET number = NULL
            WHERE workspace_id = $1 AND interaction_id IN (\(own))
            """,
            [person.table.workspace, person.profile]
        )
        try transaction.execute(
            "DELETE FROM text_link WHERE workspace_id = $1 AND interaction_id IN (\(own))",
            [person.table.workspace, person.profile]
        )
        try transaction.execute(
            """
            UPDATE activity SET link_url = NULL
            WHERE workspace_id = $1 AND profile_id = $2 AND link_url IS NOT NULL
                AND interaction_id IN (SELECT t.interaction_id FROM text_message t
                    WHERE t.workspace_id = $1 AND t.interaction_id = activity.interaction_id)
            """,
            [person.table.workspace, person.profile]
        )
        return []
    }

    private func links(
        of interaction: InteractionID,
        _ person: DossierPerson,
        in connection: Connection
    ) throws -> [String] {
        try connection.rows(
            """
            SELECT url FROM text_link WHERE workspace_id = $1 AND interaction_id = $2
            ORDER BY ordinal
            """,
            [person.table.workspace, interaction]
        ).map { try $0.get("url") }
    }
}
