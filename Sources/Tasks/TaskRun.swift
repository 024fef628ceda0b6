// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Synchronization

/// A job: what is done for tasks of one type.
public protocol TaskJob: Sendable {
    /// The type whose tasks it runs.
    var type: TaskType { get }
    /// Runs a task from its checkpoint to an outcome.
    ///
    /// Errors that conform to ``RetryAdvising`` say whether another attempt can help; all others
    /// are tried again by the type's policy.
    func run(_ run: TaskRun) async throws -> TaskOutcome
    /// Closes what the task kept open, in the transaction that ends it Fatal.
    func failed(_ run: TaskRun, _ words: String, in transaction: Transaction) throws
}

extension TaskJob {
    /// Most tasks keep nothing open.
    public func failed(_ run: TaskRun, _ words: String, in transaction: Transaction) throws {}
}

/// How a run ended.
public enum TaskOutcome: Sendable {
    /// The task has ended with a status, a ledger and a sentence.
    case ended(TaskEnding)
    /// The task waits until a moment, for a reason; this does not count as a failure.
    case waiting(until: Instant, reason: String)
    /// A person must decide before the task goes on; it waits for that long at most.
    case held(reason: String)
    /// The job's own last transaction has ended the task, or put it back for later.
    case endedInTransaction
}

/// The end of a task.
public struct TaskEnding: Sendable {
    /// Completed, error or fatal.
    public var status: TaskStatus
    /// The outcome in words.
    public var words: String
    /// The ledger, JSON of the type's own shape.
    public var result: String?

    /// Makes an ending.
    ///
    /// - Throws: `EncodingError` when the ledger has no JSON form.
    public init(_ status: TaskStatus, _ words: String, result: (any Encodable)? = nil) throws {
        self.status = status
        self.words = words
        self.result = try result.map { try JSONText.encode($0) }
    }
}

/// A task in the hands of its job.
///
/// Every write goes through ``guardLease(in:)`` first, in the same transaction: a node that lost
/// its lease writes nothing any more.
public final class TaskRun: Sendable {
    /// The task as it stood when it was claimed.
    public let task: TaskRecord
    /// The database.
    public let database: Database
    /// The names of the places where tests can stop the program.
    public let failpoints: Failpoints
    let lease: String
    private let interruption = Atomic<Bool>(false)
    private let history: Mutex<ProgressHistory>

    init(_ claimed: Claims.Claimed, database: Database, failpoints: Failpoints) {
        task = claimed.task
        lease = claimed.lease
        history = Mutex(claimed.task.history ?? ProgressHistory())
        self.database = database
        self.failpoints = failpoints
    }

    /// The workspace, the actor and the change source of the task, now.
    public var context: Context {
        Context(
            workspace: task.workspace,
            actor: task.startedBy,
            source: task.source,
            moment: database.time.now()
        )
    }

    /// Names this attempt and no other, by digits and letters: for what an attempt that has lost its
    /// lease must not mistake for its own.
    public var attempt: String { lease }

    /// The task's own store.
    public var store: TaskStore { TaskStore(task.workspace) }

    /// The checkpoint as the type's own value, when there is one.
    public func checkpoint<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value? {
        try task.checkpoint.map { try JSONText.decode(type, from: $0) }
    }

    /// Asserts in a transaction that this node still holds the task, and renews the lease.
    ///
    /// - Throws: ``TaskError/leaseLost(_:)``.
    public func guardLease(in transaction: Transaction) throws {
        let isOurs = try transaction.guarded(
            """
            UPDATE task SET lease_until = $4
            WHERE workspace_id = $1 AND id = $2 AND lease = $3 AND status = 'executing'
            """,
            [task.workspace, task.id, lease, transaction.moment + Claims.leaseLength]
        )
        guard isOurs else { throw TaskError.leaseLost(task.id) }
    }

