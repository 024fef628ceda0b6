// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
public import Messaging

/// A campaign that is to be made.
public struct NewCampaign: Sendable {
    /// The name that people see.
    public var displayName: String
    /// The profile table that it works over.
    public var table: ProfileTableID
    /// Its kind.
    public var kind: CampaignKind
    /// What starts its sends.
    public var initiation: Initiation
    /// The message.
    public var content: MessageContent
    /// The list that recipients must be subscribed to.
    public var list: ListID?
    /// Whom it leaves out.
    public var rules: CampaignRules
    /// The entity that it belongs to.
    public var entity: EntityID?

    /// Makes a campaign to create; API-triggered and scenarized unless given.
    public init(
        _ displayName: String,
        table: ProfileTableID,
        kind: CampaignKind = .scenarized,
        initiation: Initiation = .api,
        content: EmailContent,
        list: ListID? = nil,
        rules: CampaignRules = CampaignRules(),
        entity: EntityID? = nil
    ) {
        self.init(
            displayName,
            table: table,
            kind: kind,
            initiation: initiation,
            message: .email(content),
            list: list,
            rules: rules,
            entity: entity
        )
    }

    /// Makes a campaign of either channel to create; the rules are those of any campaign unless given.
    public init(
        _ displayName: String,
        table: ProfileTableID,
        kind: CampaignKind,
        initiation: Initiation,
        message: MessageContent,
        list: ListID? = nil,
        rules: CampaignRules = CampaignRules(),
        entity: EntityID? = nil
    ) {
        self.displayName = displayName
        self.table = table
        self.kind = kind
        self.initiation = initiation
        content = message
        self.list = list
        self.rules = rules
        self.entity = entity
    }
}

/// The campaigns of one workspace.
public struct CampaignStore: Sendable {
    let workspace: WorkspaceID

    /// The campaigns of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a draft.
    ///
    /// - Throws: ``CampaignError/badControlShare``, ``CampaignError/refused(attribute:reason:)`` for
    ///   other rules, or what Messaging says of the content.
    public func create(
        _ new: NewCampaign,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> Campaign
    {
        try check(new, in: transaction)
        let id: CampaignID = try transaction.nextID(.campaign, in: workspace)
        let technical = try uniqueName(new.displayName, id, in: transaction)
        try transaction.execute(
            """
            INSERT INTO campaign (workspace_id, id, table_id, entity_id, display_name,
                technical_name, channel, kind, initiation, content, list_id, rules, state,
                created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                workspace, id, new.table, new.entity, new.displayName, technical,
                new.content.channel, new.kind, new.initiation, new.content.json, new.list,
                JSONColumn(new.rules), CampaignState.draft, context.moment, context.actor,
            ]
        )
        return try campaign(id, in: transaction)
    }

    /// Lets a campaign send.
    public func activate(_ id: CampaignID, by context: Context, in transaction: Transaction) throws
    {
        try transaction.execute(
            """
            UPDATE campaign SET state = $3, activated_at = coalesce(activated_at, $4),
                finished_at = NULL
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, CampaignState.active, context.moment]
        )
    }

    /// Ends a campaign: it sends no more.
    public func finish(_ id: CampaignID, by context: Context, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE campaign SET state = $3, finished_at = $4
            WHERE workspace_id = $1 AND id = $2 AND state = $5
            """,
            [workspace, id, CampaignState.finished, context.moment, CampaignState.active]
        )
    }

    /// Renames a campaign and gives it another target; its technical name stays.
    ///
    /// - Parameters:
    ///   - id: The campaign.
    ///   - name: The name that people see.
    ///   - table: Another profile table; nil to leave it.
    ///   - list: The linked list.
    ///   - transaction: A transaction.
    /// - Throws: `DatabaseError`.
    func retarget(
        _ id: CampaignID,
        name: String,
        table: ProfileTableID?,
        list: ListID?,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE campaign SET display_name = $3, table_id = coalesce($4, table_id), list_id = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, name, table, list]
        )
    }

    /// Sets the state of a one-shot campaign with the moment at which it counts as sent; nil for
    /// never.
    func mark(
        _ id: CampaignID,
        _ state: CampaignState,
        sentAt moment: Instant?,
        in transaction: Transaction
    ) throws {
        let finishedAt = state == .finished ? transaction.moment : nil
        try transaction.execute(
            """
            UPDATE campaign SET state = $3, activated_at = $4, finished_at = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, state, moment, finishedAt]
        )
    }

    /// All campaigns, newest first.
    public func all(in connection: Connection) throws -> [Campaign] {
        try connection.rows(
            "SELECT \(Campaign.columns) FROM campaign WHERE workspace_id = $1 ORDER BY id DESC",
            [workspace]
        ).map(Campaign.init)
    }

    /// A campaign by its id.
    ///
    /// - Throws: ``CampaignError/noSuchCampaign(_:)``.
    public func campaign(_ id: CampaignID, in connection: Connection) throws -> Campaign {
        let row = try connection.row(
            "SELECT \(Campaign.columns) FROM campaign WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard let row else { throw CampaignError.noSuchCampaign("number \(id)") }
        return try Campaign(row)
    }

    /// A campaign by its technical or display name.
    ///
    /// - Throws: ``CampaignError/noSuchCampaign(_:)``.
    public func campaign(named name: String, in connection: Connection) throws -> Campaign {
        let row = try connection.row(
            """
            SELECT \(Campaign.columns) FROM campaign
            WHERE workspace_id = $1 AND (technical_name = $2 OR display_name = $2)
            ORDER BY id DESC LIMIT 1
            """,
            [workspace, name]
        )
        guard let row else { throw CampaignError.noSuchCampaign(name) }
        return try Campaign(row)
    }

    /// The technical name, with the id behind it when another campaign has it.
    private func uniqueName(
        _ displayName: String,
        _ id: CampaignID,
        in connection: Connection
    ) throws -> String {
        let name = CampaignName.technical(from: displayName)
        let isTaken = try connection.row(
            "SELECT id FROM campaign WHERE workspace_id = $1 AND technical_name = $2",
            [workspace, name]
        )
        return isTaken == nil ? name : "\(name)_\(id)"
    }
}

extension Campaign {
    static let columns = """
        id, table_id, entity_id, display_name, technical_name, channel, kind, initiation, content,
        list_id, rules, state
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        table = try row.get("table_id")
        entity = try row.get("entity_id")
        displayName = try row.get("display_name")
        technicalName = try row.get("technical_name")
        channel = try row.get("channel")
        kind = try row.get("kind")
        initiation = try row.get("initiation")
        content = try MessageContent(row, channel)
        list = try row.get("list_id")
        rules = try row.json("rules")
        state = try row.get("state")
    }
}

extension CampaignStore {
    /// The lists as they can be listed, with whether they can be deleted.
    public static let listsWithUse = Listing(
        from: ListStore.listing.from,
        scope: ListStore.listing.scope,
        key: ListStore.listing.key,
        columns: ListStore.listing.columns + [
            ListingColumn(
                "deletable",
                """
                (NOT EXISTS (SELECT 1 FROM campaign c WHERE c.workspace_id = $1
                    AND c.list_id = l.id AND c.state <> 'finished'))
                """,
                .boolean
            )
        ],
        condition: ListStore.listing.condition
    )
}
