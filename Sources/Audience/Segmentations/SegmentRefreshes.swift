// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Tasks

/// Enqueues refreshes of one workspace's segmentations.
public struct SegmentRefreshes: Sendable {
    let workspace: WorkspaceID

    /// The refreshes of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Enqueues the refresh of one segmentation for all profiles.
    ///
    /// - Throws: ``AudienceError/noSuchSegmentation(_:)``.
    public func start(
        _ id: SegmentationID,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        let found = try SegmentationStore(workspace).segmentation(id, in: transaction)
        return try enqueue(
            SegmentRefreshJob.Parameters(segmentation: id, table: nil, task: nil),
            info: found.name,
            context,
            transaction
        )
    }

    /// Enqueues the refresh of a table's segmentations for the profiles that an import touched; nil
    /// when the table has none.
    @discardableResult
    public func start(
        after task: TaskID,
        into table: ProfileTableID,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        let one: SegmentationID? = try transaction.value(
            """
            SELECT id FROM segmentation
            WHERE workspace_id = $1 AND table_id = $2 AND deleted_at IS NULL LIMIT 1
            """,
            [workspace, table]
        )
        guard one != nil else { return nil }
        return try enqueue(
            SegmentRefreshJob.Parameters(segmentation: nil, table: table, task: task),
            info: "after import \(task)",
            context,
            transaction
        )
    }

    /// Enqueues the refresh of all segmentations when one of them was not computed for a day, and no
    /// such task is there since the hour before.
    @discardableResult
    public func startDaily(
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        let oldest: SegmentationID? = try transaction.value(
            """
            SELECT id FROM segmentation WHERE workspace_id = $1 AND deleted_at IS NULL
                AND (refreshed_at IS NULL OR refreshed_at <= $2)
                AND (failed_at IS NULL OR failed_at <= $2) LIMIT 1
            """,
            [workspace, context.moment - .hours(24)]
        )
        guard oldest != nil else { return nil }
        let recent: TaskID? = try transaction.value(
            """
            SELECT id FROM task WHERE workspace_id = $1 AND type = $2 AND info = $3
                AND created_at > $4 LIMIT 1
            """,
            [
                workspace, SegmentRefreshJob.taskType.name, SegmentRefreshes.daily,
                context.moment - .minutes(59),
            ]
        )
        guard recent == nil else { return nil }
        return try enqueue(
            SegmentRefreshJob.Parameters(segmentation: nil, table: nil, task: nil),
            info: SegmentRefreshes.daily,
            context,
            transaction
        )
    }

    /// One at a time in a workspace, so that no two write the same membership.
    private func enqueue(
        _ parameters: SegmentRefreshJob.Parameters,
        info: String,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> TaskID? {
        let task = try NewTask(
            SegmentRefreshJob.taskType,
            info: info,
            parameters: parameters,
            lane: "segments"
        )
        return try TaskStore(workspace).enqueue(task, by: context, in: transaction)
    }

    private static let daily = "daily"
}
