// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// To whom a send goes.
public enum SendAudience: Sendable, Hashable, Codable {
    /// The profiles that an import task accepted, in the batches that belong to one trigger: 0 for
    /// the file itself, n for its n-th replay.
    case imported(task: TaskID, batches: [Int])
    /// Named profiles.
    case profiles([ProfileID])
    /// Everyone who is subscribed to a list.
    case list(ListID)
    /// Everyone whom a saved search finds when the send begins.
    case search(SearchID)
    /// Everyone whom another send reached: handed over and not bounced.
    case reached(SendID)
}

/// The sends of one workspace, with their interactions.
public struct SendStore: Sendable {
    let workspace: WorkspaceID

    /// The sends of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a send and enqueues its task, in one transaction.
    public func start(
        _ campaign: Campaign,
        _ audience: SendAudience,
        after parent: TaskID? = nil,
        importID: ImportID? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> (send: SendID, task: TaskID) {
        let send: SendID = try transaction.nextID(.send, in: workspace)
        let subjects = TaskSubjects(
            importID: importID,
            campaignID: campaign.id,
            parentID: parent
        )
        let parameters = SendParameters(send: send, audience: audience)
        let task = try enqueue(campaign, parameters, subjects, by: context, in: transaction)
        var importTask: TaskID?
        var batch: Int?
        if case .imported(let source, let batches) = audience {
            (importTask, batch) = (source, batches.min())
        }
        try insert(send, campaign, task, importTask, batch, by: context, in: transaction)
        return (send, task)
    }

    /// Makes the send of a scheduled send, which knows its audience; its task is due at a moment.
    func schedule(
        _ campaign: Campaign,
        for scheduled: ScheduledSendID,
        at moment: Instant,
        by context: Context,
        in transaction: Transaction
    ) throws -> (send: SendID, task: TaskID) {
        let send: SendID = try transaction.nextID(.send, in: workspace)
        let task = try enqueue(
            campaign,
            SendParameters(send: send, scheduled: scheduled),
            TaskSubjects(campaignID: campaign.id),
            runAt: moment,
            by: context,
            in: transaction
        )
        try insert(send, campaign, task, nil, nil, by: context, in: transaction)
        return (send, task)
    }

    private func enqueue(
        _ campaign: Campaign,
        _ parameters: SendParameters,
        _ subjects: TaskSubjects,
        runAt: Instant? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let new = try NewTask(
            SendJob.taskType,
            info: campaign.displayName,
            parameters: parameters,
            subjects: subjects,
            lane: "send:\(parameters.send)",
            runAt: runAt
        )
        guard let task = try TaskStore(workspace).enqueue(new, by: context, in: transaction) else {
            throw CampaignError.noSuchSend
        }
        return task
    }

    private func insert(
        _ send: SendID,
        _ campaign: Campaign,
        _ task: TaskID,
        _ importTask: TaskID?,
        _ batch: Int?,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO send (workspace_id, id, campaign_id, task_id, import_task_id, batch,
                state, counts, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'planning', '{}', $7)
            """,
            [workspace, send, campaign.id, task, importTask, batch, context.moment]
        )
    }

    /// Counts a send's interactions, straight from the interactions themselves.
    public func ledger(of send: SendID, in connection: Connection) throws -> SendLedger {
        var ledger = SendLedger()
        let rows = try connection.rows(
            """
            SELECT state, category, status, count(*) AS total FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 GROUP BY state, category, status
            """,
            [workspace, send]
        )
        for row in rows { try ledger.add(row) }
        return ledger
    }

    /// A send's interactions in some states, in the order of their ids.
    public func interactions(
        of send: SendID,
        in states: [InteractionState],
        after: InteractionID = InteractionID(0),
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [Interaction] {
        let words = Set(states).sorted { $0.rawValue < $1.rawValue }
        guard !words.isEmpty else { return [] }
        let places = words.indices.map { "$\($0 + 5)" }.joined(separator: ", ")
        let fixed: [any SQLConvertible] = [workspace, send, after, limit]
        return try connection.rows(
            """
            SELECT \(Interaction.columns) FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND id > $3 AND state IN (\(places))
            ORDER BY id LIMIT $4
            """,
            fixed + words.map { $0 as any SQLConvertible }
        ).map(Interaction.init)
    }

    /// The interactions of a profile, newest first.
    public func interactions(
        of profile: ProfileID,
        in connection: Connection
    ) throws
        -> [Interaction]
    {
        try connection.rows(
            """
            SELECT \(Interaction.columns) FROM interaction
            WHERE workspace_id = $1 AND profile_id = $2 ORDER BY id DESC
            """,
            [workspace, profile]
        ).map(Interaction.init)
    }
}

extension SendLedger {
    mutating func add(_ row: Row) throws {
        let total: Int = try row.get("total")
        let status: String? = try row.get("status")
        targeted += total
        switch try row.get("state", as: InteractionState.self) {
        case .pending, .inFlight, .retry: pending += total
        case .inDoubt: inDoubt += total
        case .stopped: stopped += total
        case .ready: sent += total
        case .sent:
            sent += total
            if status != nil { bounced += total }
        case .notSent:
            let category: String? = try row.get("category")
            if category == NotSentCategory.filtered.rawValue {
                filtered[status ?? "OTHER_ERROR", default: 0] += total
            } else {
                inError[status ?? "OTHER_ERROR", default: 0] += total
            }
        }
    }
}

extension SendStore {
    /// The send that a task carries out, if it does.
    public func send(ofTask task: TaskID, in connection: Connection) throws -> SendID? {
        try connection.value(
            "SELECT id FROM send WHERE workspace_id = $1 AND task_id = $2",
            [workspace, task]
        )
    }
}
