// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Says in one sentence why a task is waiting (spec/task-history.md).
public struct WaitReason: Sendable {
    /// The waiting task.
    public var task: TaskRecord
    /// What runs and which limits hold.
    public var rule: ClaimRule
    /// How many due tasks stand before it in the queue.
    public var place: Int

    /// Reads what the sentence needs.
    public static func read(_ task: TaskRecord, in connection: Connection) throws -> WaitReason {
        let ahead: Int? = try connection.value(
            """
            SELECT count(*) FROM task -- all workspaces
            WHERE status = 'new' AND hold_reason IS NULL
                AND (run_at < $1 OR (run_at = $1 AND id < $2))
            """,
            [task.runAt, task.id]
        )
        return WaitReason(task: task, rule: try Claims.rule(in: connection), place: ahead ?? 0)
    }

    /// The sentence; nil when the task does not wait.
    public func sentence(now: Instant) -> String? {
        guard task.status == .new else { return nil }
        if let hold = task.holdReason { return closed("It is held until someone decides: \(hold)") }
        if task.runAt > now { return later }
        let entry = ClaimRule.Entry(
            workspace: task.workspace,
            id: task.id,
            queue: task.queue,
            lane: task.lane
        )
        if let obstacle = rule.obstacle(to: entry) { return "It \(obstacle)." }
        switch place {
        case 0: return "It is next; a worker takes it as soon as one is free."
        case 1: return "It waits for a worker; 1 due task stands before it."
        default: return "It waits for a worker; \(place) due tasks stand before it."
        }
    }

    private var later: String {
        if let reason = task.waitReason { return closed("It goes on at \(task.runAt): \(reason)") }
        guard let failure = task.failure else { return "It is due at \(task.runAt)." }
        return "Attempt \(task.attempts) failed (\(failure)); the next is at \(task.runAt)."
    }

    /// Reasons come with and without a full stop.
    private func closed(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? sentence : sentence + "."
    }
}
