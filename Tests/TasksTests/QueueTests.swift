// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct QueueTests {
    @Test(arguments: TestEngine.allCases)
    func `tasks are claimed in the order in which they are due`(engine: TestEngine) throws {
        let world = try World(engine)
        let late = try world.enqueue(at: world.now + .seconds(30))
        let first = try world.enqueue(at: world.now - .minutes(1))
        let second = try world.enqueue()
        let third = try world.enqueue()
        #expect(try world.claim(4).map(\.task.id) == [first, second, third])
        world.time.advance(by: .seconds(30))
        #expect(try world.claim(4).map(\.task.id) == [late])
        #expect(try world.claim(4).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `two nodes never claim one task`(engine: TestEngine) async throws {
        let world = try World(engine)
        try world.limit("quick", to: 100)
        for _ in 0..<40 { try world.enqueue() }
        let claimed = try await withThrowingTaskGroup(of: [TaskID].self) { group in
            for number in 0..<4 {
                let node = NodeName(host: "node\(number)", process: 1, token: "t")
                group.addTask {
                    try (0..<15).flatMap { _ in try world.claim(1, as: node).map(\.task.id) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 40)
        #expect(Set(claimed).count == 40)
    }

    @Test(arguments: TestEngine.allCases)
    func `tasks of one lane run one at a time, and those behind it say so`(
        engine: TestEngine
    ) throws {
        let world = try World(engine)
        let first = try world.enqueue(lane: "import:1")
        let second = try world.enqueue(lane: "import:1")
        let other = try world.enqueue(lane: "import:2")
        let claimed = try world.claim(4)
        #expect(claimed.map(\.task.id) == [first, other])
        #expect(
            try world.sentence(second) == "It waits for task \(first), which runs before it."
        )
        try world.database.writeBlocking { transaction in
            try world.run(claimed[0]).end(TaskEnding(.completed, "Done."), in: transaction)
        }
        #expect(try world.claim(4).map(\.task.id) == [second])
    }

    @Test(arguments: TestEngine.allCases)
    func `the limit of a queue holds, and counts anew when it is changed`(
        engine: TestEngine
    ) throws {
        let world = try World(engine)
        let tasks = try (0..<8).map { _ in try world.enqueue() }
        #expect(try world.claim(8).count == ClaimRule.standardLimit)
        #expect(
            try world.sentence(tasks[7])
                == "It waits for a place: at most 4 tasks of the queue quick run at once."
        )
        try world.limit("quick", to: 6)
        #expect(try world.claim(8).count == 2)
        try world.limit("quick", to: 2)
        #expect(try world.claim(8).isEmpty)
        try world.limit("quick", to: 7)
        #expect(try world.claim(8).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `limits are those of one workspace`(engine: TestEngine) throws {
        let world = try World(engine)
        for _ in 0..<5 { try world.enqueue() }
        let elsewhere = try world.enqueue(in: WorkspaceID(2))
        let claimed = try world.claim(8)
        #expect(claimed.count == 5)
        let others = claimed.filter { $0.task.workspace == WorkspaceID(2) }
        #expect(others.map(\.task.id) == [elsewhere])
    }

    @Test(arguments: TestEngine.allCases)
    func `a long queue that is full does not hide the tasks of others`(engine: TestEngine) throws {
        let world = try World(engine)
        let bulk = TaskType(name: "bulk", displayName: "Bulk", queue: "bulk")
        for _ in 0..<600 { try world.enqueue(bulk) }
        let other = try world.enqueue()
        #expect(try world.claim(4).allSatisfy { $0.task.queue == "bulk" })
        #expect(try world.claim(4).map(\.task.id) == [other])
    }

    @Test(arguments: TestEngine.allCases)
    func `a long lane that is taken does not hide what stands behind it in its queue`(
        engine: TestEngine
    ) throws {
        let world = try World(engine)
        let first = try world.enqueue(lane: "import:1")
        for _ in 0..<(Backlog.pageSize * 2) { try world.enqueue(lane: "import:1") }
        let free = try world.enqueue()
        let elsewhere = try world.enqueue(in: WorkspaceID(2))
        #expect(try world.claim(1).map(\.task.id) == [first])
        let rest = try world.claim(4).map(\.task)
        let wanted = [WorkspaceID(1): free, WorkspaceID(2): elsewhere]
        #expect(Dictionary(uniqueKeysWithValues: rest.map { ($0.workspace, $0.id) }) == wanted)
    }

    @Test(arguments: TestEngine.allCases)
    func `of many full queues the one that waits longest is served first`(
        engine: TestEngine
    ) throws {
        let world = try World(engine)
        let full = TaskType(name: "a", displayName: "A", queue: "a")
        try world.limit("a", to: 0)
        for _ in 0...Backlog.pageSize { try world.enqueue(full) }
        let order = ["d", "b", "c"].map { TaskType(name: $0, displayName: $0, queue: $0) }
        var wanted: [TaskID] = []
        for (offset, type) in order.enumerated() {
            let due = world.now - .seconds(Int64(10 - offset))
            // Older than the full ones would be on the first page.
            wanted.append(try world.enqueue(type, at: due + .seconds(10)))
        }
        world.time.advance(by: .seconds(10))
        #expect(try world.claim(3).map(\.task.id) == wanted)
        _ = try world.enqueue(order[0], at: world.now + .hours(1))
        #expect(try world.claim(3).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `one task is claimed ahead of others, but not past its lane or limit`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let type = World.quick
        try world.enqueue()
        let wanted = try world.enqueue(lane: "a")
        let behind = try world.enqueue(lane: "a")
        let worker = world.worker(
            Job(type: type) { run in
                let inner = world.worker(Job(type: type) { _ in throw Failure() })
                #expect(try await inner.run(behind, of: WorkspaceID(1)) == false)
                return .ended(try TaskEnding(.completed, run.task.info))
            }
        )
        #expect(try await worker.run(wanted, of: WorkspaceID(1)))
        #expect(try world.task(wanted).status == .completed)
        #expect(try world.task(behind).status == .new)
        #expect(try await worker.run(wanted, of: WorkspaceID(1)) == false)
    }

    private typealias Entry = ClaimRule.Entry

    private static func entry(_ id: Int64, _ lane: String?, _ workspace: Int64 = 1) -> Entry {
        Entry(workspace: WorkspaceID(workspace), id: TaskID(id), queue: "q", lane: lane)
    }

    @Test(arguments: [
        (executing: [entry(1, nil)], limit: 2, lane: nil as String?, isFree: true),
        (executing: [entry(1, nil), entry(2, nil)], limit: 2, lane: nil, isFree: false),
        (executing: [entry(1, nil), entry(2, nil, 2)], limit: 2, lane: nil, isFree: true),
        (executing: [entry(1, "x")], limit: 2, lane: "x", isFree: false),
        (executing: [entry(1, "x")], limit: 2, lane: "y", isFree: true),
        (executing: [entry(1, "x", 2)], limit: 2, lane: "x", isFree: true),
        (executing: [], limit: 0, lane: nil, isFree: false),
    ])
    private func `the claim rule`(
        executing: [Entry],
        limit: Int,
        lane: String?,
        isFree: Bool
    ) {
        let key = ClaimRule.QueueKey(workspace: WorkspaceID(1), queue: "q")
        var rule = ClaimRule(executing: executing, limits: [key: limit])
        let entry = QueueTests.entry(9, lane)
        #expect((rule.obstacle(to: entry) == nil) == isFree)
        #expect(rule.admit(entry) == isFree)
        #expect(rule.executing.contains(entry) == isFree)
    }
}
