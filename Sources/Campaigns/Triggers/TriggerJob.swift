// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
public import Tasks

/// Which trigger a task decides about.
struct TriggerParameters: Codable, Sendable {
    var task: TaskID
    var batch: Int
}

/// Decides about a trigger when it is due, and starts its send.
public struct TriggerJob: TaskJob {
    /// `campaign_trigger`.
    public static let taskType = TaskType(
        name: "campaign_trigger",
        displayName: "Campaign trigger",
        queue: "triggers"
    )

    /// Makes the job.
    public init() {}

    /// `campaign_trigger`.
    public var type: TaskType { TriggerJob.taskType }

    /// Decides about one trigger.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        if let hold = try await RestoreHold.reason(run.database) { return .held(reason: hold) }
        let parameters: TriggerParameters = try run.task.parameters()
        try run.failpoints.pass("trigger.due")
        return try await run.database.write { transaction in
            try TriggerDecision(run, parameters).settle(in: transaction)
        }
    }
}

/// One decision about a trigger, in one transaction.
private struct TriggerDecision {
    private let run: TaskRun
    private let parameters: TriggerParameters
    private let store: ImportTriggerStore

    init(_ run: TaskRun, _ parameters: TriggerParameters) {
        self.run = run
        self.parameters = parameters
        store = ImportTriggerStore(run.task.workspace)
    }

    func settle(in transaction: Transaction) throws -> TaskOutcome {
        let found = try store.trigger(
            of: parameters.task,
            batch: parameters.batch,
            in: transaction
        )
        guard let trigger = found else { throw CampaignError.noPendingTrigger }
        guard trigger.state == .pending else { return try ended(trigger, in: transaction) }
        let imported = try TaskStore(run.task.workspace).task(parameters.task, in: transaction)
        // A replay's own trigger is opened once the import is complete.
        let due = trigger.batch == 0 ? trigger.dueAt : nil
        switch TriggerRule.decide(due: due, standing: standing(imported), now: transaction.moment) {
        case .wait:
            return .waiting(
                until: max(trigger.dueAt ?? transaction.moment, transaction.moment + .seconds(1)),
                reason: "the import is still running"
            )
        case .miss(let reason):
            try store.move(
                trigger,
                to: .missed,
                reason,
                at: transaction.moment,
                in: transaction
            )
            return try end(.error, "Missed: \(reason).", in: transaction)
        case .fire: return try fire(trigger, in: transaction)
        }
    }

    private func fire(_ trigger: ImportTrigger, in transaction: Transaction) throws -> TaskOutcome {
        let campaigns = CampaignStore(run.task.workspace)
        let campaign = try? campaigns.campaign(trigger.campaign, in: transaction)
        guard let campaign, campaign.state == .active else {
            let reason = campaign.map { "the campaign \($0.displayName) is not active" }
            return try fail(trigger, reason ?? "the campaign is gone", in: transaction)
        }
        let context = run.context.at(transaction.moment)
        let started = try SendStore(run.task.workspace).start(
            campaign,
            .imported(task: trigger.task, batch: trigger.batch),
            after: trigger.task,
            importID: run.task.subjects.importID,
            by: context,
            in: transaction
        )
        try store.move(
            trigger,
            to: .sending,
            nil,
            at: transaction.moment,
            send: started.send,
            in: transaction
        )
        return try end(
            .completed,
            "\(campaign.displayName) goes out with task \(started.task).",
            in: transaction
        )
    }

    private func fail(
        _ trigger: ImportTrigger,
        _ reason: String,
        in transaction: Transaction
    )
        throws -> TaskOutcome
    {
        try store.move(trigger, to: .failed, reason, at: transaction.moment, in: transaction)
        return try end(.fatal, "Nothing was sent: \(reason).", in: transaction)
    }

    private func ended(_ trigger: ImportTrigger, in transaction: Transaction) throws -> TaskOutcome
    {
        let status: TaskStatus = trigger.state == .missed ? .error : .completed
        let reason = trigger.reason.map { ": \($0)" } ?? ""
        return try end(
            status,
            "The trigger is \(trigger.state.rawValue)\(reason).",
            in: transaction
        )
    }

    private func end(
        _ status: TaskStatus,
        _ words: String,
        in transaction: Transaction
    ) throws
        -> TaskOutcome
    {
        try run.end(try TaskEnding(status, words), in: transaction)
        return .endedInTransaction
    }

    private func standing(_ task: TaskRecord) -> TriggerRule.ImportStanding {
        switch task.status {
        case .new, .executing: .running
        case .fatal: .fatal
        case .completed, .error: .complete(at: task.finishedAt ?? task.createdAt)
        }
    }
}
