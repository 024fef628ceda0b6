// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Exports
import Imports
import Tasks

/// Everything that is known of one task, read in one snapshot.
struct TaskDetails: Sendable {
    /// A trigger of an import, with its campaign and what became of it.
    struct Trigger: Sendable {
        var trigger: ImportTrigger
        var campaign: String
        var ledger: SendLedger?
        var sendTask: TaskID?
    }

    var task: TaskRecord
    var waiting: String?
    var steps: [TaskStep]
    var linked: [ListPage.Row]
    var parent: TaskRecord?
    var triggers: [Trigger] = []
    var send: SendID?
    var ledger: SendLedger?
    var engagement: Engagement?
    var scheduled: ScheduledSend?

    init(_ id: TaskID, _ workspace: WorkspaceID, _ now: Instant, _ connection: Connection) throws {
        let store = TaskStore(workspace)
        task = try store.task(id, in: connection)
        waiting = try WaitReason.read(task, in: connection).sentence(now: now)
        steps = try store.steps(of: id, in: connection)
        linked = try ListPage(
            TaskStore.listing,
            [.equals("parent_id", .integer(id.value))],
            in: workspace,
            from: connection
        ).rows
        parent = task.subjects.parentID.flatMap { try? store.task($0, in: connection) }
        try readMessages(workspace, connection)
    }

    private mutating func readMessages(
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        let sends = SendStore(workspace)
        if let send = try sends.send(ofTask: task.id, in: connection) {
            self.send = send
            ledger = try sends.ledger(of: send, in: connection)
            engagement = try sends.engagement(of: send, in: connection)
            scheduled = try ScheduledSendStore(workspace)
                .scheduledSend(ofTask: task.id, in: connection)
        }
        guard task.type == ImportTasks.profileImport.name else { return }
        triggers = try ImportTriggerStore(workspace).triggers(of: task.id, in: connection)
            .map { trigger in
                let campaign = try? CampaignStore(workspace)
                    .campaign(trigger.campaign, in: connection)
                return Trigger(
                    trigger: trigger,
                    campaign: campaign?.displayName ?? "campaign \(trigger.campaign)",
                    ledger: try trigger.send.map { try sends.ledger(of: $0, in: connection) },
                    sendTask: nil
                )
            }
        engagement = try ImportTriggerStore(workspace).engagement(of: task.id, in: connection)
    }

    /// The breakdown of an import that has ended.
    var breakdown: ImportResult? {
        task.type == ImportTasks.profileImport.name ? try? task.result() : nil
    }

    var bulk: BulkBreakdown? {
        task.type == MemberBulkJob.taskType.name ? try? task.result() : nil
    }

    /// The ledger of an export.
    var export: ExportLedger? {
        [IncrementalExportJob.taskType.name, FullExportJob.taskType.name].contains(task.type)
            ? try? task.result() : nil
    }

    /// The ledger of a search's count.
    var search: SearchLedger? {
        task.type == SearchCountJob.taskType.name ? try? task.result() : nil
    }

    /// The report's file.
    var report: ExcludedUsersReportJob.Result? {
        task.type == ExcludedUsersReportJob.taskType.name ? try? task.result() : nil
    }
}
