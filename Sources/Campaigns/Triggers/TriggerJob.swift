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
        queue: "triggers",
        closesWhenStopped: true
    )

    /// Makes the job.
    public init() {}

    /// `campaign_trigger`.
    public var type: TaskType { TriggerJob.taskType }

    /// Decides about one trigger.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: TriggerParameters = try run.task.parameters()
        let isStopping = run.task.stopRequestedBy != nil
        if !isStopping, let hold = try await run.database.read(RestoreHold.reason) {
            return .held(reason: hold)
        }
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
        if let who = try run.stopRequester(in: transaction), trigger.canBeStopped {
            return try stop(trigger, by: who, in: transaction)
        }
        let decision = TriggerRule.decide(
            due: trigger.dueAt,
            standing: try standing(trigger, in: transaction),
            now: transaction.moment
        )
        switch decision {
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
        let campaign: Campaign
        do {
            campaign = try CampaignStore(run.task.workspace)
                .campaign(trigger.campaign, in: transaction)
        } catch CampaignError.noSuchCampaign {
            return try fail(trigger, "the campaign is gone", in: transaction)
        }
        guard campaign.state == .active else {
            let reason = "the campaign \(campaign.displayName) is not active"
            return try fail(trigger, reason, in: transaction)
        }
        let context = run.context.at(transaction.moment)
        let started = try SendStore(run.task.workspace).start(
            campaign,
            .imported(task: trigger.task, batches: trigger.batches),
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

    private func stop(
        _ trigger: ImportTrigger,
        by who: String,
        in transaction: Transaction
    ) throws -> TaskOutcome {
        var context = run.context.at(transaction.moment)
        context.actor = who
        try store.stop(trigger, by: context, in: transaction)
        return try end(.completed, "The trigger was stopped by \(who).", in: transaction)
    }

    private func ended(_ trigger: ImportTrigger, in transaction: Transaction) throws -> TaskOutcome
    {
        let status: TaskStatus =
            switch trigger.state {
            case .missed: .error
            case .failed: .fatal
            case .pending, .sending, .sent, .stopped: .completed
            }
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

    private func standing(
        _ trigger: ImportTrigger,
        in connection: Connection
    ) throws -> TriggerRule.ImportStanding {
        // A replay's own trigger is opened as the replay completes.
        guard trigger.batch == 0 else { return .complete(at: trigger.startedAt) }
        let task = try TaskStore(run.task.workspace).task(trigger.task, in: connection)
        return switch task.status {
        case .new, .executing: .running
        case .fatal: .fatal
        case .completed, .error: .complete(at: task.finishedAt ?? task.createdAt)
        }
    }
}
