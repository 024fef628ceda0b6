// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Exports
import Imports
import Millrace
import Tasks

/// A task as the command line shows it.
struct TaskView: Shown {
    var id: Int64
    var type: String
    var info: String
    var status: String
    var outcome: String?
    var startedBy: String
    var createdAt: String
    var startedAt: String?
    var finishedAt: String?
    var attempts: Int
    var node: String?
    var done: Int64
    var total: Int64?
    var secondsLeft: Double?
    var waitsBecause: String?
    var breakdown: ImportResult?
    var ledger: SendLedger?
    var export: ExportLedger?
    var trigger: [TriggerView] = []
    var engagement: Engagement?
    var steps: [StepView] = []
    var linked: [Int64] = []

    struct StepView: Encodable {
        var moment: String
        var words: String
    }

    init(_ task: TaskRecord, now: Instant) {
        id = task.id.value
        type = task.type
        info = task.info
        status = task.status.displayName
        outcome = task.outcome ?? task.failure
        startedBy = task.startedBy
        createdAt = task.createdAt.description
        startedAt = task.startedAt?.description
        finishedAt = task.finishedAt?.description
        attempts = task.attempts
        node = task.node
        done = task.progressDone
        total = task.progressTotal
        secondsLeft = task.timeLeft(now: now)?.inSeconds
        switch task.type {
        case ImportTasks.profileImport.name, ImportTasks.customTableImport.name:
            breakdown = try? task.result()
        case SendJob.taskType.name: ledger = try? task.result()
        case IncrementalExportJob.taskType.name, FullExportJob.taskType.name:
            export = try? task.result()
        default: break
        }
    }

    /// One line for lists.
    var summary: [String] {
        [
            String(id), startedAt ?? createdAt, type, info, status,
            waitsBecause ?? outcome ?? "",
        ]
    }

    var lines: [String] {
        var lines = ["Task \(id): \(type), \(info)", "Status: \(status)"]
        if let outcome { lines.append(outcome) }
        if let waitsBecause { lines.append(waitsBecause) }
        lines += breakdownLines
        if let ledger { lines += Columns.counts(ledger.lines.map { ($0.label, $0.count) }) }
        if let export { lines.append(export.words) }
        for view in trigger { lines += view.lines }
        lines += engagementLines
        if let total { lines.append("Progress: \(done) of \(total)") }
        lines += steps.map { "\($0.moment)  \($0.words)" }
        if !linked.isEmpty {
            lines.append("Linked tasks: \(linked.map(String.init).joined(separator: ", "))")
        }
        return lines
    }

    /// The ledger of the send, where there is one, has the reasons.
    private var engagementLines: [String] {
        guard let engagement else { return [] }
        let hasLedger = ledger != nil || trigger.contains { $0.ledger != nil }
        return ["Engagement:"] + engagement.lines.map { "  \($0)" }
            + (hasLedger ? [] : engagement.reasons)
    }

    private var breakdownLines: [String] {
        guard let breakdown else { return [] }
        var lines = Columns.counts(breakdown.breakdown.lines.map { ($0.label, $0.count) })
        let counts = breakdown.breakdown
        lines.append(
            "  (\(counts.created) created, \(counts.updated) updated, "
                + "\(counts.unchanged) unchanged; \(counts.emptyLines) empty lines left out)"
        )
        return lines
    }
}

/// A run's trigger as the command line shows it.
struct TriggerView: Shown {
    var campaign: String
    var time: String?
    var dueAt: String?
    var state: String
    var reason: String?
    var ledger: SendLedger?

    var lines: [String] {
        var words = "Trigger: \(campaign), \(state)"
        if let dueAt, state == TriggerState.pending.rawValue { words += ", due \(dueAt)" }
        if let reason { words += " (\(reason))" }
        guard let ledger else { return [words] }
        return [words] + Columns.counts(ledger.lines.map { ($0.label, $0.count) })
    }
}

extension Session {
    /// A task with everything that is known of it.
    func view(_ id: TaskID) async throws -> TaskView {
        let now = installation.database.time.now()
        return try await installation.database.read { connection in
            let store = TaskStore(workspace.id)
            let task = try store.task(id, in: connection)
            var view = TaskView(task, now: now)
            view.waitsBecause = try WaitReason.read(task, in: connection).sentence(now: now)
            view.steps = try store.steps(of: id, in: connection).map {
                TaskView.StepView(moment: $0.moment.description, words: $0.words)
            }
            var filter = TaskFilter()
            filter.parentID = id
            view.linked = try store.history(filter, in: connection).map(\.id.value).reversed()
            view.trigger = try triggers(of: id, in: connection)
            view.engagement = try engagement(of: task, in: connection)
            return view
        }
    }

    /// What became of the messages of a send, or of all that an import triggered.
    private func engagement(of task: TaskRecord, in connection: Connection) throws -> Engagement? {
        let sends = SendStore(workspace.id)
        if let send = try sends.send(ofTask: task.id, in: connection) {
            return try sends.engagement(of: send, in: connection)
        }
        return try ImportTriggerStore(workspace.id).engagement(of: task.id, in: connection)
    }

    private func triggers(of task: TaskID, in connection: Connection) throws -> [TriggerView] {
        try ImportTriggerStore(workspace.id).triggers(of: task, in: connection).map { trigger in
            let campaign = try? CampaignStore(workspace.id)
                .campaign(trigger.campaign, in: connection)
            return TriggerView(
                campaign: campaign?.displayName ?? "campaign \(trigger.campaign)",
                time: trigger.time?.description,
                dueAt: trigger.dueAt?.description,
                state: trigger.state.rawValue,
                reason: trigger.reason,
                ledger: try trigger.send.map {
                    try SendStore(workspace.id).currentLedger(of: $0, in: connection)
                }
            )
        }
    }
}
