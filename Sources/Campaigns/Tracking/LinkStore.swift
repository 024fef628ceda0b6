// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Messaging

/// A link as it is kept: what a click may lead to.
public struct StoredLink: Sendable, Hashable {
    /// Its number.
    public var id: Int64
    /// The campaign whose mails have it.
    public var campaign: CampaignID
    /// Its name.
    public var name: String
    /// Its target; a template where it is each recipient's own.
    public var url: String

    /// Whether the target differs from recipient to recipient.
    public var isPersonal: Bool { TrackedLink(name: name, url: url).isPersonal }
}

/// The links of a workspace's campaigns.
public struct LinkStore: Sendable {
    private let workspace: WorkspaceID

    /// The links of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// A link by its number.
    public func link(_ id: Int64, in connection: Connection) throws -> StoredLink? {
        try connection.row(
            """
            SELECT id, campaign_id, name, url FROM tracked_link
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        ).map(StoredLink.init)
    }

    /// The links of a campaign in the order of their numbers.
    public func links(of campaign: CampaignID, in connection: Connection) throws -> [StoredLink] {
        try connection.rows(
            """
            SELECT id, campaign_id, name, url FROM tracked_link
            WHERE workspace_id = $1 AND campaign_id = $2 ORDER BY id
            """,
            [workspace, campaign]
        ).map(StoredLink.init)
    }

    /// The numbers of links, in their order; those that are new are kept.
    func numbers(
        of links: [TrackedLink],
        campaign: CampaignID,
        in transaction: Transaction
    ) throws -> [Int64] {
        guard !links.isEmpty else { return [] }
        let first = try transaction.allocate(links.count, .trackedLink, in: workspace)
        return try links.enumerated().map { offset, link in
            try transaction.execute(
                """
                INSERT INTO tracked_link (workspace_id, id, campaign_id, digest, name, url)
                SELECT $1, $2, $3, $4, $5, $6 WHERE true ON CONFLICT DO NOTHING
                """,
                [
                    workspace, first + Int64(offset), campaign, link.digest, link.name, link.url,
                ]
            )
            let id: Int64? = try transaction.value(
                """
                SELECT id FROM tracked_link
                WHERE workspace_id = $1 AND campaign_id = $2 AND digest = $3
                """,
                [workspace, campaign, link.digest]
            )
            guard let id else { throw CampaignError.noSuchSend }
            return id
        }
    }

    /// Notes that a send's mails are tracked from now on.
    func markTracked(_ send: SendID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO tracked_send (workspace_id, send_id, since)
            SELECT $1, $2, $3 WHERE true ON CONFLICT DO NOTHING
            """,
            [workspace, send, transaction.moment]
        )
    }

    /// Whether a send's mails are tracked.
    public func isTracked(_ send: SendID, in connection: Connection) throws -> Bool {
        let found: Int64? = try connection.value(
            "SELECT 1 FROM tracked_send WHERE workspace_id = $1 AND send_id = $2",
            [workspace, send]
        )
        return found != nil
    }
}

extension StoredLink {
    init(_ row: Row) throws {
        id = try row.get("id")
        campaign = try row.get("campaign_id")
        name = try row.get("name")
        url = try row.get("url")
    }
}
