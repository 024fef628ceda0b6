// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct LeaseTests {
    private static let elsewhere = NodeName(host: "elsewhere", process: 1, token: "t")

    @Test(arguments: TestEngine.allCases)
    func `a lease that has lapsed is taken over at the checkpoint`(engine: TestEngine) throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let old = world.run(try #require(try world.claim(as: LeaseTests.elsewhere).first))
        try world.database.writeBlocking { transaction in
            try old.save(checkpoint: ["line": 7], done: 7, total: 10, in: transaction)
        }
        world.time.advance(by: Claims.leaseLength)
        #expect(try world.claim().isEmpty)
        world.time.advance(by: .milliseconds(1))
        let new = world.run(try #require(try world.claim().first))
        #expect(new.task.id == id)
        #expect(try new.checkpoint() == ["line": 7])
        #expect(new.task.startedAt == ManualTime.monday)
        #expect(try world.steps(id).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever lost the lease writes nothing any more`(engine: TestEngine) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        let old = world.run(try #require(try world.claim(as: LeaseTests.elsewhere).first))
        world.time.advance(by: .minutes(2))
        _ = try #require(try world.claim().first)
        let before = try (world.task(id), world.steps(id))
        let ending = try TaskEnding(.completed, "Done.")
        let writes: [@Sendable (Transaction) throws -> Void] = [
            { try old.guardLease(in: $0) },
            { try old.save(checkpoint: 1, done: 1, total: 1, in: $0) },
            { try old.end(ending, in: $0) },
            { try Attempts(old).hold("held", in: $0) },
            { try Attempts(old).wait(until: world.now, "waits", in: $0) },
            { try Attempts(old).fail(Failure(), policy: .standard, chance: 0, in: $0) },
            { try Attempts(old).fail(Failure(), policy: .never, chance: 0, in: $0) },
        ]
        for write in writes {
            #expect(throws: TaskError.leaseLost(id)) {
                try world.database.writeBlocking(.serial, write)
            }
        }
        await #expect(throws: TaskError.leaseLost(id)) { try await old.step("A step.") }
        await #expect(throws: TaskError.leaseLost(id)) {
            try await old.progress(done: 1, total: 2)
        }
        #expect(try world.task(id) == before.0)
        #expect(try world.steps(id) == before.1)
    }

    @Test(arguments: TestEngine.allCases)
    func `each write renews the lease`(engine: TestEngine) async throws {
        let world = try World(engine)
        try world.enqueue()
        let run = world.run(try #require(try world.claim(as: LeaseTests.elsewhere).first))
        for _ in 0..<3 {
            world.time.advance(by: .seconds(50))
            try await run.progress(done: 1, total: 2)
        }
        #expect(try world.claim().isEmpty)
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            (NodeName(here: .max - 1), true),
            (NodeName(here: NodeName.current.process), true),
            (NodeName(here: 1), false),
            // The same host before it was started again, or a container of the same name.
            (NodeName(host: NodeName.current.host, process: .max - 1, token: "t"), false),
            (NodeName(host: "elsewhere", process: .max - 1, token: "t"), false),
            (NodeName.current, false),
        ]
    )
    func `tasks of a process of this host that is gone are taken at once`(
        engine: TestEngine,
        node: (name: NodeName, isGone: Bool)
    ) throws {
        let world = try World(engine)
        let id = try world.enqueue()
        try #require(try world.claim(as: node.name).count == 1)
        #expect(node.name.isGone == node.isGone)
        #expect(try world.claim().map(\.task.id) == (node.isGone ? [id] : []))
    }

    @Test(arguments: TestEngine.allCases)
    func `a crash leaves the task executing, and the next claim goes on`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.enqueue()
        world.failpoints.arm("middle")
        let body: @Sendable (TaskRun) async throws -> TaskOutcome = { run in
            try run.failpoints.pass("middle")
            return .ended(try TaskEnding(.completed, "Done."))
        }
        try await world.work(World.quick, body)
        #expect(try world.task(id).status == .executing)
        world.time.advance(by: .minutes(2))
        try await world.work(World.quick, body)
        #expect(try world.task(id).status == .completed)
        #expect(try world.task(id).attempts == 2)
    }
}

extension NodeName {
    /// Another process of this machine.
    fileprivate init(here process: Int32) {
        self.init(
            host: NodeName.current.host,
            process: process,
            realm: NodeName.current.realm,
            token: "t"
        )
    }
}
