// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Logging
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct RelayTests {
    /// Adds a relay of a workspace.
    private func relay(
        _ world: World,
        _ name: String,
        port: Int,
        position: Int = 0,
        cap: Int? = nil
    ) throws -> Relay {
        try world.write { transaction in
            let made = try RelayStore(World.workspace).create(
                Relay(name, host: "127.0.0.1", port: port, position: position),
                by: world.context,
                in: transaction
            )
            try ProviderGate(World.workspace, .relay(made.id)).setCap(cap, in: transaction)
            return made
        }
    }

    private func routes(_ world: World) -> RelayRoutes {
        RelayRoutes(standard: world.outbox, name: "the outbox") { _, _, _ in nil }
    }

    private func work(_ world: World, _ routes: RelayRoutes) async throws {
        try await Worker(
            database: world.database,
            jobs: [
                SendJob(
                    mailRoutes: routes,
                    texts: TextGround(outbox: world.texts)
                )
            ],
            randomness: SeededRandomness(),
            failpoints: world.failpoints.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
    }

    private func state(_ world: World, _ relay: Relay) throws -> ProviderState {
        try world.read { try ProviderGate(World.workspace, .relay(relay.id)).state(in: $0) }
    }

    @Test(arguments: TestEngine.dialects)
    func `without relays mails go the standard way, with them to the first`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let routes = routes(world)
        _ = try world.start(world.campaign(), to: [try world.person("a@example.com")])
        try await work(world, routes)
        #expect(try world.outboxFiles().count == 1)
        let server = try MailServer()
        let second = try MailServer()
        _ = try relay(world, "second", port: second.port, position: 1)
        _ = try relay(world, "first", port: server.port)
        _ = try world.start(world.campaign(), to: [try world.person("b@example.com")])
        try await work(world, routes)
        #expect(try server.recipients() == ["b@example.com"])
        #expect(try second.recipients().isEmpty && world.outboxFiles().count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `what a relay that is gone does not take goes to the next at once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let (away, server) = (try MailServer(), try MailServer())
        let first = try relay(world, "first", port: away.port)
        _ = try relay(world, "second", port: server.port, position: 1)
        away.stop()
        let started = try world.start(world.campaign(), to: try world.people(30))
        try await work(world, routes(world))
        #expect(try world.ledger(started.send).sent == 30)
        #expect(Set(try server.recipients()).count == 30)
        #expect(try server.recipients().count == 30)
        #expect(try state(world, first).isPaused(at: world.now))
        let steps = try world.read { try world.tasks.steps(of: started.task, in: $0) }
        #expect(steps.contains { $0.words.hasPrefix("the relay first is paused until") })
    }

    @Test(arguments: TestEngine.dialects)
    func `a run of errors pauses the only relay, and one message tries it later`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let away = try MailServer()
        let only = try relay(world, "only", port: away.port)
        away.stop()
        let routes = routes(world)
        let started = try world.start(world.campaign(), to: try world.people(30))
        try await work(world, routes)
        let waiting = try world.task(started.task)
        #expect(waiting.status == .new)
        world.time.set(waiting.runAt)
        try await work(world, routes)
        let paused = try world.task(started.task)
        #expect(
            paused.waitReason?.hasPrefix("the relay only is paused until then: the last 30") == true
        )
        #expect(paused.runAt == ManualTime.monday + .minutes(5))
        world.time.set(paused.runAt)
        try await work(world, routes)
        #expect(try state(world, only).failures == 31)
        #expect(try world.task(started.task).runAt == world.now + .minutes(10))
        let server = try MailServer()
        var changed = only
        changed.port = server.port
        try world.write { transaction in
            try RelayStore(World.workspace).update(changed, in: transaction) { _ in }
            try ProviderGate(World.workspace, .relay(only.id)).resume(in: transaction)
        }
        // Who waited for the relay looks again at once.
        #expect(try world.task(started.task).runAt == world.now)
        for _ in 0..<10 {
            try await work(world, routes)
            let task = try world.task(started.task)
            guard !task.status.isEnded else { break }
            world.time.set(task.runAt)
        }
        #expect(try world.ledger(started.send).sent == 30)
        #expect(try server.recipients().count == 30)
        #expect(try state(world, only).failures == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `a person pauses and resumes a relay, and what waits says why`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let only = try relay(world, "only", port: server.port)
        let gate = ProviderGate(World.workspace, .relay(only.id))
        try world.write { try gate.pause(reason: "maintenance", in: $0) }
        let started = try world.start(world.campaign(), to: try world.people(3))
        let routes = routes(world)
        try await work(world, routes)
        #expect(try server.recipients().isEmpty)
        #expect(
            try world.task(started.task).waitReason
                == "the relay only is paused until someone resumes it: maintenance"
        )
        try world.write { try gate.resume(in: $0) }
        try await work(world, routes)
        #expect(try server.recipients().count == 3)
    }

    @Test(arguments: TestEngine.dialects)
    func `a cap holds for all sends together, over restarts, and follows a change`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let only = try relay(world, "only", port: server.port, cap: 3_600)
        let first = try world.start(world.campaign("A"), to: try world.people(100))
        let second = try world.start(world.campaign("B"), to: try world.morePeople(100))
        try await run(world, for: .minutes(1))
        #expect((50...60).contains(try server.recipients().count))
        // Another process: nothing of the cap is kept in memory.
        try await run(world, for: .minutes(1))
        #expect((110...120).contains(try server.recipients().count))
        let gate = ProviderGate(World.workspace, .relay(only.id))
        try world.write { try gate.setCap(nil, in: $0) }
        try await run(world, for: .minutes(1))
        #expect(try server.recipients().count == 200)
        #expect(try world.ledger(first.send).sent == 100)
        #expect(try world.ledger(second.send).sent == 100)
    }

    @Test(arguments: TestEngine.dialects)
    func `where a cap holds, the send with the higher priority goes first`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        _ = try relay(world, "only", port: server.port, cap: 3_600)
        let low = try world.start(world.campaign("A"), to: try world.people(100))
        let high = try world.start(world.campaign("B"), to: try world.morePeople(50))
        try world.write { try world.sends.prioritise(high.send, 5, in: $0) }
        try await run(world, for: .minutes(1))
        #expect(try world.ledger(high.send).sent >= 40)
        #expect(try world.ledger(low.send).sent <= 20)
        try await run(world, for: .minutes(3))
        #expect(try world.ledger(low.send).sent == 100)
    }

    /// Works on whenever something is due, with routes of its own.
    private func run(_ world: World, for length: Span) async throws {
        let end = world.now + length
        let routes = routes(world)
        while true {
            try await work(world, routes)
            let next = try world.read { connection in
                try connection.rows(
                    "SELECT run_at FROM task WHERE workspace_id = $1 AND status = 'new'",
                    [World.workspace]
                ).map { try $0.get("run_at", as: Instant.self) }
            }.min()
            guard let next, next < end else { return world.time.set(end) }
            world.time.set(max(next, world.now))
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `connections of relays that are gone or switched off are not kept`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let made = try ["one", "two", "three"].map { try relay(world, $0, port: 25) }
        let routes = routes(world)
        func count() throws -> Int {
            try world.read { try routes.routes(of: World.workspace, in: $0).count }
        }
        #expect(try count() == 3 && routes.keptCount == 3)
        var off = made[1]
        off.isActive = false
        try world.write { [off] transaction in
            let store = RelayStore(World.workspace)
            try store.delete(made[0].id, in: transaction)
            try store.update(off, in: transaction) { _ in }
        }
        #expect(try count() == 1 && routes.keptCount == 1)
        try world.write { try RelayStore(World.workspace).delete(made[2].id, in: $0) }
        // The standard one is left.
        #expect(try count() == 1 && routes.keptCount == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `relays are checked, named once, and gone with what was known of them`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let made = try relay(world, "one", port: 25, cap: 10)
        #expect(throws: CampaignError.self) { try relay(world, "one", port: 25) }
        #expect(throws: CampaignError.self) { try relay(world, "two", port: 0) }
        let bad = Relay("bad", host: "a b")
        #expect(throws: CampaignError.self) {
            try world.write {
                try RelayStore(World.workspace).create(bad, by: world.context, in: $0)
            }
        }
        #expect(try state(world, made).cap == 10)
        try world.write { try RelayStore(World.workspace).delete(made.id, in: $0) }
        #expect(try state(world, made) == ProviderState())
        #expect(try world.read { try RelayStore(World.workspace).all(in: $0) }.isEmpty)
    }
}
