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

/// Sends of many messages to peers that behave badly.
@Suite(.serialized) struct DeliveryLoadTests {
    @Test(arguments: TestEngine.dialects)
    func `20,000 mails through a relay that refuses, cuts and delays by chance: each once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer("--chaos", "7", "--pipelining")
        let transport = try server.transport(connections: 8)
        let started = try world.start(world.campaign(), to: try world.crowd(20_000))
        try await world.finish(started.task, transport)
        let ledger = try world.ledger(started.send)
        #expect(ledger.targeted == 20_000 && ledger.pending == 0 && ledger.closes)
        let accepted = try server.accepted()
        #expect(Set(accepted).count == accepted.count)
        // In doubt is what was accepted without an answer, and what was cut behind its last byte.
        let sent = ledger.sent - ledger.bounced
        #expect(accepted.count >= sent && accepted.count <= sent + ledger.inDoubt)
        #expect(ledger.inDoubt > 0 && ledger.bounced > 100)
        let recipients = Set(
            accepted.compactMap { $0.split(separator: " ").first.map(String.init) }
        )
        for interaction in try world.interactions(started.send) {
            let wasAccepted = recipients.contains(interaction.address ?? "")
            switch (interaction.state, interaction.status) {
            case (.sent, nil): #expect(wasAccepted)
            case (.sent, _), (.notSent, _): #expect(!wasAccepted)
            case (.inDoubt, _): break
            default: Issue.record("\(interaction.state)")
            }
        }
        let totals = try world.read { try world.sends.totals(of: started.send, in: $0) }
        #expect(totals[.sent] == ledger.sent && totals[.bounce] == ledger.bounced)
        #expect(totals[.inDoubt] == ledger.inDoubt)
    }

    @Test(arguments: TestEngine.dialects)
    func `3,600 an hour are 60 in each minute, over restarts, and 7,200 are 120`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let transport = TimedTransport(world)
        let send = try world.schedule(to: world.list(of: world.crowd(1_000)), rate: 3_600)
        // Each round is a worker of its own, as after a restart: nothing is kept in memory.
        try await run(world, send, transport, for: .minutes(5))
        try world.write { transaction in
            try world.scheduled.setRate(send.id, to: 7_200, by: world.context, in: transaction)
        }
        try await run(world, send, transport, for: .minutes(5))
        let start = ManualTime.monday
        let minutes = (0..<10).map { minute in
            let from = start + .minutes(Int64(minute))
            return transport.left.count { $0 >= from && $0 < from + .minutes(1) }
        }
        // A slot is a little longer than ten seconds, so that no hour has more than the rate.
        #expect(minutes[0..<5].allSatisfy { $0 == 60 || $0 == 50 }, "\(minutes)")
        #expect(minutes[0..<5].reduce(0, +) >= 290)
        #expect(minutes[6..<10].allSatisfy { $0 == 120 || $0 == 100 }, "\(minutes)")
    }

    @Test(arguments: TestEngine.dialects)
    func `a stop in the middle of 100,000 lets only those in flight leave`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.crowd(100_000)))
        let transport = CountingTransport()
        let worker = Task { try await world.work(transport) }
        try await transport.reach(2_000)
        let receipt = try await world.scheduled
            .cancel(send.id, by: world.context, on: world.database)
        let left = transport.count
        transport.goOn()
        _ = try await worker.value
        #expect(receipt.targeted == 100_000)
        #expect(receipt.sent + receipt.inFlight + receipt.neverSent == 100_000)
        #expect(transport.count <= left + receipt.inFlight)
        let last = try world.receipt(send)
        #expect(last.isFinal && last.inFlight == 0)
        #expect(last.sent == transport.count && last.sent + last.neverSent == 100_000)
        #expect(last.sent >= 2_000 && last.sent < 22_000)
    }

    private func run(
        _ world: World,
        _ send: ScheduledSend,
        _ transport: TimedTransport,
        for length: Span
    ) async throws {
        let end = world.now + length
        while true {
            try await world.work(transport)
            let task = try world.task(send.task)
            guard task.status == .new, task.runAt < end else { return world.time.set(end) }
            world.time.set(max(task.runAt, world.now))
        }
    }
}

extension World {
    /// Many people at once: copies of one, with addresses and ids of their own.
    func crowd(_ count: Int) throws -> [ProfileID] {
        let first = try person("c0@example.com", ["firstName": "C"])
        let email = table.attribute(.emailAddress)?.column
        return try write { transaction in
            let columns = try transaction.columnNames(of: table.physicalName)
            let row = try transaction.row(
                "SELECT \(columns.joined(separator: ", ")) FROM \(table.physicalName) WHERE id = $1",
                [first]
            )
            guard let row else { return [] }
            let writer = try transaction.insertion(into: table.physicalName, columns: columns)
            for number in 1..<max(1, count) {
                for column in columns {
                    switch column {
                    case "id": writer.integer(first.value + Int64(number))
                    case email: writer.value("c\(number)@example.com".sql)
                    default: writer.value(try row.get(column, as: SQLValue.self))
                    }
                }
                try writer.endRow()
            }
            try writer.finish()
            return (0..<count).map { ProfileID(first.value + Int64($0)) }
        }
    }
}

/// Takes every mail and counts; tells when so many have come, and holds groups back behind 20,000.
private final class CountingTransport: MessageTransport {
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var goal: (Int, CheckedContinuation<Void, Never>)?
        var mayGoOn = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    var count: Int { state.withLock { $0.count } }

    /// Waits until so many mails have come.
    func reach(_ goal: Int) async throws {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.count < goal else { return true }
                state.goal = (goal, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Holds nothing back any more.
    func goOn() {
        let held = state.withLock { state in
            state.mayGoOn = true
            let held = state.held
            state.held = []
            return held
        }
        for continuation in held { continuation.resume() }
    }

    private func holdBack() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                guard !state.mayGoOn, state.count >= 20_000 else { return true }
                state.held.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        await holdBack()
        return batch.map { _ in
            guard mayStart() else { return .notStarted }
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.count += 1
                guard let (goal, continuation) = state.goal, state.count >= goal else { return nil }
                state.goal = nil
                return continuation
            }
            waiter?.resume()
            return .accepted(reply: "counted")
        }
    }
}
