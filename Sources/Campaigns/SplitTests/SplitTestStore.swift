// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
internal import Tasks

/// The split tests of one workspace (spec/api.md, "splitTest").
public struct SplitTestStore: Sendable {
    let workspace: WorkspaceID

    /// The split tests of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a split test with its A/B campaign and its task.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func create(
        _ new: NewSplitTest,
        by context: Context,
        in transaction: Transaction
    ) throws -> SplitTest {
        try SplitTestRules.check(new)
        let (new, target, table) = try complete(new, at: context.moment, in: transaction)
        let campaign = try CampaignStore(workspace).create(
            NewCampaign(
                new.name,
                table: table,
                kind: .abTest,
                initiation: .schedule,
                message: try firstContent(new, in: transaction),
                list: target.list
            ),
            by: context,
            in: transaction
        )
        let id: SplitTestID = try transaction.nextID(.splitTest, in: workspace)
        let task = try enqueue(id, new, campaign, by: context, in: transaction)
        try insert(id, new, target, campaign.id, task, by: context, in: transaction)
        return try splitTest(id, in: transaction)
    }

    /// Changes a split test, or cancels it with its sends.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``,
    ///   ``CampaignError/noSuchSplitTest(_:)``.
    @discardableResult
    public func change(
        _ id: SplitTestID,
        _ change: SplitTestChange,
        by context: Context,
        in transaction: Transaction
    ) throws -> SplitTest {
        let present = try splitTest(id, in: transaction)
        let next = try SplitTestRules.apply(change, to: present, at: context.moment)
        guard next != present else { return present }
        let isChanged = try transaction.guarded(
            """
            UPDATE split_test SET name = $3, criterion = $4, delay = $5, action = $6, tie = $7,
                scheduled_at = $8, state = $9, ended_at = $10
            WHERE workspace_id = $1 AND id = $2 AND state = $11
            """,
            [
                workspace, id, next.name, next.criterion, next.delayHours, next.action, next.tie,
                next.scheduledAt, next.state, next.endedAt, present.state,
            ]
        )
        guard isChanged else { throw SplitTestRules.refused("state", "the split test went on") }
        if next.state == .cancelled {
            try cancel(present, by: context, in: transaction)
        } else {
            let start = present.state == .scheduled ? next.scheduledAt : nil
            try TaskStore(workspace)
                .reschedule(next.task, info: next.name, runAt: start, in: transaction)
            if start == nil { try TaskStore(workspace).wake(next.task, in: transaction) }
        }
        return next
    }

    /// A split test by its id.
    ///
    /// - Throws: ``CampaignError/noSuchSplitTest(_:)``.
    public func splitTest(_ id: SplitTestID, in connection: Connection) throws -> SplitTest {
        let row = try connection.row(
            "SELECT \(SplitTest.columns) FROM split_test WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard let row else { throw CampaignError.noSuchSplitTest(id) }
        return try SplitTest(row)
    }

    /// All split tests, newest first.
    public func all(in connection: Connection) throws -> [SplitTest] {
        try connection.rows(
            """
            SELECT \(SplitTest.columns) FROM split_test WHERE workspace_id = $1 ORDER BY id DESC
            """,
            [workspace]
        ).map(SplitTest.init)
    }

    /// Stops its sends and its task, which may be the one that does it.
    private func cancel(
        _ present: SplitTest,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let sends = ScheduledSendStore(workspace)
        for send in try sends.scheduledSends(present.sends, in: transaction) where !send.isEnded {
            let change = ScheduledSendChange(isCancelled: true)
            try sends.change(send.id, change, by: context, in: transaction)
        }
        let tasks = TaskStore(workspace)
        if try !tasks.task(present.task, in: transaction).status.isEnded {
            try tasks.stop(present.task, by: context, in: transaction)
        }
        try CampaignStore(workspace).mark(
            present.campaign,
            .finished,
            sentAt: present.state == .testing ? context.moment : nil,
            in: transaction
        )
    }

    /// Checks target and messages as a scheduled send does.
    private func complete(
        _ new: NewSplitTest,
        at moment: Instant,
        in connection: Connection
    ) throws -> (NewSplitTest, SendTarget, ProfileTableID) {
        let asked = NewScheduledSend(
            new.name,
            channel: new.channel,
            message: StoredMessageID(0),
            list: new.list,
            search: new.search,
            scheduledAt: new.scheduledAt
        )
        let (checked, target) = try ScheduledSendRules.create(asked, at: moment)
        let messages = try MessageStore(workspace).messages(new.messages, in: connection)
        guard messages.count == new.messages.count else {
            throw SplitTestRules.refused("message_ids", "there is no such message")
        }
        guard messages.allSatisfy({ $0.channel == new.channel }) else {
            throw SplitTestRules.refused("message_ids", "the messages are of the test's channel")
        }
        let found = try TargetMeasure(workspace).measure(target, at: moment, in: connection)
        try ScheduledSendRules.check(found?.size, of: target)
        guard let found else { throw CampaignError.noSuchSend }
        var complete = new
        (complete.name, complete.scheduledAt) = (checked.name, checked.scheduledAt)
        return (complete, target, found.table.id)
    }

    private func firstContent(
        _ new: NewSplitTest,
        in connection: Connection
    ) throws -> MessageContent {
        guard let first = new.messages.first else {
            throw SplitTestRules.refused("message_ids", "a split test has two to five messages")
        }
        return try MessageStore(workspace).message(first, in: connection).content
    }

    private func enqueue(
        _ id: SplitTestID,
        _ new: NewSplitTest,
        _ campaign: Campaign,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let task = try NewTask(
            SplitTestJob.taskType,
            info: new.name,
            parameters: SplitTestJob.Parameters(test: id),
            subjects: TaskSubjects(campaignID: campaign.id),
            runAt: new.scheduledAt
        )
        guard let made = try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        else { throw CampaignError.noSuchSplitTest(id) }
        return made
    }

    private func insert(
        _ id: SplitTestID,
        _ new: NewSplitTest,
        _ target: SendTarget,
        _ campaign: CampaignID,
        _ task: TaskID,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let values: [any SQLConvertible] = [
            workspace, id, new.name, new.channel, target.list, target.search,
            JSONColumn(new.messages), new.share.word, new.share.value, new.criterion,
            new.delayHours, new.action, new.tie, new.scheduledAt, SplitState.scheduled, campaign,
            task, context.moment, context.actor,
        ]
        try transaction.execute(
            """
            INSERT INTO split_test (workspace_id, id, name, channel, list_id, search_id,
                message_ids, share_type, share, criterion, delay, action, tie, scheduled_at, state,
                campaign_id, task_id, task_ids, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                '[]', $18, $19)
            """,
            values
        )
        for message in new.messages {
            try transaction.execute(
                """
                INSERT INTO split_test_message (workspace_id, message_id, split_test_id)
                VALUES ($1, $2, $3)
                """,
                [workspace, message, id]
            )
        }
    }
}

extension SplitShare {
    /// What the column `share_type` calls it.
    var word: String {
        switch self {
        case .percentage: "percentage"
        case .number: "number"
        }
    }

    /// Its number.
    public var value: Int {
        switch self {
        case .percentage(let value), .number(let value): value
        }
    }
}

extension IDKind {
    static let splitTest = IDKind(rawValue: "split_test")
}
