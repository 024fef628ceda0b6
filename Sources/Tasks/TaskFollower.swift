// SPDX-License-Identifier: Apache-2.0
public import Common

/// A standing order of a workspace: when a task ends, another follows.
///
/// It is kept in the database, so that every program that ends a task obeys it: a worker, the
/// scheduler, the API and the command line.
public struct TaskFollower: Sendable, Hashable {
    /// The type of the tasks that follow; such tasks are not followed themselves.
    public var type: TaskType
    /// What the order belongs to, a number that its room knows; unique within the type.
    public var subject: Int64
    /// What identifies the tasks that follow to a person.
    public var info: String
    /// Only the ends of tasks of these types; of all when empty.
    public var followed: Set<String>

    /// Makes an order.
    public init(type: TaskType, subject: Int64, info: String, followed: Set<String> = []) {
        self.type = type
        self.subject = subject
        self.info = info
        self.followed = followed
    }

    /// The lane of the tasks that follow: one at a time for each order.
    public var lane: String { "\(type.name) \(subject)" }
}

/// The parameters of a task that follows: which order made it, and how the other ended.
public struct TaskFollowUp: Codable, Sendable, Hashable {
    /// What the order belongs to.
    public var subject: Int64
    /// The end; nil when someone asked for the task without one.
    public var end: TaskEnd?

    /// Makes parameters.
    public init(subject: Int64, end: TaskEnd?) {
        self.subject = subject
        self.end = end
    }
}

/// How a task ended, as it stood in the transaction that ended it.
public struct TaskEnd: Codable, Sendable, Hashable {
    /// The task.
    public var task: TaskID
    /// The name of its type.
    public var type: String
    /// What identifies it to a person.
    public var info: String
    /// Completed, error or fatal.
    public var status: TaskStatus
    /// The outcome in words, without the name of who stopped it.
    public var outcome: String?
    /// Its ledger.
    public var ledger: JSONValue?
    /// When it was first executing.
    public var started: Instant?
    /// When it ended.
    public var finished: Instant

    init(_ task: TaskRecord, at moment: Instant) throws {
        self.task = task.id
        type = task.type
        info = task.info
        status = task.status
        let words = task.outcome ?? task.failure
        outcome = task.stopRequestedBy.map { words?.replacing($0, with: "a person") } ?? words
        ledger = try task.result()
        started = task.startedAt
        finished = task.finishedAt ?? moment
    }
}
