// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// The contacts of a person: every interaction with its status and reason.
public struct InteractionSection: DossierSection {
    /// Makes the section.
    public init() {}

    /// `Messages`.
    public var title: String { "Messages" }

    /// The interactions and their first events; the other tables of the room name nobody.
    public var relations: [String] {
        [
            "interaction", "contact_event", "activity", "pressure", "send_parameter",
            "split_test_member",
        ]
    }

    /// Every interaction of a person, and what callers said of them for sends that go on.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        let workspace = person.table.workspace
        let given = try SendParameterStore.all(of: person.profile, in: workspace, connection)
        return try SendStore(workspace).interactions(of: person.profile, in: connection).reversed()
            .map { interaction in
                let campaign = try CampaignStore(workspace)
                    .campaign(interaction.campaign, in: connection)
                let events = try ActivityStore(workspace)
                    .activities(of: interaction.id, in: connection)
                return DossierEntry(
                    "message",
                    at: interaction.eventAt,
                    [
                        .init("campaign", campaign.displayName),
                        .init("address", interaction.address),
                        .init("state", interaction.state.rawValue),
                        .init("category", interaction.category),
                        .init("reason", interaction.status),
                        .init("detail", interaction.detail),
                        .init("line", interaction.line.map(String.init)),
                    ]
                        + events.map {
                            .init($0.activity.kind.rawValue, $0.activity.words($0.moment))
                        }
                )
            } + given.map { DossierEntry("message parameters", [.init("parameters", $0)]) }
    }

    /// Forgets the addresses; what was not sent yet is stopped.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try transaction.execute(
            """
            UPDATE interaction SET address = NULL, detail = NULL
            WHERE workspace_id = $1 AND profile_id = $2
            """,
            [person.table.workspace, person.profile]
        )
        try transaction.execute(
            """
            UPDATE activity SET detail = NULL
            WHERE workspace_id = $1 AND profile_id = $2 AND detail IS NOT NULL
            """,
            [person.table.workspace, person.profile]
        )
        try transaction.execute(
            "DELETE FROM send_parameter WHERE workspace_id = $1 AND profile_id = $2",
            [person.table.workspace, person.profile]
        )
        try transaction.execute(
            "DELETE FROM pressure WHERE workspace_id = $1 AND table_id = $2 AND profile_id = $3",
            [person.table.workspace, person.table.id, person.profile]
        )
        try stopOpen(of: person, in: transaction)
        return []
    }

    /// What was to be sent is counted as stopped where it was counted as targeted, send by send.
    private func stopOpen(of person: DossierPerson, in transaction: Transaction) throws {
        let workspace = person.table.workspace
        let rows = try transaction.rows(
            """
            SELECT DISTINCT campaign_id, send_id FROM interaction
            WHERE workspace_id = $1 AND profile_id = $2 AND state IN ('pending', 'retry')
            ORDER BY campaign_id, send_id
            """,
            [workspace, person.profile]
        )
        for row in rows {
            let send: SendID = try row.get("send_id")
            let count = try transaction.execute(
                """
                UPDATE interaction SET state = 'stopped', event_at = $4, next_at = NULL
                WHERE workspace_id = $1 AND profile_id = $2 AND send_id = $3
                    AND state IN ('pending', 'retry')
                """,
                [workspace, person.profile, send, transaction.moment]
            )
            try CampaignCounts(workspace)
                .add([.stopped: count], to: row.get("campaign_id"), send, in: transaction)
        }
    }
}

extension Activity {
    /// When it was and what it was about, in one line.
    fileprivate func words(_ moment: Instant) -> String {
        (["\(moment)"] + [linkName, linkURL, category, status, detail].compactMap(\.self))
            .joined(separator: ", ")
    }
}
