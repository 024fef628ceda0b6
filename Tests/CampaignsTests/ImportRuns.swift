// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport

@testable import Tasks

/// An import as far as triggers see it: it starts, takes its time, writes the ledger's rows and ends
/// in one transaction with what listens.
struct TestImport: TaskJob {
    static let taskType = TaskType(
        name: "profile_import",
        displayName: "Profile import",
        queue: "imports",
        retry: .never
    )

    /// What an import is asked to do.
    struct Parameters: Codable, Sendable {
        var profiles: [ProfileID]
        var zone: Zone
        var ends: Instant
        var status: TaskStatus
        /// The task whose rejects are replayed.
        var replayOf: TaskID?
        var batch = 0
    }

    let world: World
    var isEnabled = true
    /// Whether what was Fatal goes well now.
    var isMended = false
    /// What happens while the import runs.
    var meanwhile: @Sendable () async throws -> Void = {}

    var type: TaskType { TestImport.taskType }

    func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        let switched = isEnabled
        let triggers = ImportTriggers { _, _ in switched }
        let target = parameters.replayOf ?? run.task.id
        let triggering = TriggeringRun(
            workspace: World.workspace,
            task: target,
            batch: parameters.batch,
            importID: run.task.subjects.importID,
            zone: parameters.zone,
            startedAt: run.task.startedAt ?? run.task.createdAt
        )
        try await world.database.write { transaction in
            try triggers.started(triggering, by: run.context, in: transaction)
            try write(parameters, target, transaction)
        }
        // Triggers that fall due while it runs see it running.
        for trigger in try world.read({ try world.triggers.triggers(of: target, in: $0) }) {
            guard let due = trigger.dueAt, due < parameters.ends else { continue }
            try await pass(to: due, run)
            try await pass(to: due + .seconds(1), run)
        }
        try await meanwhile()
        world.time.set(max(world.now, parameters.ends))
        let status = isMended ? .completed : parameters.status
        guard status != .fatal else { throw Refused() }
        try await world.database.write { transaction in
            try run.end(
                TaskEnding(status, "\(parameters.profiles.count) imported."),
                in: transaction
            )
            try triggers.ended(triggering, by: run.context.at(transaction.moment), in: transaction)
        }
        return .endedInTransaction
    }

    /// Time passes; the import still has its task, and the others of the node go on.
    private func pass(to moment: Instant, _ run: TaskRun) async throws {
        world.time.set(max(world.now, moment))
        try await world.database.write { try run.guardLease(in: $0) }
        try await world.work()
    }

    private func write(
        _ parameters: Parameters,
        _ target: TaskID,
        _ transaction: Transaction
    ) throws {
        let task: [any SQLConvertible] = [World.workspace, target, parameters.batch]
        try transaction.execute(
            "DELETE FROM import_row WHERE workspace_id = $1 AND task_id = $2 AND batch = $3",
            task
        )
        let rows = try transaction.insertion(
            into: "import_row",
            columns: ["workspace_id", "task_id", "profile_id", "line", "outcome", "batch"]
        )
        for (offset, profile) in parameters.profiles.enumerated() {
            let line = Int64(offset + 2 + 1_000 * parameters.batch)
            for value in [World.workspace.value, target.value, profile.value, line, 1] {
                rows.integer(value)
            }
            rows.integer(Int64(parameters.batch))
            try rows.endRow()
        }
        try rows.finish()
    }
}

/// What keeps an import from its end.
struct Refused: RetryAdvising, CustomStringConvertible {
    var retryAdvice: RetryAdvice { .never }
    var description: String { "the file is damaged" }
}

extension World {
    static let importID = ImportID(3)

    /// Binds the automated import to a campaign.
    func bind(_ campaign: Campaign, at time: TimeOfDay?) throws {
        try write { transaction in
            try ImportBindingStore(World.workspace).bind(
                World.importID,
                over: (table.id, table.name),
                to: campaign,
                at: time,
                in: transaction
            )
        }
    }

    /// Enqueues a run of the automated import.
    func enqueueImport(
        of profiles: [ProfileID],
        starts: Instant,
        ends: Instant,
        zone: Zone = .utc,
        status: TaskStatus = .completed,
        replayOf: TaskID? = nil,
        batch: Int = 0
    ) throws -> TaskID {
        time.set(max(now, starts))
        let parameters = TestImport.Parameters(
            profiles: profiles,
            zone: zone,
            ends: ends,
            status: status,
            replayOf: replayOf,
            batch: batch
        )
        let task = try NewTask(
            TestImport.taskType,
            info: "Nightly",
            parameters: parameters,
            subjects: TaskSubjects(importID: World.importID, parentID: replayOf)
        )
        let id = try write { try tasks.enqueue(task, by: context, in: $0) }
        guard let id else { throw Refused() }
        return id
    }

    /// Runs the automated import from its start to its end.
    @discardableResult
    func runImport(
        of profiles: [ProfileID],
        starts: Instant,
        ends: Instant,
        zone: Zone = .utc,
        status: TaskStatus = .completed,
        replayOf: TaskID? = nil,
        batch: Int = 0,
        isEnabled: Bool = true,
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> TaskID {
        let id = try enqueueImport(
            of: profiles,
            starts: starts,
            ends: ends,
            zone: zone,
            status: status,
            replayOf: replayOf,
            batch: batch
        )
        try await work(
            nil,
            TestImport(world: self, isEnabled: isEnabled, meanwhile: meanwhile)
        )
        return id
    }

    func trigger(_ task: TaskID, batch: Int = 0) throws -> ImportTrigger? {
        try read { try triggers.trigger(of: task, batch: batch, in: $0) }
    }

    /// The ledger of a trigger's send; nil when it sent nothing.
    func ledger(of task: TaskID, batch: Int = 0) throws -> SendLedger? {
        try trigger(task, batch: batch)?.send.map(ledger)
    }

    /// Moves the clock to a moment, stopping where something is due, and runs what is.
    func pass(to moment: Instant) async throws {
        time.set(moment)
        try await work()
    }
}
