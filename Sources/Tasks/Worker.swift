// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Logging

/// Claims tasks and runs their jobs; one in each process that works.
public struct Worker: Sendable {
    let database: Database
    let jobs: [String: any TaskJob]
    let claims: Claims
    let randomness: any Randomness
    let failpoints: Failpoints
    let log: Logger
    /// How many tasks run at once in this process.
    public var capacity = 4

    /// Makes a worker for the given jobs.
    public init(
        database: Database,
        jobs: [any TaskJob],
        randomness: any Randomness = SystemRandomness(),
        failpoints: Failpoints = .none,
        log: Logger = Logger(label: "millrace.tasks")
    ) {
        self.database = database
        self.jobs = Dictionary(uniqueKeysWithValues: jobs.map { ($0.type.name, $0) })
        self.randomness = randomness
        self.failpoints = failpoints
        self.log = log
        claims = Claims(node: .current, randomness: randomness)
    }

    /// Works until it is cancelled: ticks the schedules and runs what is due.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await pulse() }
            for _ in 0..<capacity { group.addTask { await work() } }
        }
    }

    /// Runs everything that is due by now, one task after the other, until nothing is left.
    ///
    /// - Returns: How many runs there were.
    @discardableResult
    public func runUntilIdle() async throws -> Int {
        var count = 0
        while true {
            try await Scheduler(database).runOnce()
            guard let claimed = try await claimOne() else { return count }
            await execute(claimed)
            count += 1
        }
    }

    /// Runs one task if it is due and nobody else has it.
    ///
    /// - Returns: Whether it was run.
    @discardableResult
    public func run(_ id: TaskID, of workspace: WorkspaceID) async throws -> Bool {
        let claimed = try await database.write { transaction in
            try claims.claim(id, of: workspace, now: database.time.now(), in: transaction)
        }
        guard let claimed else { return false }
        await execute(claimed)
        return true
    }

    private func claimOne() async throws -> Claims.Claimed? {
        try await database.write { transaction in
            try claims.claim(1, now: database.time.now(), in: transaction).first
        }
    }

    /// Runs tasks one after the other; waits for the bell or a second when there are none.
    private func work() async {
        while !Task.isCancelled {
            // A stream ends with the wait that is cancelled, so each wait has its own; it listens
            // before the look, or a task that comes in between would wait for the second.
            let bell = database.bell.listen()
            do {
                if let claimed = try await claimOne() {
                    await execute(claimed)
                    continue
                }
            } catch {
                log.error("claiming failed: \(error)")
            }
            await Worker.wait(for: bell, atMost: .seconds(1))
        }
    }

    /// Ticks the schedules and shows that the node is alive, every second.
    private func pulse() async {
        while !Task.isCancelled {
            do {
                try await Scheduler(database).runOnce()
                try await NodeStore(database).beat(claims.node, now: database.time.now())
            } catch {
                log.error("the scheduler failed: \(error)")
            }
            try? await Task.sleep(for: .seconds(1))
        }
        try? await NodeStore(database).leave(claims.node)
    }

    private static func wait(for bell: AsyncStream<Void>, atMost limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { for await _ in bell { return } }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func execute(_ claimed: Claims.Claimed) async {
        let run = TaskRun(claimed, database: database, failpoints: failpoints)
        log.info("task \(claimed.task.id) (\(claimed.task.type)) starts")
        let heart = Task { await keepAlive(run) }
        defer { heart.cancel() }
        do {
            guard let job = jobs[claimed.task.type] else {
                throw TaskError.unknownType(claimed.task.type)
            }
            try await settle(run, try await job.run(run))
        } catch TaskError.leaseLost(let id) {
            log.warning("task \(id) was taken over; this node drops it")
        } catch let error as any SimulatedStop {
            log.warning("stopped by a test: \(error)")
        } catch {
            await fail(run, error)
        }
    }

    private func settle(_ run: TaskRun, _ outcome: TaskOutcome) async throws {
        switch outcome {
        case .endedInTransaction: return
        case .ended(let ending):
            try await database.write { try run.end(ending, in: $0) }
        case .waiting(let until, let reason):
            try await database.write { try Attempts(run).wait(until: until, reason, in: $0) }
        case .held(let reason):
            try await database.write { try Attempts(run).hold(reason, in: $0) }
        }
    }

    private func fail(_ run: TaskRun, _ error: any Error) async {
        log.error("task \(run.task.id) failed: \(error)")
        let policy = jobs[run.task.type]?.type.retry ?? .never
        let chance = Double(randomness.next() >> 11) / Double(1 << 53)
        do {
            try await database.write { transaction in
                try Attempts(run).fail(error, policy: policy, chance: chance, in: transaction)
            }
        } catch {
            log.error("the failure of task \(run.task.id) could not be recorded: \(error)")
        }
    }

    private func keepAlive(_ run: TaskRun) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(15))
            guard !Task.isCancelled else { return }
            try? await database.write { try run.guardLease(in: $0) }
        }
    }
}

/// An error by which a test stops a run as a crash would: nothing is recorded.
public protocol SimulatedStop: Error {}
