// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import Synchronization
import TestSupport
import Testing

@testable import Tasks

@Suite struct ScheduledStopTests {
    @Test(arguments: TestEngine.allCases)
    func `one that is cancelled before its time sends nothing and plans nobody`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(3)), at: world.now + .days(9))
        let receipt = try await world.scheduled
            .cancel(send.id, by: world.context, on: world.database)
        #expect(receipt.isFinal && receipt.neverSent == 3 && receipt.targeted == 3)
        try await world.work()
        let cancelled = try world.present(send)
        #expect(cancelled.isCancelled && !cancelled.isCompleted)
        #expect(cancelled.endedAt == world.now && cancelled.beganAt == nil)
        #expect(try world.task(send.task).status == .completed)
        #expect(try world.interactions(send.send).isEmpty)
        world.time.advance(by: .days(10))
        #expect(try await world.work() == 0)
        #expect(try world.outboxFiles().isEmpty)
        let again = try await world.scheduled
            .cancel(send.id, by: world.context, on: world.database)
        #expect(again == receipt)
        let target = send.target
        #expect(try world.read { try world.scheduled.openSend(to: target, in: $0) } == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `no message leaves after a cancellation has returned, and its receipt adds up`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(450)))
        let stop = Stop(world: world, send: send)
        try await world.work(stop)
        // It returned while the first group was about to be handed over: two seconds later.
        let receipt = try #require(stop.receipt)
        #expect(receipt.targeted == 450 && receipt.sent == 0 && !receipt.isFinal)
        #expect(receipt.inFlight == 200 && receipt.neverSent == 250)
        #expect(try world.outboxFiles().isEmpty)
        #expect(world.now > ManualTime.monday + .seconds(2))
        let last = try world.receipt(send)
        #expect(last.isFinal && last.sent == 0 && last.inFlight == 0 && last.neverSent == 450)
        #expect(try world.present(send).isCancelled)
        #expect(!(try world.present(send)).isCompleted)
        let held = try world.read { connection in
            try world.scheduled.entries(.neverSent, of: send.id, in: connection)
        }
        #expect(held.count == 450 && held.allSatisfy { $0.state == .stopped })
        let task = try world.task(send.task)
        #expect(task.status == .completed && task.outcome?.hasPrefix("Stopped by ann") == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `what was handed over before a cancellation stands in the receipt`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(30)), rate: 10)
        try await world.work()
        world.time.set(try world.task(send.task).runAt)
        try await world.work()
        let receipt = try await world.scheduled
            .cancel(send.id, by: world.context, on: world.database)
        #expect(receipt.sent == 2 && receipt.neverSent == 28 && !receipt.isFinal)
        try await world.work()
        #expect(try world.receipt(send).isFinal)
        #expect(try world.outboxFiles().count == 2)
        #expect(try world.ledger(send.send).closes)
    }

    @Test(arguments: TestEngine.allCases)
    func `one stopped in Task History is cancelled`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(5))
        let waiting = try world.schedule(to: list, at: world.now + .days(1))
        let running = try world.schedule(to: list, rate: 1)
        try await world.work()
        for send in [waiting, running] {
            try world.write { try world.tasks.stop(send.task, by: world.context, in: $0) }
            try await world.work()
            let stopped = try world.present(send)
            #expect(stopped.isCancelled && !stopped.isCompleted && stopped.endedAt == world.now)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a cancelled one sends nothing when its task is retried before it has closed`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(5))
        let fresh = try world.schedule(to: list, at: world.now + .days(1))
        let running = try world.schedule(to: list, rate: 1)
        try await world.work()
        for send in [fresh, running] {
            try world.change(send, ScheduledSendChange(isCancelled: true))
            try world.write { try world.tasks.retry(send.task, by: world.context, in: $0) }
        }
        world.time.advance(by: .days(2))
        try await world.work()
        #expect(try world.outboxFiles().count == 1)
        #expect(try world.receipt(running).neverSent == 4)
        for send in [fresh, running] {
            #expect(try world.task(send.task).status == .completed)
            #expect(try world.receipt(send).isFinal)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `one that ends while it is cancelled is one of both`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(3))
        let send = try world.schedule(to: list)
        // All that it has is in flight when the cancellation comes.
        try await world.work(
            ActingTransport(world: world) {
                try world.change(send, ScheduledSendChange(isCancelled: true))
            }
        )
        let ended = try world.present(send)
        #expect(ended.isCancelled && !ended.isCompleted)
        #expect(try world.receipt(send).sent == 3)
        let other = try world.schedule(to: list)
        try await world.work()
        #expect(throws: CampaignError.self) {
            try world.change(other, ScheduledSendChange(isCancelled: true))
        }
        #expect(try world.present(other).isCompleted)
    }

    @Test(
        arguments: TestEngine.allCases,
        ["send.begun", "send.chunk", "send.planned", "send.claimed", "send.recorded"]
    )
    func `a crash leaves a scheduled send that goes on, or is cancelled`(
        engine: TestEngine,
        place: String
    ) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(3))
        let first = try world.schedule(to: list)
        world.failpoints.arm(place)
        try await world.work()
        #expect(try world.present(first).isRunning)
        world.time.advance(by: .minutes(2))
        try await world.work()
        #expect(try world.present(first).isCompleted)
        let sent = place == "send.claimed" ? 0 : 3
        #expect(try world.receipt(first).sent == sent)
        #expect(try world.receipt(first).inFlight == 3 - sent)
        let second = try world.schedule(to: list)
        world.failpoints.arm(place)
        try await world.work()
        try world.change(second, ScheduledSendChange(isCancelled: true))
        world.time.advance(by: .minutes(2))
        try await world.work()
        let receipt = try world.receipt(second)
        #expect(receipt.isFinal && receipt.targeted == 3)
        #expect(try world.present(second).isCancelled)
        #expect(!(try world.present(second)).isCompleted)
    }
}

/// The outbox, with someone who cancels the send and waits before the first group leaves.
private final class Stop: MessageTransport {
    private let world: World
    private let send: ScheduledSend
    private let result = Mutex<SendReceipt?>(nil)

    init(world: World, send: ScheduledSend) {
        self.world = world
        self.send = send
    }

    var receipt: SendReceipt? { result.withLock { $0 } }

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        do {
            let receipt = try await world.scheduled
                .cancel(send.id, by: world.context, on: world.database) { [world] span in
                    world.time.advance(by: span)
                }
            result.withLock { $0 = receipt }
        } catch {
            return batch.map { _ in .notHandedOver(reason: "\(error)") }
        }
        return await world.outbox.deliver(batch, mayStart: mayStart)
    }
}