    /// Saves checkpoint and progress in a transaction of the job, asserting the lease.
    public func save(
        checkpoint: some Encodable,
        done: Int64,
        total: Int64?,
        in transaction: Transaction
    ) throws {
        let isOurs = try transaction.guarded(
            """
            UPDATE task SET lease_until = $4, checkpoint = $5, progress_done = $6,
                progress_total = $7, progress_history = coalesce($8, progress_history)
            WHERE workspace_id = $1 AND id = $2 AND lease = $3 AND status = 'executing'
            """,
            [
                task.workspace, task.id, lease, transaction.moment + Claims.leaseLength,
                try JSONText.encode(checkpoint), done, total,
                try noted(done, at: transaction.moment),
            ]
        )
        guard isOurs else { throw TaskError.leaseLost(task.id) }
    }

    /// The history with how far the task is; nil when the last sample is too young.
    private func noted(_ done: Int64, at moment: Instant) throws -> String? {
        let present = history.withLock { history in
            history.note(done, at: moment) ? history : nil
        }
        return try present.map { try JSONText.encode($0) }
    }

    /// Shows progress without a checkpoint.
    public func progress(done: Int64, total: Int64?) async throws {
        try await database.write(.guarded) { [self] transaction in
            let isOurs = try transaction.guarded(
                """
                UPDATE task SET lease_until = $4, progress_done = $5, progress_total = $6
                WHERE workspace_id = $1 AND id = $2 AND lease = $3 AND status = 'executing'
                """,
                [
                    task.workspace, task.id, lease, transaction.moment + Claims.leaseLength, done,
                    total,
                ]
            )
            guard isOurs else { throw TaskError.leaseLost(task.id) }
        }
    }

    /// Adds a line to the task's log.
    ///
    /// - Throws: ``TaskError/leaseLost(_:)``.
    public func step(_ words: String) async throws {
        try await database.write(.guarded) { [self] transaction in
            try guardLease(in: transaction)
            try store.log(words, of: task.id, in: transaction)
        }
    }

    /// Ends the task in a transaction of the job, so that what follows from it is enqueued with it.
    public func end(_ ending: TaskEnding, in transaction: Transaction) throws {
        let row = try transaction.row(
            """
            UPDATE task SET status = $4, outcome = $5, result = coalesce($6, result),
                finished_at = $7, lease = NULL, lease_until = NULL, failure = NULL,
                progress_done = CASE WHEN $4 = 'fatal' THEN progress_done
                    ELSE coalesce(progress_total, progress_done) END
            WHERE workspace_id = $1 AND id = $2 AND lease = $3 AND status = 'executing'
            RETURNING \(TaskFollowers.question)
            """,
            [
                task.workspace, task.id, lease, ending.status, ending.words, ending.result,
                transaction.moment,
            ]
        )
        guard let row else { throw TaskError.leaseLost(task.id) }
        try store.log(ending.words, of: task.id, in: transaction)
        try TaskFollowers(task.workspace).follow(task.id, asked: row, in: transaction)
    }

    /// Puts the task back until a moment in a transaction of the job, so that what it waits for
    /// cannot change between the decision and the wait; this does not count as a failure.
    ///
    /// The job returns ``TaskOutcome/endedInTransaction`` then.
    public func wait(until: Instant, reason: String, in transaction: Transaction) throws {
        try Attempts(self).wait(until: until, reason, in: transaction)
    }

    /// Whether the node shuts down: a run that has reached a safe place ends there.
    ///
    /// Cheap, asks nobody; ``isStopRequested()`` and ``stopRequester(in:)`` throw then.
    public var isInterrupted: Bool { interruption.load(ordering: .relaxed) }

    func interrupt() { interruption.store(true, ordering: .relaxed) }

    /// Whether someone asked the task to stop; asks the database.
    ///
    /// - Throws: ``TaskError/interrupted(_:)`` when the node shuts down: what follows is done by
    ///   another run, from the checkpoint.
    public func isStopRequested() throws -> Bool {
        try database.readBlocking { try stopRequester(in: $0) } != nil
    }

    /// Who asked the task to stop, if anyone did.
    ///
    /// A job that reads this in the transaction that begins a step begins none after a stop.
    ///
    /// - Throws: ``TaskError/interrupted(_:)`` when the node shuts down.
    public func stopRequester(in connection: Connection) throws -> String? {
        guard !isInterrupted else { throw TaskError.interrupted(task.id) }
        return try store.task(task.id, in: connection).stopRequestedBy
    }
}
