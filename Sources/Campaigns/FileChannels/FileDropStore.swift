// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// Where and when the file of a campaign is dropped each day.
public struct FileDrop: Sendable, Hashable {
    /// The campaign.
    public var campaign: CampaignID
    /// The location.
    public var location: LocationID
    /// The time of day.
    public var time: TimeOfDay
    /// The zone of that time.
    public var zone: Zone

    /// Makes an order.
    public init(campaign: CampaignID, location: LocationID, time: TimeOfDay, zone: Zone) {
        self.campaign = campaign
        self.location = location
        self.time = time
        self.zone = zone
    }
}

/// The daily drops of one workspace.
public struct FileDropStore: Sendable {
    private let workspace: WorkspaceID

    /// The drops of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    static let table = TableDefinition(
        "file_drop",
        columns: [
            .integer("workspace_id"), .integer("campaign_id"), .integer("location_id"),
            .text("time_of_day"), .text("zone"), .integer("schedule_id"),
        ],
        primaryKey: ["workspace_id", "campaign_id"]
    )

    /// Drops the file of a campaign on a location each day, from now on; replaces an earlier order.
    ///
    /// - Throws: ``CampaignError/noFile(_:)``, ``CampaignError/refused(attribute:reason:)``.
    public func set(
        _ drop: FileDrop,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let campaign = try CampaignStore(workspace).campaign(drop.campaign, in: transaction)
        guard campaign.content.file != nil else {
            throw CampaignError.noFile(campaign.displayName)
        }
        guard let recurrence = Recurrence(.daily(at: drop.time), in: drop.zone) else {
            throw CampaignError.refused(attribute: "time", reason: "is never due")
        }
        try remove(drop.campaign, in: transaction)
        let schedule = try ScheduleStore(workspace).create(
            try FileDropJob.order(campaign),
            recurrence: recurrence,
            isActive: true,
            by: context,
            in: transaction
        )
        try transaction.execute(
            """
            INSERT INTO file_drop
                (workspace_id, campaign_id, location_id, time_of_day, zone, schedule_id)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                workspace, drop.campaign, drop.location, drop.time.description, drop.zone.name,
                schedule,
            ]
        )
    }

    /// Drops no further file of a campaign.
    ///
    /// - Returns: Whether one was dropped before.
    @discardableResult
    public func remove(_ campaign: CampaignID, in transaction: Transaction) throws -> Bool {
        let schedule: ScheduleID? = try transaction.value(
            "SELECT schedule_id FROM file_drop WHERE workspace_id = $1 AND campaign_id = $2",
            [workspace, campaign]
        )
        guard let schedule else { return false }
        try ScheduleStore(workspace).delete(schedule, in: transaction)
        try transaction.execute(
            "DELETE FROM file_drop WHERE workspace_id = $1 AND campaign_id = $2",
            [workspace, campaign]
        )
        return true
    }

    /// The order for a campaign, if there is one.
    public func drop(of campaign: CampaignID, in connection: Connection) throws -> FileDrop? {
        let row = try connection.row(
            """
            SELECT campaign_id, location_id, time_of_day, zone FROM file_drop
            WHERE workspace_id = $1 AND campaign_id = $2
            """,
            [workspace, campaign]
        )
        guard let row, let time = TimeOfDay(try row.get("time_of_day", as: String.self)),
            let zone = Zone(try row.get("zone", as: String.self))
        else { return nil }
        return FileDrop(
            campaign: try row.get("campaign_id"),
            location: try row.get("location_id"),
            time: time,
            zone: zone
        )
    }

    /// Drops the file once, now.
    ///
    /// - Throws: ``CampaignError/noFile(_:)`` without an order for the campaign.
    public func dropNow(
        _ campaign: Campaign,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        guard try drop(of: campaign.id, in: transaction) != nil else {
            throw CampaignError.noFile(campaign.displayName)
        }
        let task = try TaskStore(workspace)
            .enqueue(try FileDropJob.order(campaign), by: context, in: transaction)
        guard let task else { throw CampaignError.noFile(campaign.displayName) }
        return task
    }
}
