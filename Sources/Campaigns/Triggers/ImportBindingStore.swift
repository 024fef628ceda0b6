// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Which campaign an automated import triggers, and when.
public struct ImportBinding: Sendable, Hashable {
    /// The campaign.
    public var campaign: CampaignID
    /// The time of day; nil fires as the import completes.
    public var time: TimeOfDay?
}

/// The bindings of one workspace: "Trigger API Campaign", the last step of an automated import.
public struct ImportBindingStore: Sendable {
    let workspace: WorkspaceID

    /// The automated imports as they can be listed, with what they trigger.
    public static let imports = Listing(
        from: """
            automated_import a LEFT JOIN import_binding b \
            ON b.workspace_id = a.workspace_id AND b.import_id = a.id
            """,
        scope: "a.workspace_id",
        key: "a.id",
        columns: [
            ListingColumn("id", "a.id", .integer), ListingColumn("name", "a.name", .text),
            ListingColumn("definition", "a.definition", .json),
            ListingColumn("active", "a.is_active", .boolean),
            ListingColumn("trigger_campaign_id", "b.campaign_id", .integer).orNull,
            ListingColumn("trigger_time", "b.time_of_day", .text).orNull,
            ListingColumn("cdate", "a.created_at", .moment),
        ],
        condition: "NOT a.is_deleted"
    )

    /// The bindings of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Binds an import to a campaign over the same profile table; later runs follow it.
    ///
    /// - Throws: ``CampaignError/notTriggerable(_:)``, ``CampaignError/otherTable(campaign:table:)``.
    public func bind(
        _ importID: ImportID,
        over table: (id: ProfileTableID, name: String),
        to campaign: Campaign,
        at time: TimeOfDay?,
        in transaction: Transaction
    ) throws {
        guard campaign.isTriggerable else {
            throw CampaignError.notTriggerable(campaign.displayName)
        }
        guard campaign.table == table.id else {
            throw CampaignError.otherTable(campaign: campaign.displayName, table: table.name)
        }
        try transaction.execute(
            """
            INSERT INTO import_binding (workspace_id, import_id, campaign_id, time_of_day)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (workspace_id, import_id) DO UPDATE SET campaign_id = $3, time_of_day = $4
            """,
            [workspace, importID, campaign.id, time?.description]
        )
    }

    /// Lets an import trigger nothing any more.
    public func unbind(_ importID: ImportID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM import_binding WHERE workspace_id = $1 AND import_id = $2",
            [workspace, importID]
        )
    }

    /// The binding of an import, if it has one.
    public func binding(of importID: ImportID, in connection: Connection) throws -> ImportBinding? {
        try connection.row(
            """
            SELECT campaign_id, time_of_day FROM import_binding
            WHERE workspace_id = $1 AND import_id = $2
            """,
            [workspace, importID]
        ).map { row in
            let text: String? = try row.get("time_of_day")
            return ImportBinding(
                campaign: try row.get("campaign_id"),
                time: text.flatMap { TimeOfDay($0) }
            )
        }
    }
}
