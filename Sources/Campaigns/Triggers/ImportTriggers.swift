// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A run of an import, as far as triggers care.
public struct TriggeringRun: Sendable, Hashable {
    /// The workspace.
    public var workspace: WorkspaceID
    /// The import task.
    public var task: TaskID
    /// 0 for the file itself, n for its n-th replay.
    public var batch: Int
    /// The automated import; others trigger nothing.
    public var importID: ImportID?
    /// The import's zone.
    public var zone: Zone
    /// When the run was first executing; for a held file, when it was accepted.
    public var startedAt: Instant
    /// Whether someone stopped it before its last row.
    public var isStopped: Bool

    /// Makes a run.
    public init(
        workspace: WorkspaceID,
        task: TaskID,
        batch: Int,
        importID: ImportID?,
        zone: Zone,
        startedAt: Instant,
        isStopped: Bool = false
    ) {
        self.workspace = workspace
        self.task = task
        self.batch = batch
        self.importID = importID
        self.zone = zone
        self.startedAt = startedAt
        self.isStopped = isStopped
    }
}

/// Opens and fires triggers as imports start and end, inside the imports' own transactions.
public struct ImportTriggers: Sendable {
    private let isEnabled: @Sendable (WorkspaceID, Connection) throws -> Bool

    /// Makes the listener.
    ///
    /// - Parameter isEnabled: The workspace's switch for the feature, off by default.
    public init(isEnabled: @escaping @Sendable (WorkspaceID, Connection) throws -> Bool) {
        self.isEnabled = isEnabled
    }

    /// A run has started: campaign and time are copied from the binding, as they are now.
    public func started(
        _ run: TriggeringRun,
        by context: Context,
        in transaction: Transaction
    )
        throws
    {
        guard run.batch == 0, let importID = run.importID,
            try isEnabled(run.workspace, transaction),
            let binding = try ImportBindingStore(run.workspace)
                .binding(of: importID, in: transaction)
        else { return }
        let trigger = ImportTrigger(
            task: run.task,
            batch: 0,
            batches: [0],
            campaign: binding.campaign,
            time: binding.time,
            zone: run.zone,
            startedAt: run.startedAt,
            dueAt: TriggerRule.due(start: run.startedAt, time: binding.time, zone: run.zone),
            state: .pending
        )
        try ImportTriggerStore(run.workspace).open(trigger, by: context, in: transaction)
    }

    /// A run has ended with a closed ledger; one that was stopped sends nothing.
    public func ended(
        _ run: TriggeringRun,
        by context: Context,
        in transaction: Transaction
    )
        throws
    {
        let store = ImportTriggerStore(run.workspace)
        let triggers = try store.triggers(of: run.task, in: transaction)
        guard let first = triggers.first else { return }
        guard !run.isStopped else { return try stop(run, first, store, context, transaction) }
        if run.batch == 0 { return try conclude(first, store, context, transaction) }
        try join(run, first, triggers, store, context, transaction)
    }

    private func stop(
        _ run: TriggeringRun,
        _ trigger: ImportTrigger,
        _ store: ImportTriggerStore,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        guard run.batch == 0 else { return }
        try store.move(
            trigger,
            to: .stopped,
            "the import was stopped before its last row",
            at: context.moment,
            in: transaction
        )
    }

    /// The file itself is imported: fires at once, waits for its time, or has missed it.
    private func conclude(
        _ trigger: ImportTrigger,
        _ store: ImportTriggerStore,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let decision = TriggerRule.decide(
            due: trigger.dueAt,
            standing: .complete(at: context.moment),
            now: context.moment
        )
        switch decision {
        case .miss(let reason):
            try store.move(
                trigger,
                to: .missed,
                reason,
                at: context.moment,
                in: transaction
            )
        case .fire where trigger.dueAt == nil:
            try store.enqueue(trigger, at: context.moment, by: context, in: transaction)
        case .fire, .wait: return
        }
    }

    /// A replay brings more people: they join a trigger that is pending, or get one of their own
    /// once the first has gone out; after a stop or a miss nothing is sent.
    private func join(
        _ run: TriggeringRun,
        _ first: ImportTrigger,
        _ triggers: [ImportTrigger],
        _ store: ImportTriggerStore,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        if let pending = triggers.first(where: { $0.state == .pending }) {
            return try store.join(run.batch, to: pending, in: transaction)
        }
        guard first.state == .sending || first.state == .sent else { return }
        let due =
            TriggerRule.due(start: context.moment, time: first.time, zone: first.zone)
            ?? context.moment
        let own = ImportTrigger(
            task: run.task,
            batch: run.batch,
            batches: [run.batch],
            campaign: first.campaign,
            time: first.time,
            zone: first.zone,
            startedAt: context.moment,
            dueAt: due,
            state: .pending
        )
        try store.open(own, by: context, in: transaction)
    }
}
