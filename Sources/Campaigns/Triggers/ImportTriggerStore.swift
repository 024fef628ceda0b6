// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// The triggers of one workspace's import runs.
public struct ImportTriggerStore: Sendable {
    let workspace: WorkspaceID

    /// The triggers of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The triggers of an import task, by batch.
    public func triggers(of task: TaskID, in connection: Connection) throws -> [ImportTrigger] {
        try connection.rows(
            """
            SELECT \(ImportTrigger.columns) FROM import_trigger
            WHERE workspace_id = $1 AND import_task_id = $2 ORDER BY batch
            """,
            [workspace, task]
        ).map(ImportTrigger.init)
    }

    /// Whether a trigger of an import task is not decided or still sends.
    public func hasOpenTrigger(of task: TaskID, in connection: Connection) throws -> Bool {
        try triggers(of: task, in: connection)
            .contains { $0.state == .pending || $0.state == .sending }
    }

    /// The trigger of one batch, if it has one.
    public func trigger(
        of task: TaskID,
        batch: Int,
        in connection: Connection
    ) throws
        -> ImportTrigger?
    {
        try triggers(of: task, in: connection).first { $0.batch == batch }
    }

    /// Stops a trigger that waits for its time: this run only, for good.
    ///
    /// - Throws: ``CampaignError/noPendingTrigger``.
    public func stop(_ task: TaskID, by context: Context, in transaction: Transaction) throws {
        let pending = try triggers(of: task, in: transaction).filter(\.canBeStopped)
        guard !pending.isEmpty else { throw CampaignError.noPendingTrigger }
        for trigger in pending { try stop(trigger, by: context, in: transaction) }
    }

    /// Stops one trigger that is pending, and says so in the log of its import.
    func stop(_ trigger: ImportTrigger, by context: Context, in transaction: Transaction) throws {
        let isStopped = try move(
            trigger,
            to: .stopped,
            "stopped by \(context.actor)",
            by: context.actor,
            at: context.moment,
            in: transaction
        )
        guard isStopped else { throw CampaignError.noPendingTrigger }
        try TaskStore(workspace).log(
            "\(context.actor) stopped the trigger.",
            of: trigger.task,
            in: transaction
        )
    }

    /// Lets a replay's people go out with a trigger that is pending.
    ///
    /// Written with the replay's last transaction: a send never sees half a replay.
    func join(_ batch: Int, to trigger: ImportTrigger, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE import_trigger SET batches = $4
            WHERE workspace_id = $1 AND import_task_id = $2 AND batch = $3 AND state = 'pending'
            """,
            [
                workspace, trigger.task, trigger.batch,
                JSONColumn(Set(trigger.batches + [batch]).sorted()),
            ]
        )
    }

    /// Makes the trigger of a run and, when it has a due time, the task that watches it.
    func open(_ trigger: ImportTrigger, by context: Context, in transaction: Transaction) throws {
        let isNew = try transaction.guarded(
            """
            INSERT INTO import_trigger (workspace_id, import_task_id, batch, batches, campaign_id,
                time_of_day, zone, started_at, due_at, state)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE true ON CONFLICT DO NOTHING
            """,
            [
                workspace, trigger.task, trigger.batch, JSONColumn(trigger.batches),
                trigger.campaign,
                trigger.time?.description, trigger.zone.name, trigger.startedAt, trigger.dueAt,
                trigger.state,
            ]
        )
        guard isNew, let due = trigger.dueAt else { return }
        try enqueue(trigger, at: due, by: context, in: transaction)
    }

    /// Enqueues the task that decides about a trigger.
    func enqueue(
        _ trigger: ImportTrigger,
        at due: Instant,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let parent = try TaskStore(workspace).task(trigger.task, in: transaction)
        let task = try NewTask(
            TriggerJob.taskType,
            info: parent.info,
            parameters: TriggerParameters(task: trigger.task, batch: trigger.batch),
            subjects: TaskSubjects(
                importID: parent.subjects.importID,
                campaignID: trigger.campaign,
                parentID: trigger.task
            ),
            runAt: due
        )
        try TaskStore(workspace).enqueue(task, by: context, in: transaction)
    }

    /// Moves a pending trigger on; false when it is pending no more.
    @discardableResult
    func move(
        _ trigger: ImportTrigger,
        to state: TriggerState,
        _ reason: String?,
        by actor: String? = nil,
        at moment: Instant,
        send: SendID? = nil,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE import_trigger SET state = $4, reason = $5, decided_by = $6, decided_at = $7,
                send_id = $8
            WHERE workspace_id = $1 AND import_task_id = $2 AND batch = $3 AND state = 'pending'
            """,
            [
                workspace, trigger.task, trigger.batch, state, reason, actor, moment, send,
            ]
        )
    }

    /// Writes down that a trigger's send has ended.
    func conclude(_ send: SendID, stoppedBy who: String?, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE import_trigger SET state = $3, reason = $4, decided_by = $5, decided_at = $6
            WHERE workspace_id = $1 AND send_id = $2 AND state IN ('sending', 'sent', 'failed')
            """,
            [
                workspace, send, who == nil ? TriggerState.sent : .stopped,
                who.map { "stopped by \($0)" }, who, transaction.moment,
            ]
        )
    }
    /// Writes down that a trigger's send has ended Fatal.
    func fail(_ send: SendID, _ words: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE import_trigger SET state = 'failed', reason = $3, decided_by = NULL,
                decided_at = $4
            WHERE workspace_id = $1 AND send_id = $2 AND state IN ('sending', 'sent')
            """,
            [workspace, send, words, transaction.moment]
        )
    }

    /// A trigger's send goes on that had ended Fatal, or that someone had stopped, as its state says.
    func resume(
        _ send: SendID,
        from state: TriggerState,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE import_trigger SET state = 'sending', reason = NULL, decided_by = NULL,
                decided_at = $3
            WHERE workspace_id = $1 AND send_id = $2 AND state = $4
            """,
            [workspace, send, transaction.moment, state]
        )
    }
}
