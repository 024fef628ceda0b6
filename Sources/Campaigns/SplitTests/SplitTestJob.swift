// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
public import Tasks

/// Carries a split test out: chooses who takes part, sends the messages, compares them after the
/// delay, and sends the winner to the rest.
public struct SplitTestJob: TaskJob {
    /// `split_test`.
    public static let taskType = TaskType(
        name: "split_test",
        displayName: "Split test",
        queue: "sends",
        closesWhenStopped: true
    )

    struct Parameters: Codable, Sendable {
        var test: SplitTestID
    }

    /// Makes the job.
    public init() {}

    /// `split_test`.
    public var type: TaskType { SplitTestJob.taskType }

    /// Goes on with a split test from where it stands.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        let store = SplitTestStore(run.task.workspace)
        let present = try await run.database.read { connection in
            try store.splitTest(parameters.test, in: connection)
        }
        if run.task.stopRequestedBy != nil { return try await stop(present, run) }
        let isDue = present.scheduledAt <= run.database.time.now()
        if present.state == .scheduled, isDue {
            if let hold = try await run.database.read(RestoreHold.reason) {
                return .held(reason: hold)
            }
            try await choose(present, run)
            try run.failpoints.pass("split.members")
            try await run.database.write { transaction in
                try run.guardLease(in: transaction)
                try SplitTestSends(store).begin(present.id, run.context, in: transaction)
            }
            try run.failpoints.pass("split.begun")
        }
        return try await run.database.write { transaction in
            try run.guardLease(in: transaction)
            if let who = try run.stopRequester(in: transaction) {
                return try close(present.id, who, run, in: transaction)
            }
            return try goOn(present.id, run, in: transaction)
        }
    }

    private func choose(_ test: SplitTest, _ run: TaskRun) async throws {
        try await run.database.blocking {
            let table = try run.database.readBlocking { connection in
                let campaign = try CampaignStore(run.task.workspace)
                    .campaign(test.campaign, in: connection)
                return try ProfileTableStore(run.task.workspace)
                    .table(campaign.table, in: connection)
            }
            _ = try SplitChoice(run: run, test: test, table: table).choose()
        }
    }

    /// Waits for the messages and the delay, then compares.
    private func goOn(
        _ id: SplitTestID,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> TaskOutcome {
        let store = SplitTestStore(run.task.workspace)
        let test = try store.splitTest(id, in: transaction)
        let now = transaction.moment
        if test.state == .scheduled {
            try run.wait(
                until: max(test.scheduledAt, now),
                reason: "its time has not come",
                in: transaction
            )
            return .endedInTransaction
        }
        if test.state == .decided {
            let name = test.winner.map { SplitTest.version($0) } ?? "None"
            try run.end(try TaskEnding(.completed, "\(name) was chosen."), in: transaction)
            return .endedInTransaction
        }
        let sends = try ScheduledSendStore(run.task.workspace)
            .scheduledSends(test.sends, in: transaction)
        let ends = sends.compactMap(\.endedAt)
        guard ends.count == sends.count, let last = ends.max() else {
            let reason = "its test messages are on their way"
            try run.wait(until: now + .minutes(1), reason: reason, in: transaction)
            return .endedInTransaction
        }
        let due = last + .hours(Int64(test.delayHours))
        guard due <= now else {
            let reason = "it counts what recipients do for \(test.delayHours) hours"
            try run.wait(until: due, reason: reason, in: transaction)
            return .endedInTransaction
        }
        let words = try SplitTestSends(store).decide(test, run.context, in: transaction)
        try run.end(try TaskEnding(.completed, words), in: transaction)
        return .endedInTransaction
    }

    private func stop(_ test: SplitTest, _ run: TaskRun) async throws -> TaskOutcome {
        try await run.database.write { transaction in
            try run.guardLease(in: transaction)
            let who = run.task.stopRequestedBy ?? run.context.actor
            return try close(test.id, who, run, in: transaction)
        }
    }

    /// Its task was stopped in Task History, or it was cancelled.
    private func close(
        _ id: SplitTestID,
        _ who: String,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> TaskOutcome {
        let store = SplitTestStore(run.task.workspace)
        if try !store.splitTest(id, in: transaction).isEnded {
            var change = SplitTestChange()
            change.isCancelled = true
            try store.change(id, change, by: run.context, in: transaction)
        }
        try run.end(try TaskEnding(.completed, "Cancelled by \(who)."), in: transaction)
        return .endedInTransaction
    }
}
