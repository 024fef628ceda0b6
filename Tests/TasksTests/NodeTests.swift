// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Synchronization
import TestSupport
import Testing

@testable import Tasks

/// Several nodes, each with a database object of its own, share one queue.
@Suite struct NodeTests {
    private static let engines: [TestEngine] = [.file, .postgres]

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `two nodes drain a queue, and each task runs once`(engine: TestEngine) async throws {
        let nodes = try Nodes(engine)
        try nodes.worlds[0].limit("quick", to: 100)
        for _ in 0..<500 { try nodes.worlds[0].enqueue() }
        let runs = Mutex<[TaskID: Int]>([:])
        try await nodes.work(until: 500) { run in
            runs.withLock { $0[run.task.id, default: 0] += 1 }
        }
        let counts = runs.withLock { $0 }
        #expect(counts.count == 500)
        #expect(counts.values.allSatisfy { $0 == 1 })
        let ended = try nodes.worlds[0].history(limit: 1_000) { $0.statuses = [.completed] }
        #expect(ended.count == 500)
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `limits of queues and lanes hold across nodes`(engine: TestEngine) async throws {
        let nodes = try Nodes(engine)
        try nodes.worlds[0].limit("quick", to: 3)
        for number in 0..<80 {
            try nodes.worlds[0].enqueue(lane: number % 2 == 0 ? "lane:\(number % 4)" : nil)
        }
        let crowd = Crowd()
        try await nodes.work(until: 80) { run in
            crowd.enter(run.task.lane)
            // Asks the database, so that the runs of both nodes overlap.
            for _ in 0..<3 { try await run.progress(done: 1, total: 2) }
            crowd.leave(run.task.lane)
        }
        #expect(crowd.mostAtOnce <= 3)
        #expect(crowd.mostOfOneLane == 1)
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `claims of four nodes at once never pass a limit`(engine: TestEngine) async throws {
        let nodes = try Nodes(engine, count: 4)
        for round in 0..<20 {
            let queue = TaskType(name: "q\(round)", displayName: "Q", queue: "q\(round)")
            for number in 0..<12 {
                try nodes.worlds[0].enqueue(queue, lane: number < 6 ? "lane:\(round)" : nil)
            }
            let claimed = try await nodes.atOnce { world, name in
                try world.claim(3, as: name).map(\.task)
            }
            #expect(claimed.count == ClaimRule.standardLimit)
            #expect(Set(claimed.map(\.id)).count == claimed.count)
            #expect(claimed.count { $0.lane != nil } == 1)
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `two schedulers at once make one task for each due time`(
        engine: TestEngine
    ) async throws {
        let nodes = try Nodes(engine)
        let world = nodes.worlds[0]
        let recurrence = try #require(Recurrence(.hourly(every: 1, from: world.now), in: .utc))
        try await world.database.write { transaction in
            for number in 0..<3 {
                _ = try ScheduleStore(WorkspaceID(1)).create(
                    NewTask(World.quick, info: "hourly \(number)", parameters: 1),
                    recurrence: recurrence,
                    isActive: true,
                    by: world.context,
                    in: transaction
                )
            }
        }
        for _ in 0..<40 {
            nodes.time.advance(by: .hours(1))
            _ = try await nodes.atOnce { world, _ in
                [try await Scheduler(world.database).runOnce()]
            }
        }
        let due = try world.history(limit: 1_000).map { try world.task($0) }
        #expect(due.count == 120)
        #expect(Set(due.map { "\($0.info) \($0.dueAt?.microseconds ?? 0)" }).count == 120)
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `the tasks of a node that died are taken over at their checkpoints`(
        engine: TestEngine
    ) async throws {
        let nodes = try Nodes(engine)
        let world = nodes.worlds[0]
        let ids = try (0..<3).map { _ in try world.enqueue() }
        for claimed in try world.claim(3, as: nodes.names[0]) {
            try await world.database.write { transaction in
                let run = world.run(claimed)
                try run.save(checkpoint: ["at": 5], done: 5, total: 9, in: transaction)
            }
        }
        nodes.time.advance(by: .seconds(61))
        let checkpoints = Mutex<[TaskID: [String: Int]]>([:])
        try await nodes.work(until: 3, with: [1]) { run in
            let checkpoint: [String: Int]? = try run.checkpoint()
            checkpoints.withLock { $0[run.task.id] = checkpoint }
        }
        let wanted = Dictionary(uniqueKeysWithValues: ids.map { ($0, ["at": 5]) })
        #expect(checkpoints.withLock { $0 } == wanted)
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `a claim that its own node never learnt of is put back at once`(
        engine: TestEngine
    ) async throws {
        let nodes = try Nodes(engine)
        let id = try nodes.worlds[0].enqueue()
        try #require(try nodes.worlds[0].claim(1, as: nodes.names[0]).count == 1)
        try await nodes.work(until: 1, with: [0]) { _ in }
        #expect(try nodes.worlds[0].task(id).status == .completed)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a task wakes a worker on another node well before its next look`() async throws {
        let nodes = try Nodes(.postgres)
        let (stream, ended) = AsyncStream.makeStream(of: TaskID.self)
        var worker = nodes.worlds[1].worker(
            as: nodes.names[1],
            Job(type: World.quick) { run in
                ended.yield(run.task.id)
                return .ended(try TaskEnding(.completed, "Done."))
            }
        )
        worker.poll = .seconds(600)
        let work = Task { [worker] in await worker.run() }
        var runs = stream.makeAsyncIterator()
        for _ in 0..<5 {
            let id = try nodes.worlds[0].enqueue()
            #expect(await runs.next() == id)
        }
        work.cancel()
        await work.value
    }

    @Test(arguments: TestEngine.allCases)
    func `nodes are listed by their heartbeats, lost ones for a day`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let nodes = NodeStore(world.database)
        let names = ["a", "b"].map { NodeName(host: $0, process: 1, token: "t") }
        for name in names {
            try await nodes.beat(name, roles: ["api", "worker"], version: "1", running: 0)
        }
        world.time.advance(by: .seconds(31))
        try await nodes.beat(names[1], roles: ["api", "worker"], version: "1", running: 3)
        let listed = try await nodes.all()
        #expect(listed.map(\.name) == names.map(\.text))
        #expect(listed.map(\.roles) == [["api", "worker"], ["api", "worker"]])
        #expect(listed.map(\.running) == [0, 3])
        #expect(listed.map(\.startedAt) == [ManualTime.monday, ManualTime.monday])
        #expect(listed.map { $0.isLost(now: world.now) } == [true, false])
        #expect(try await nodes.forgetLost() == 0)
        world.time.advance(by: .hours(24))
        #expect(try await nodes.forgetLost() == 1)
        #expect(try await nodes.all().map(\.name) == [names[1].text])
        try await nodes.leave(names[1])
        #expect(try await nodes.all().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a heartbeat lists its node and takes it off at its end`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let (stream, beaten) = AsyncStream.makeStream(of: Void.self)
        let heartbeat = Heartbeat(
            world.database,
            roles: ["console"],
            version: "9",
            running: {
                beaten.yield()
                return 2
            },
            pause: .milliseconds(1)
        )
        let beating = Task { await heartbeat.run() }
        var beats = stream.makeAsyncIterator()
        // The second beat says that the first was written.
        for _ in 0..<2 { await beats.next() }
        let listed = try await NodeStore(world.database).all()
        #expect(listed.map(\.name) == [NodeName.current.text])
        #expect(listed.map(\.version) == ["9"])
        beating.cancel()
        await beating.value
        #expect(try await NodeStore(world.database).all().isEmpty)
    }
}

/// Nodes of one database.
private struct Nodes {
    let place: DatabasePlace
    let time = ManualTime()
    let worlds: [World]
    let names: [NodeName]

    init(_ engine: TestEngine, count: Int = 2) throws {
        let place = try engine.place(migrations: TaskSchema.migrations)
        let time = self.time
        self.place = place
        worlds = try (0..<count).map { _ in try World(place, time: time) }
        names = (0..<count).map { NodeName(host: "node\($0)", process: 1, token: "t") }
    }

    /// Lets nodes work until so many runs have ended.
    func work(
        until count: Int,
        with numbers: [Int] = [0, 1],
        _ body: @escaping @Sendable (TaskRun) async throws -> Void
    ) async throws {
        let (stream, ended) = AsyncStream.makeStream(of: Void.self)
        let job = Job(type: World.quick) { run in
            try await body(run)
            ended.yield()
            return .ended(try TaskEnding(.completed, "Done."))
        }
        let workers = numbers.map { number in
            let worker = worlds[number].worker(as: names[number], job)
            return Task { await worker.run() }
        }
        var ends = stream.makeAsyncIterator()
        for _ in 0..<count { await ends.next() }
        for worker in workers { worker.cancel() }
        for worker in workers { await worker.value }
    }

    /// Lets all nodes do something at once.
    func atOnce<Found: Sendable>(
        _ body: @escaping @Sendable (World, NodeName) async throws -> [Found]
    ) async throws -> [Found] {
        try await withThrowingTaskGroup(of: [Found].self) { group in
            for (world, name) in zip(worlds, names) {
                group.addTask { try await body(world, name) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// Counts how many are inside at once.
private final class Crowd: Sendable {
    private struct State {
        var now = 0
        var lanes: [String: Int] = [:]
        var most = 0
        var mostOfLane = 0
    }

    private let state = Mutex(State())

    var mostAtOnce: Int { state.withLock { $0.most } }
    var mostOfOneLane: Int { state.withLock { $0.mostOfLane } }

    func enter(_ lane: String?) {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
            guard let lane else { return }
            state.lanes[lane, default: 0] += 1
            state.mostOfLane = max(state.mostOfLane, state.lanes[lane] ?? 0)
        }
    }

    func leave(_ lane: String?) {
        state.withLock { state in
            state.now -= 1
            if let lane { state.lanes[lane, default: 0] -= 1 }
        }
    }
}
