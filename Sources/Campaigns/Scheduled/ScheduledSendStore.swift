// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
internal import Tasks

/// The scheduled sends of one workspace (spec/api.md, "task").
public struct ScheduledSendStore: Sendable {
    let workspace: WorkspaceID

    /// The scheduled sends of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a scheduled send with its campaign, its send and its task.
    ///
    /// - Returns: The scheduled send, its size counted.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func create(
        _ new: NewScheduledSend,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let (new, target) = try ScheduledSendRules.create(new, at: context.moment)
        let message = try MessageStore(workspace).messages([new.message], in: transaction).first
        try ScheduledSendRules.check(message, on: new.channel)
        guard let message else { throw CampaignError.noSuchMessage(new.message) }
        let (table, size) = try measure(target, at: context.moment, in: transaction)
        let campaign = try CampaignStore(workspace).create(
            NewCampaign(
                new.name,
                table: table.id,
                kind: .oneShot,
                initiation: .schedule,
                message: message.content,
                list: target.list
            ),
            by: context,
            in: transaction
        )
        let plan = Plan(
            name: new.name,
            channel: new.channel,
            target: target,
            message: message,
            scheduledAt: new.scheduledAt,
            rate: new.rate,
            size: size
        )
        return try insert(plan, campaign, by: context, in: transaction)
    }

    /// Changes a scheduled send, or cancels it.
    ///
    /// A cancelled send starts no message after this is committed but those that are in flight: wait
    /// for these with ``settle(_:on:pause:)``, or call ``cancel(_:by:on:pause:)``.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``,
    ///   ``CampaignError/noSuchScheduledSend(_:)``.
    @discardableResult
    public func change(
        _ id: ScheduledSendID,
        _ change: ScheduledSendChange,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let present = try scheduledSend(id, in: transaction)
        let next = try ScheduledSendRules.apply(change, to: present, at: context.moment)
        guard next != present else { return present }
        var table: ProfileTableID?
        if next.target != present.target {
            table = try measure(next.target, at: context.moment, in: transaction).table.id
        }
        try save(next, in: transaction)
        try CampaignStore(workspace).retarget(
            next.campaign,
            name: next.name,
            table: table,
            list: next.target.list,
            in: transaction
        )
        let tasks = TaskStore(workspace)
        try tasks.reschedule(
            next.task,
            info: next.name,
            runAt: next.beganAt == nil ? next.scheduledAt : nil,
            in: transaction
        )
        if next.isCancelled { try tasks.stop(next.task, by: context, in: transaction) }
        return next
    }

    /// Sets how many messages go out an hour, before or while it runs; nil for no limit.
    ///
    /// A running send keeps to it from its next message on, within seconds.
    ///
    /// - Throws: As ``change(_:_:by:in:)``.
    @discardableResult
    public func setRate(
        _ id: ScheduledSendID,
        to rate: Int?,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let present = try scheduledSend(id, in: transaction)
        let next = try ScheduledSendRules.setRate(rate, of: present)
        guard next != present else { return present }
        try save(next, in: transaction)
        let words = rate.map { "at most \($0) messages an hour" } ?? "as fast as messages go"
        let tasks = TaskStore(workspace)
        try tasks.log("\(context.actor) set its rate: \(words).", of: next.task, in: transaction)
        if next.isRunning { try tasks.wake(next.task, in: transaction) }
        return next
    }

    /// Lets each recipient get the message at a time of their own clock; nil for at once.
    ///
    /// It is the first such time at or after the scheduled one. Not once it runs.
    ///
    /// - Throws: As ``change(_:_:by:in:)``.
    @discardableResult
    public func setRecipientTime(
        _ id: ScheduledSendID,
        to time: RecipientTime?,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let present = try scheduledSend(id, in: transaction)
        let next = try ScheduledSendRules.setRecipientTime(time, of: present)
        guard next != present else { return present }
        try save(next, in: transaction)
        return next
    }

    /// A scheduled send by its id.
    ///
    /// - Throws: ``CampaignError/noSuchScheduledSend(_:)``.
    public func scheduledSend(
        _ id: ScheduledSendID,
        in connection: Connection
    ) throws
        -> ScheduledSend
    {
        guard let found = try scheduledSends([id], in: connection).first else {
            throw CampaignError.noSuchScheduledSend(id)
        }
        return found
    }

    /// Several scheduled sends in the order of their ids; those that do not exist are left out.
    public func scheduledSends(
        _ ids: [ScheduledSendID],
        in connection: Connection
    ) throws -> [ScheduledSend] {
        guard !ids.isEmpty else { return [] }
        let places = ids.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        return try connection.rows(
            """
            SELECT \(ScheduledSend.columns) FROM scheduled_send
            WHERE workspace_id = $1 AND id IN (\(places)) ORDER BY id
            """,
            [workspace] + ids.map { $0 as any SQLConvertible }
        ).map(ScheduledSend.init)
    }

    /// A scheduled send to a target that has not ended; a list or search with one should not be
    /// deleted.
    public func openSend(
        to target: SendTarget,
        in connection: Connection
    ) throws -> ScheduledSendID? {
        let (column, id) =
            switch target {
            case .list(let id): ("list_id", id.value)
            case .search(let id): ("search_id", id.value)
            }
        return try connection.value(
            """
            SELECT id FROM scheduled_send
            WHERE workspace_id = $1 AND \(column) = $2 AND ended_at IS NULL ORDER BY id LIMIT 1
            """,
            [workspace, id]
        )
    }

    private func measure(
        _ target: SendTarget,
        at moment: Instant,
        in connection: Connection
    ) throws -> (table: ProfileTable, size: Int) {
        let found = try TargetMeasure(workspace).measure(target, at: moment, in: connection)
        try ScheduledSendRules.check(found?.size, of: target)
        guard let found else { throw CampaignError.noSuchSend }
        return found
    }

    private func save(_ next: ScheduledSend, in transaction: Transaction) throws {
        let values: [any SQLConvertible] = [
            workspace, next.id, next.name, next.target.list, next.target.search, next.isCancelled,
            next.endedAt, next.rate, next.recipientTime?.time.description,
            next.recipientTime?.zone.name, next.scheduledAt,
        ]
        try transaction.execute(
            """
            UPDATE scheduled_send SET name = $3, list_id = $4, search_id = $5, cancelled = $6,
                ended_at = $7, rate = $8, recipient_time = $9, recipient_zone = $10,
                scheduled_at = $11
            WHERE workspace_id = $1 AND id = $2
            """,
            values
        )
    }
}
