// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging
import Synchronization
import TestSupport
import Testing

/// How groups of a send follow one another.
struct DeliveryAheadTests {
    @Test(arguments: TestEngine.dialects)
    func `the next group is claimed while one is handed over, and everybody gets the mail once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.crowd(1_100)
        let transport = WatchedTransport(world)
        let send = try await world.send(world.campaign(), to: people, by: transport)
        #expect(try world.ledger(send).sent == 1_100)
        #expect(transport.hasSeenTwo)
        #expect(transport.recipients.count == 1_100)
        #expect(Set(transport.recipients).count == 1_100)
    }

    @Test(arguments: TestEngine.dialects)
    func `a relay that is away gets no second group before the first is written`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let transport = AbsentTransport(world)
        let started = try world.start(world.campaign(), to: world.crowd(700))
        try await world.work(transport)
        #expect(transport.mostInFlight == 200)
        #expect(try world.ledger(started.send).pending == 700)
    }
}

/// Takes every mail; the third group only once another stands in flight beside it.
private final class WatchedTransport: MessageTransport {
    private let world: World
    private let state = Mutex(State())

    private struct State {
        var groups = 0
        var recipients: [String] = []
        var hasSeenTwo = false
    }

    init(_ world: World) { self.world = world }

    var recipients: [String] { state.withLock(\.recipients) }
    var hasSeenTwo: Bool { state.withLock(\.hasSeenTwo) }

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let group = state.withLock { state in
            state.groups += 1
            state.recipients += batch.map(\.recipient.text)
            return state.groups
        }
        if group == 3 {
            let seen = try? await until({ try world.inFlight() }, holds: { $0 > batch.count })
            state.withLock { $0.hasSeenTwo = seen != nil }
        }
        return batch.map { _ in .accepted(reply: "ok") }
    }
}

/// Takes nothing; notes how many were in flight at once.
private final class AbsentTransport: MessageTransport {
    private let world: World
    private let most = Mutex(0)

    init(_ world: World) { self.world = world }

    var mostInFlight: Int { most.withLock(\.self) }

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let count = (try? world.inFlight()) ?? 0
        most.withLock { $0 = max($0, count) }
        return batch.map { _ in .notHandedOver(reason: "nobody is there") }
    }
}

extension World {
    fileprivate func inFlight() throws -> Int {
        try read { connection in
            try connection.value("SELECT count(*) FROM interaction WHERE state = 'inFlight'") ?? 0
        }
    }
}
