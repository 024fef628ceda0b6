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
    let running = RunningTasks()
    /// How many tasks run at once in this process.
    public var capacity = 4
    /// How often it looks for tasks that nobody rang for.
    public var poll = Duration.seconds(1)
    /// How long runs may go on after the worker was cancelled, until they reach a safe place.
    public var drainLimit = Duration.seconds(30)
    /// How long putting back what was cancelled may take: a database that does not answer must not
    /// keep the node from ending.
    public var giveBackLimit = Duration.seconds(5)

    /// Makes a worker for the given jobs.
    public init(
        database: Database,
        jobs: [any TaskJob],
        randomness: any Randomness = SystemRandomness(),
        failpoints: Failpoints = .none,
        log: Logger = Logger(label: "millrace.tasks")
    ) {
        self.init(
            as: .current,
            database: database,
            jobs: jobs,
            randomness: randomness,
            failpoints: failpoints,
            log: log
        )
    }

    init(
        as node: NodeName,
        database: Database,
        jobs: [any TaskJob],
        randomness: any Randomness,
        failpoints: Failpoints,
        log: Logger
    ) {
        self.database = database
        self.jobs = Dictionary(uniqueKeysWithValues: jobs.map { ($0.type.name, $0) })
        self.randomness = randomness
        self.failpoints = failpoints
        self.log = log
        claims = Claims(node: node, randomness: randomness)
    }

    /// How many tasks it is running.
    ///
    /// After ``run()`` has ended: how many would not end in time; the process should exit then.
    public var runningTasks: Int { running.count }

    /// Works until it is cancelled: ticks the schedules and runs what is due.
    ///
    /// Then it claims nothing more. Runs end, or reach a safe place and are put back; those that do
    /// neither within ``drainLimit`` are cancelled and put back all the same.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await tickSchedules() }
            group.addTask { await dispatch() }
        }
        // What is cancelled already could not wait.
        await Task { await drain() }.value
    }

    /// Runs everything that is due by now, one task after the other, until nothing is left.
    ///
    /// - Returns: How many runs there were.
    @discardableResult
    public func runUntilIdle() async throws -> Int {
        var count = 0
        while true {
            try await Scheduler(database).runOnce()
            guard let claimed = try await claim(1).first else { return count }
            await execute(TaskRun(claimed, database: database, failpoints: failpoints))
            count += 1
        }
    }

    /// Runs one task if it is due and nobody else has it.
    ///
    /// - Returns: Whether it was run.
    @discardableResult
    public func run(_ id: TaskID, of workspace: WorkspaceID) async throws -> Bool {
        let claimed = try await database.write(.guarded) { transaction in
            try claims.claim(id, of: workspace, now: transaction.moment, in: transaction)
        }
        guard let claimed else { return false }
        await execute(TaskRun(claimed, database: database, failpoints: failpoints))
        return true
    }

    /// Claims some tasks, after a look without the lock that claims take.
    ///
    /// `held` are the leases of all runs of this node; what else it has claimed, by its name, is put
    /// back. Nil when that is not known.
    private func claim(
        _ free: Int,
        holding held: Set<String>? = nil
    ) async throws -> [Claims.Claimed] {
        let isWorthwhile = try await database.read { connection in
            try claims.isWorthwhile(now: database.time.now(), holding: held, in: connection)
        }
        guard isWorthwhile else { return [] }
        return try await database.write(.guarded) { transaction in
            try claims.claim(free, now: transaction.moment, holding: held, in: transaction)
        }
    }

    /// Keeps every place taken; waits for the bell, an end or the next look when nothing is due.
    private func dispatch() async {
        while !Task.isCancelled {
            // A stream ends with the wait that is cancelled, so each wait has its own; it listens
            // before the look, or what comes in between would wait for the next.
            let wakes = [database.bell.listen(), running.freed.listen()]
            let free = capacity - running.count
            if free > 0, await start(free) == free { continue }
            await Worker.wait(for: wakes, atMost: poll)
        }
    }

    /// Claims and starts tasks; tells how many.
    private func start(_ free: Int) async -> Int {
        do {
            let claimed = try await claim(free, holding: Set(running.all.map(\.lease)))
            for task in claimed {
                let run = TaskRun(task, database: database, failpoints: failpoints)
                running.start(run) { await execute(run) }
            }
            return claimed.count
        } catch {
            log.error("claiming failed: \(error)")
            return 0
        }
    }

    /// Ticks the schedules every second.
    private func tickSchedules() async {
        while !Task.isCancelled {
            do {
                try await Scheduler(database).runOnce()
            } catch {
                log.error("the scheduler failed: \(error)")
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    static func wait(for wakes: [AsyncStream<Void>], atMost limit: Duration) async {
        await withTaskGroup { group in
            for wake in wakes { group.addTask { for await _ in wake { return } } }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
