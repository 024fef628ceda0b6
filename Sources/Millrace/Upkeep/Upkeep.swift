// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
public import Common
import Database
import Exports
import Files
import Imports
import Tasks

/// What an installation does for itself: a tick of the change clock each minute, and each hour a
/// look in every workspace whether something has expired.
public struct Upkeep: Sendable {
    private let installation: Installation

    /// The upkeep of an installation.
    public init(_ installation: Installation) {
        self.installation = installation
    }

    /// Takes a tick, which exports can begin at; one a minute, however many nodes there are.
    public func tick() async throws {
        let recently = installation.database.time.now() - .seconds(50)
        _ = try await ChangeClock(installation.database).tick(unlessSince: recently)
    }

    /// Forgets ticks but for one a day, and enqueues retention where it is needed.
    ///
    /// A workspace gets a task when something has expired, and one a day in any case; never a
    /// second within the hour, whichever node looks.
    ///
    /// - Returns: The tasks that were enqueued.
    @discardableResult
    public func clear() async throws -> [TaskID] {
        let now = installation.database.time.now()
        try await ChangeClock(installation.database).forget(before: now - .days(3))
        let workspaces = try await installation.database.read { connection in
            try WorkspaceStore().all(in: connection).map(\.id)
        }
        try await removeLeftovers(workspaces)
        try await removeOutdated(workspaces)
        try await foldCounts(workspaces, now: now)
        var tasks: [TaskID] = []
        for workspace in workspaces {
            if let task = try await preparePartitions(workspace, now: now) { tasks.append(task) }
            if let task = try await erasePayloads(workspace, now: now) { tasks.append(task) }
            if let task = try await refreshSegments(workspace) { tasks.append(task) }
            let hasExpired = try await hasExpired(workspace, now: now)
            let pause = hasExpired ? Span.minutes(59) : .hours(24)
            if let task = try await enqueue(
                DataRetentionJob.taskType,
                workspace,
                unlessSince: now - pause
            ) {
                tasks.append(task)
            }
        }
        return tasks
    }

    /// What dead processes left, such as files of imports that are through.
    private func removeLeftovers(_ workspaces: [WorkspaceID]) async throws {
        try await installation.database.blocking { [installation] in
            try installation.spool.sweep()
            for workspace in workspaces {
                try ImportFileSection(installation.spool)
                    .removeFinished(of: workspace, from: installation.database)
            }
        }
    }

    /// Subscriptions of deleted lists, memberships of deleted segmentations, and answers that were kept for repeated requests.
    private func removeOutdated(_ workspaces: [WorkspaceID]) async throws {
        for workspace in workspaces {
            var isDone = false
            while !isDone {
                isDone = try await installation.database.write { transaction in
                    let rows =
                        try ListStore(workspace).clear(in: transaction)
                        + SegmentationStore(workspace).clear(in: transaction)
                    let answers = try APISchema.clear(
                        workspace,
                        at: transaction.moment,
                        in: transaction
                    )
                    return rows + answers == 0
                }
            }
        }
    }

    /// Shards of counts of hours that are over; two hours, since clocks differ.
    private func foldCounts(_ workspaces: [WorkspaceID], now: Instant) async throws {
        for workspace in workspaces {
            var folded: Int
            repeat {
                folded = try await installation.database.write { transaction in
                    try CampaignCounts(workspace).fold(before: now - .hours(1), in: transaction)
                }
            } while folded > 0
        }
    }

    private func hasExpired(_ workspace: WorkspaceID, now: Instant) async throws -> Bool {
        let (limits, isInDatabase) = try await installation.database.read { connection in
            let limits = try RetentionLimits(workspace, in: connection)
            let tasks = try TaskRetention(workspace)
                .expired(before: now - limits.tasks, limit: 1, in: connection)
            let files = try ExportRetention(workspace, spool: installation.spool)
                .expired(before: now - limits.files, in: connection)
            return (limits, !tasks.isEmpty || !files.isEmpty)
        }
        guard !isInDatabase else { return true }
        return try await installation.database.blocking {
            try !installation.locations.transferboxes
                .oldFiles(olderThan: limits.files, now: now, workspace: workspace).isEmpty
        }
    }

    private func preparePartitions(_ workspace: WorkspaceID, now: Instant) async throws -> TaskID? {
        let isNeeded = try await installation.database.blocking { [installation] in
            try PartitionJob.isNeeded(workspace, in: installation.database)
        }
        guard isNeeded else { return nil }
        return try await enqueue(
            PartitionJob.taskType,
            workspace,
            unlessSince: now - .minutes(59)
        )
    }

    private func erasePayloads(_ workspace: WorkspaceID, now: Instant) async throws -> TaskID? {
        let isDue = try await installation.database.read { connection in
            try BulkErasure(workspace).isDue(at: now, in: connection)
        }
        guard isDue else { return nil }
        return try await enqueue(
            PayloadErasureJob.taskType,
            workspace,
            unlessSince: now - .minutes(59)
        )
    }

    /// Segmentations are computed once a day.
    private func refreshSegments(_ workspace: WorkspaceID) async throws -> TaskID? {
        try await installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "upkeep",
                source: .automation,
                moment: transaction.moment
            )
            return try SegmentRefreshes(workspace).startDaily(by: context, in: transaction)
        }
    }

    private func enqueue(
        _ type: TaskType,
        _ workspace: WorkspaceID,
        unlessSince moment: Instant
    ) async throws -> TaskID? {
        try await installation.database.write { transaction in
            let latest: Instant? = try transaction.value(
                """
                SELECT max(created_at) FROM task WHERE workspace_id = $1 AND type = $2
                """,
                [workspace, type.name]
            )
            if let latest, latest > moment { return nil }
            let context = Context(
                workspace: workspace,
                actor: "upkeep",
                source: .automation,
                moment: transaction.moment
            )
            let task = try NewTask(
                type,
                info: "upkeep",
                parameters: [String: String](),
                lane: "retention:\(workspace)"
            )
            return try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        }
    }
}
