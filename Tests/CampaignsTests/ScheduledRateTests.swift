// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct ScheduledRateTests {
    /// Runs what is due each time something is, until a task has ended or so much time has passed.
    private func run(
        _ world: World,
        _ send: ScheduledSend,
        _ transport: TimedTransport,
        for length: Span = .days(3)
    ) async throws {
        let end = world.now + length
        while true {
            try await world.work(transport)
            let task = try world.task(send.task)
            guard task.status == .new, task.runAt <= end else { return world.time.set(end) }
            world.time.set(max(task.runAt, world.now))
        }
    }

    private func most(in moments: [Instant]) -> Int {
        moments.indices.map { first in
            moments[first...].prefix { $0 - moments[first] < .hours(1) }.count
        }.max() ?? 0
    }

    @Test(arguments: TestEngine.allCases)
    func `no hour has more messages than the rate, also over restarts`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let transport = TimedTransport(world)
        let send = try world.schedule(to: world.list(of: world.people(25)), rate: 10)
        try await run(world, send, transport, for: .minutes(30))
        #expect(transport.left.count == 5)
        #expect(try world.task(send.task).waitReason == "it sends at most 10 messages an hour")
        // The node dies with a message in flight, and another goes on where the rate stands.
        world.failpoints.arm("send.handedOver")
        try await run(world, send, transport, for: .minutes(10))
        #expect(try world.task(send.task).status == .executing)
        let left = transport.left.count
        world.time.advance(by: .minutes(2))
        try await run(world, send, transport)
        let done = try world.present(send)
        #expect(done.isCompleted)
        #expect(transport.left.count == 25 && left == 6)
        #expect(most(in: transport.left) <= 10)
        #expect(try world.receipt(send).inFlight == 1)
        let gaps = zip(transport.left, transport.left.dropFirst()).map { $1 - $0 }
        // A slot that is used late does not move the next one by as much.
        #expect(gaps.allSatisfy { $0 >= .seconds(357) })
    }

    @Test(arguments: TestEngine.allCases)
    func `a worker holds no place while a send waits for its rate`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let transport = TimedTransport(world)
        let send = try world.schedule(to: world.list(of: world.people(3)), rate: 1)
        try await world.work(transport)
        let task = try world.task(send.task)
        #expect(task.status == .new && task.runAt > world.now + .minutes(59))
        #expect(transport.left.count == 1)
        #expect(try world.present(send).isRunning)
    }

    @Test(arguments: TestEngine.allCases)
    func `another rate takes effect at once and loses nobody`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let transport = TimedTransport(world)
        let send = try world.schedule(to: world.list(of: world.people(450)), rate: 1)
        try await world.work(transport)
        world.time.advance(by: .minutes(1))
        try await world.work(transport)
        #expect(transport.left.count == 1)
        try setRate(world, send, 360)
        #expect(try world.task(send.task).runAt == world.now)
        try await run(world, send, transport, for: .minutes(10))
        #expect((60...62).contains(transport.left.count))
        try setRate(world, send, 2)
        try await run(world, send, transport, for: .hours(1))
        #expect((62...64).contains(transport.left.count))
        try setRate(world, send, nil)
        try await world.work(transport)
        #expect(transport.left.count == 450)
        #expect(try world.outboxFiles().count == 450)
        #expect(try world.receipt(send).sent == 450)
        #expect(try world.present(send).isCompleted)
    }

    @Test(arguments: TestEngine.allCases)
    func `a rate that is set while messages are handed over holds for the next`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(10)), rate: 5)
        try await world.work(
            ActingTransport(world: world) { try setRate(world, send, nil) }
        )
        #expect(try world.outboxFiles().count == 10)
        let other = try world.schedule(to: world.list("x", of: world.morePeople(300)))
        try await world.work(ActingTransport(world: world) { try setRate(world, other, 5) })
        #expect(try world.outboxFiles().count == 211)
        #expect(try world.task(other.task).waitReason == "it sends at most 5 messages an hour")
    }

    @Test(arguments: TestEngine.allCases)
    func `two workers never exceed the rate together`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let transport = TimedTransport(world)
        let send = try world.schedule(to: world.list(of: world.people(20)), rate: 10)
        for _ in 0..<30 {
            async let first = world.work(transport)
            async let second = world.work(transport)
            _ = try await (first, second)
            world.time.advance(by: .minutes(2))
        }
        #expect(most(in: transport.left) <= 10)
        #expect(transport.left.count == 10)
        #expect(Set(try world.outboxRecipients()).count == 10)
        #expect(try world.receipt(send).sent == 10)
    }

    @Test(arguments: TestEngine.dialects)
    func `two claims at once take one slot between them`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(2)), rate: 1)
        let results = await engine.atOnce(on: world.database) { _, transaction in
            let gate = RateGate(World.workspace, send.send)
            guard case .messages(let count)? = try gate.allowance(in: transaction) else {
                return 0
            }
            try gate.take(count, in: transaction)
            return count
        }
        #expect(try results.map { try $0.get() }.reduce(0, +) == 1)
    }

    private func setRate(_ world: World, _ send: ScheduledSend, _ rate: Int?) throws {
        try world.write { transaction in
            try world.scheduled.setRate(send.id, to: rate, by: world.context, in: transaction)
        }
    }
}

extension World {
    func morePeople(_ count: Int) throws -> [ProfileID] {
        try (0..<count).map { try person("q\($0)@example.com") }
    }
}

/// The outbox, where something else happens while the first group is handed over.
struct ActingTransport: MessageTransport {
    let world: World
    let act: @Sendable () throws -> Void

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        do {
            try act()
        } catch {
            return batch.map { _ in .notHandedOver(reason: "\(error)") }
        }
        return await world.outbox.deliver(batch, mayStart: mayStart)
    }
}
