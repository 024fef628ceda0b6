// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import TestSupport

@testable import Tasks

/// A database with the Tasks room alone, a clock that stands still, and a workspace.
struct World {
    let time: ManualTime
    let database: Database
    let store = TaskStore(WorkspaceID(1))
    let failpoints = FailpointRecorder()

    /// The same world as another node has it: a database object of its own.
    init(_ place: DatabasePlace, time: ManualTime) throws {
        self.time = time
        database = try Database(place.address, migrations: TaskSchema.migrations, time: time)
    }

    init(_ engine: TestEngine, record: (@Sendable (String) -> Void)? = nil) throws {
        time = ManualTime()
        database = try engine.open(migrations: TaskSchema.migrations, time: time, record: record)
    }

    var now: Instant { time.now() }

    var context: Context {
        Context(workspace: WorkspaceID(1), actor: "ann", source: .manualEdit, moment: now)
    }

    static let quick = TaskType(name: "quick", displayName: "Quick", queue: "quick")

    /// Enqueues a task of workspace 1.
    @discardableResult
    func enqueue(
        _ type: TaskType = World.quick,
        info: String = "something",
        lane: String? = nil,
        subjects: TaskSubjects = TaskSubjects(),
        at runAt: Instant? = nil,
        by actor: String = "ann",
        in workspace: WorkspaceID = WorkspaceID(1)
    ) throws -> TaskID {
        let task = try NewTask(
            type,
            info: info,
            parameters: 1,
            subjects: subjects,
            lane: lane,
            runAt: runAt
        )
        var context = context
        context.workspace = workspace
        context.actor = actor
        let id = try database.writeBlocking { transaction in
            try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        }
        guard let id else { throw TaskError.noSuchTask(TaskID(0)) }
        return id
    }

    func task(_ id: TaskID) throws -> TaskRecord {
        try database.readBlocking { try store.task(id, in: $0) }
    }

    func steps(_ id: TaskID) throws -> [String] {
        try database.readBlocking { try store.steps(of: id, in: $0).map(\.words) }
    }

    func sentence(_ id: TaskID) throws -> String? {
        try database.readBlocking { connection in
            try WaitReason.read(store.task(id, in: connection), in: connection).sentence(now: now)
        }
    }

    func history(
        before: TaskID? = nil,
        limit: Int = 50,
        _ change: (inout TaskFilter) -> Void = { _ in }
    ) throws -> [TaskID] {
        var filter = TaskFilter()
        change(&filter)
        return try database.readBlocking {
            try store.history(filter, before: before, limit: limit, in: $0).map(\.id)
        }
    }

    func stop(_ id: TaskID) throws {
        try database.writeBlocking { try store.stop(id, by: context, in: $0) }
    }

    func retry(_ id: TaskID) throws {
        try database.writeBlocking { try store.retry(id, by: context, in: $0) }
    }

    func limit(_ queue: String, to count: Int) throws {
        try database.writeBlocking { try store.limit(queue: queue, to: count, in: $0) }
    }

    /// Claims as a node would.
    func claim(_ free: Int = 1, as node: NodeName = .current) throws -> [Claims.Claimed] {
        let claims = Claims(node: node, randomness: SystemRandomness())
        return try database.writeBlocking(.guarded) { try claims.claim(free, now: now, in: $0) }
    }

    func run(_ claimed: Claims.Claimed) -> TaskRun {
        TaskRun(claimed, database: database, failpoints: failpoints.failpoints)
    }

    func worker(as node: NodeName = .current, _ jobs: any TaskJob...) -> Worker {
        Worker(
            as: node,
            database: database,
            jobs: jobs,
            randomness: SeededRandomness(),
            failpoints: failpoints.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs all that is due with a job that does one thing.
    @discardableResult
    func work(
        _ type: TaskType = World.quick,
        _ body: @escaping @Sendable (TaskRun) async throws -> TaskOutcome = { _ in
            .ended(try TaskEnding(.completed, "Done."))
        }
    ) async throws -> Int {
        try await worker(Job(type: type, body: body)).runUntilIdle()
    }
}

/// A job that a test writes in place.
struct Job: TaskJob {
    let type: TaskType
    let body: @Sendable (TaskRun) async throws -> TaskOutcome

    func run(_ run: TaskRun) async throws -> TaskOutcome { try await body(run) }
}

/// A failure with advice.
struct Failure: RetryAdvising, CustomStringConvertible {
    var retryAdvice: RetryAdvice = .later
    var description: String { "the relay is away" }
}
