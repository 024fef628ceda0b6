// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Logging
import Messaging
import Synchronization
import Tasks
import TestSupport

/// A workspace whose tasks are told to a receiver.
final class WebhookWorld: Sendable {
    static let workspace = WorkspaceID(1)
    static let work = TaskType(name: "work", displayName: "Work", queue: "work")

    let time = ManualTime()
    let database: Database
    let receiver: WebhookReceiver
    let failpoints = FailpointRecorder()
    let mayStayInside = Mutex(true)
    let store = WebhookStore(WebhookWorld.workspace)
    let secret = WebhookSecret(randomness: SeededRandomness())

    init(_ engine: TestEngine) throws {
        database = try engine.open(
            migrations: TaskSchema.migrations + WebhookSchema.migrations,
            time: time
        )
        receiver = try WebhookReceiver(secret: secret.reveal())
    }

    var context: Context {
        Context(
            workspace: Self.workspace,
            actor: "ann",
            source: .manualEdit,
            moment: time.now()
        )
    }

    func webhook(_ path: String, _ types: [String] = []) throws -> WebhookID {
        try database.writeBlocking { transaction in
            try store.create(
                url: receiver.url(path),
                types: types,
                by: context,
                in: transaction
            ).id
        }
    }

    func state(_ id: WebhookID) throws -> Webhook? {
        try database.readBlocking { try store.webhook(id, in: $0) }
    }

    func deliveries(_ id: WebhookID) throws -> [WebhookDelivery] {
        try database.readBlocking {
            try WebhookDeliveries(Self.workspace).all(to: id, in: $0)
        }
    }

    /// Runs a task of another type to its end, without what follows it.
    @discardableResult
    func end(_ type: TaskType = WebhookWorld.work) async throws -> TaskID {
        let task = try NewTask(type, info: "people.csv", parameters: 1)
        let made = try database.writeBlocking { transaction in
            try TaskStore(Self.workspace).enqueue(task, by: context, in: transaction)
        }
        let id = made ?? TaskID(0)
        try await worker([WorkJob(type: type)]).run(id, of: Self.workspace)
        return id
    }

    /// Delivers all that is due.
    func deliver(limit: Span = .seconds(15)) async throws {
        let ground = WebhookGround(
            secret: { [secret] _, _, _ in secret },
            allowsInside: { [self] _, _ in mayStayInside.withLock { $0 } }
        )
        let job = WebhookDeliveryJob(
            ground,
            transport: WebhookTransport(timeLimit: limit),
            randomness: SeededRandomness()
        )
        try await worker([job]).runUntilIdle()
    }

    private func worker(_ jobs: [any TaskJob]) -> Worker {
        Worker(
            database: database,
            jobs: jobs,
            randomness: SeededRandomness(),
            failpoints: failpoints.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

private struct WorkJob: TaskJob {
    let type: TaskType

    func run(_ run: TaskRun) async throws -> TaskOutcome {
        .ended(try TaskEnding(.completed, "3 rows.", result: ["rows": 3]))
    }
}
