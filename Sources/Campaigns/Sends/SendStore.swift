// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging
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
    /// Those who were chosen for one message of a split test, counted from 0.
    case splitVersion(SplitTestID, Int)
    /// Everyone of an audience who was not chosen for a split test.
    indirect case splitRest(SplitTestID, of: SendAudience)
}

/// The sends of one workspace, with their interactions.
public struct SendStore: Sendable {
    let workspace: WorkspaceID

    /// The sends of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a send and enqueues its task, in one transaction.
    ///
    /// - Parameters:
    ///   - campaign: The campaign.
    ///   - audience: To whom it goes.
    ///   - parameters: What is said of single profiles, which wins over their attributes.
    ///   - parent: The task that led to it.
    ///   - importID: The automated import that led to it.
    ///   - context: The call.
    ///   - transaction: A transaction.
    /// - Returns: The send and its task.
    /// - Throws: ``CampaignError/sentOnce(_:)``, ``CampaignError/refused(attribute:reason:)``.
    public func start(
        _ campaign: Campaign,
        _ audience: SendAudience,
        parameters: [ProfileID: [String: PersonalisationValue]] = [:],
        after parent: TaskID? = nil,
        importID: ImportID? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> (send: SendID, task: TaskID) {
        try checkFirst(campaign, in: transaction)
        let send: SendID = try transaction.nextID(.send, in: workspace)
        let subjects = TaskSubjects(
            importID: importID,
            campaignID: campaign.id,
            parentID: parent
        )
        let order = SendParameters(send: send, audience: audience)
        let task = try enqueue(campaign, order, subjects, by: context, in: transaction)
        var importTask: TaskID?
        var batch: Int?
        if case .imported(let source, let batches) = audience {
            (importTask, batch) = (source, batches.min())
        }
        try insert(send, campaign, task, importTask, batch, by: context, in: transaction)
        try SendParameterStore(workspace: workspace, send: send).keep(parameters, in: transaction)
        return (send, task)
    }

    /// A one-shot campaign is sent once.
    private func checkFirst(_ campaign: Campaign, in transaction: Transaction) throws {
        guard campaign.kind == .oneShot else { return }
        try transaction.lock("send:\(workspace):\(campaign.id)")
        let earlier = try transaction.row(
            "SELECT id FROM send WHERE workspace_id = $1 AND campaign_id = $2 LIMIT 1",
            [workspace, campaign.id]
        )
        guard earlier == nil else { throw CampaignError.sentOnce(campaign.displayName) }
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
        if words.allSatisfy({ $0.isFew }) {
            let found = try words.flatMap { try few(of: send, $0, after, limit, connection) }
            return Array(found.sorted { $0.id < $1.id }.prefix(limit))
        }
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
