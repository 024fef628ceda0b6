// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The five statuses of a task (spec/task-history.md).
public enum TaskStatus: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Not started, or waiting for its next try.
    case new
    /// In progress.
    case executing
    /// Finished, nothing went wrong.
    case completed
    /// Ran to its end, with errors.
    case error
    /// Errors kept it from completing.
    case fatal

    /// Whether the task has ended.
    public var isEnded: Bool { self != .new && self != .executing }

    /// The word that people see.
    public var displayName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// What a task works on; Task History filters by these.
public struct TaskSubjects: Sendable, Hashable, Codable {
    /// The automated import that it runs for.
    public var importID: ImportID?
    /// The campaign that it runs for.
    public var campaignID: CampaignID?
    /// The export that it runs for.
    public var exportID: ExportID?
    /// The task that it follows from.
    public var parentID: TaskID?

    /// Makes the references; all are optional.
    public init(
        importID: ImportID? = nil,
        campaignID: CampaignID? = nil,
        exportID: ExportID? = nil,
        parentID: TaskID? = nil
    ) {
        self.importID = importID
        self.campaignID = campaignID
        self.exportID = exportID
        self.parentID = parentID
    }
}

/// A task as it stands in the table: queue entry and history in one.
public struct TaskRecord: Sendable, Hashable {
    /// Its workspace.
    public var workspace: WorkspaceID
    /// Its id within the workspace.
    public var id: TaskID
    /// The name of its type.
    public var type: String
    /// What identifies it to a person.
    public var info: String
    /// The queue it stands in.
    public var queue: String
    /// Tasks of one lane run one at a time, in order; nil for none.
    public var lane: String?
    /// Its status.
    public var status: TaskStatus
    /// What it works on.
    public var subjects: TaskSubjects
    /// Who or what started it.
    public var startedBy: String
    /// By which way its changes come.
    public var source: ChangeSource
    /// Its parameters, JSON.
    public var parameters: String
    /// Where it goes on after an interruption, JSON.
    public var checkpoint: String?
    /// Units done.
    public var progressDone: Int64
    /// Units in all, when known.
    public var progressTotal: Int64?
    /// How far it was at some moments; nil while it has noted none.
    public var history: ProgressHistory?
    /// Its ledger or breakdown, JSON of the type's own shape.
    public var result: String?
    /// The outcome in words.
    public var outcome: String?
    /// What the last attempt failed on.
    public var failure: String?
    /// What it waits for until ``runAt``, when that is no failure.
    public var waitReason: String?
    /// Why it is held, when a person must decide.
    public var holdReason: String?
    /// How many attempts were begun.
    public var attempts: Int
    /// The earliest moment of its next attempt.
    public var runAt: Instant
    /// The node that runs or ran it.
    public var node: String?
    /// Until when the node may run it.
    public var leaseUntil: Instant?
    /// When it was created.
    public var createdAt: Instant
    /// When it was first executing.
    public var startedAt: Instant?
    /// When it ended.
    public var finishedAt: Instant?
    /// Who asked it to stop.
    public var stopRequestedBy: String?
    /// The schedule that made it.
    public var scheduleID: ScheduleID?
    /// The due time that it was made for.
    public var dueAt: Instant?
}

extension TaskRecord {
    static let columns = """
        workspace_id, id, type, info, queue, lane, status, import_id, campaign_id, export_id,
        parent_id, started_by, source, parameters, checkpoint, progress_done, progress_total,
        progress_history, result, outcome, failure, wait_reason, hold_reason, attempts, run_at,
        node, lease_until, created_at, started_at, finished_at, stop_requested_by, schedule_id, due_at
        """

    init(_ row: Row) throws {
        workspace = try row.get("workspace_id")
        id = try row.get("id")
        type = try row.get("type")
        info = try row.get("info")
        queue = try row.get("queue")
        lane = try row.get("lane")
        status = try row.get("status")
        subjects = TaskSubjects(
            importID: try row.get("import_id"),
            campaignID: try row.get("campaign_id"),
            exportID: try row.get("export_id"),
            parentID: try row.get("parent_id")
        )
        startedBy = try row.get("started_by")
        source = try row.get("source")
        parameters = try row.get("parameters")
        checkpoint = try row.get("checkpoint")
        progressDone = try row.get("progress_done")
        progressTotal = try row.get("progress_total")
        let history: String? = try row.get("progress_history")
        self.history = history.flatMap { try? JSONText.decode(ProgressHistory.self, from: $0) }
        result = try row.get("result")
        outcome = try row.get("outcome")
        failure = try row.get("failure")
        waitReason = try row.get("wait_reason")
        holdReason = try row.get("hold_reason")
        attempts = try row.get("attempts")
        runAt = try row.get("run_at")
        node = try row.get("node")
        leaseUntil = try row.get("lease_until")
        createdAt = try row.get("created_at")
        startedAt = try row.get("started_at")
        finishedAt = try row.get("finished_at")
        stopRequestedBy = try row.get("stop_requested_by")
        scheduleID = try row.get("schedule_id")
        dueAt = try row.get("due_at")
    }

    /// When it was first executing; its creation while it never was.
    public var date: Instant { startedAt ?? createdAt }

    /// The parameters as the type's own value.
    public func parameters<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONText.decode(type, from: parameters)
    }

    /// The ledger as the type's own value, when there is one.
    public func result<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value? {
        try result.map { try JSONText.decode(type, from: $0) }
    }

    /// The time that is left, reckoned from the pace since the start.
    public func timeLeft(now: Instant) -> Span? {
        guard status == .executing, let startedAt, let progressTotal, progressDone > 0 else {
            return nil
        }
        let pace = (now - startedAt).inSeconds / Double(progressDone)
        return Span(
            microseconds: Int64(pace * Double(max(0, progressTotal - progressDone)) * 1_000_000)
        )
    }
}
