// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Tasks

/// Applies bulks of members (design/protocols.md, "Bulk").
///
/// Each bulk is a task. Those of one table share a lane, so that one run at a time works on a table,
/// whichever node has it; the run takes bulks that wait behind its own along in one transaction,
/// with their outcomes and the ends of their tasks. When that fails, all of it is rolled back and
/// each runs alone.
public struct MemberBulkJob: TaskJob {
    /// `member_bulk`: five attempts, pauses from a minute to eight.
    public static let taskType = TaskType(
        name: "member_bulk",
        displayName: "Member bulk",
        queue: "bulks",
        retry: RetryPolicy(attempts: 5, firstPause: .minutes(1), longestPause: .minutes(30))
    )

    /// What a task is asked to do.
    struct Parameters: Codable, Sendable {
        var bulk: MemberBulkID
    }

    let randomness: any Randomness
    let countryCode: @Sendable (WorkspaceID, Connection) throws -> String?

    /// Makes the job.
    ///
    /// - Parameters:
    ///   - randomness: Spreads the pauses after failures.
    ///   - countryCode: What completes national mobile numbers in a workspace.
    public init(
        randomness: any Randomness = SystemRandomness(),
        countryCode: @escaping @Sendable (WorkspaceID, Connection) throws -> String?
    ) {
        self.randomness = randomness
        self.countryCode = countryCode
    }

    /// `member_bulk`.
    public var type: TaskType { MemberBulkJob.taskType }

    /// Applies the bulk of a task, and others that wait behind it.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        try await run.database.blocking {
            try MemberBulkWork(run, self).go()
            return .endedInTransaction
        }
    }
}
