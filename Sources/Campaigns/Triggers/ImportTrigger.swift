// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Where a run's trigger stands (spec/imports.md).
public enum TriggerState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// It waits for its time, or for the import to complete.
    case pending
    /// Its campaign is going out.
    case sending
    /// Its campaign went out.
    case sent
    /// Someone stopped it.
    case stopped
    /// Its time passed before the import was complete.
    case missed
    /// The campaign was gone or not active, or its send ended Fatal; that goes on when retried.
    case failed
}

/// One run's trigger: campaign and time as they were at the run's start.
public struct ImportTrigger: Sendable, Hashable {
    /// The import task.
    public var task: TaskID
    /// 0 for the file itself, n for its n-th replay.
    public var batch: Int
    /// The batches whose people it sends to: its own, and the replays that joined it while it was
    /// pending.
    public var batches: [Int]
    /// The campaign.
    public var campaign: CampaignID
    /// The time of day; nil fires as the import completes.
    public var time: TimeOfDay?
    /// The zone of the time of day.
    public var zone: Zone
    /// The start that the due time was reckoned from.
    public var startedAt: Instant
    /// When it is due.
    public var dueAt: Instant?
    /// Where it stands.
    public var state: TriggerState
    /// Why it stands there.
    public var reason: String?
    /// Who decided, when a person did.
    public var decidedBy: String?
    /// When it was decided.
    public var decidedAt: Instant?
    /// The send that it started.
    public var send: SendID?

    /// Whether it can be stopped: only one that waits for its time.
    public var canBeStopped: Bool { state == .pending && time != nil }
}

extension ImportTrigger {
    static let columns = """
        import_task_id, batch, batches, campaign_id, time_of_day, zone, started_at, due_at, state,
        reason, decided_by, decided_at, send_id
        """

    init(_ row: Row) throws {
        task = try row.get("import_task_id")
        batch = try row.get("batch")
        batches = try row.json("batches")
        campaign = try row.get("campaign_id")
        let text: String? = try row.get("time_of_day")
        time = text.flatMap { TimeOfDay($0) }
        zone = Zone(try row.get("zone")) ?? .utc
        startedAt = try row.get("started_at")
        dueAt = try row.get("due_at")
        state = try row.get("state")
        reason = try row.get("reason")
        decidedBy = try row.get("decided_by")
        decidedAt = try row.get("decided_at")
        send = try row.get("send_id")
    }
}
