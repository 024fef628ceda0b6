// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

/// What pages show of a send that is under way, without going through its contacts.
@Suite struct SendStandingTests {
    @Test(arguments: TestEngine.dialects)
    func `while a send is under way its ledger, receipt and forecast are read from counts`(
        _ engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        let people = try world.people(3) + [world.person(nil)]
        let list = try world.list(of: people)
        for place in ["send.planned", "send.claimed", "send.recorded"] {
            let send = try world.schedule(to: list)
            world.failpoints.arm(place)
            try await world.work()
            log.clear()
            let ledger = try world.read { try world.sends.currentLedger(of: send.send, in: $0) }
            let receipt = try world.receipt(send)
            let forecast = try await world.scheduled.forecast(of: send.id, on: world.database)
            #expect(log.statements(with: "count(*)", "GROUP BY state") == [])
            #expect(try world.ledger(send.send) == ledger, "\(place)")
            #expect(ledger.closes && ledger.targeted == 4)
            let states = try world.interactions(send.send).map(\.state)
            #expect(receipt.targeted == 4 && receipt.excluded == 1)
            #expect(receipt.sent == states.count { $0 == .sent })
            #expect(receipt.inFlight == states.count { $0 == .inFlight })
            #expect(receipt.neverSent == states.count { $0 == .pending || $0 == .notSent })
            #expect(forecast.targeted == 4 && forecast.recipients == 3)
            #expect(forecast.firstAt == world.now && forecast.lastAt == world.now)
            world.time.advance(by: .minutes(2))
            try await world.work()
            #expect(try world.present(send).isCompleted)
            let last = try world.read { try world.sends.currentLedger(of: send.send, in: $0) }
            #expect(try world.ledger(send.send) == last)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a forecast counts tries that were refused for now at their own moments`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let people = try ["later-ann", "bob", "cid"].map { try world.person("\($0)@example.com") }
        let send = try world.schedule(to: world.list(of: people), rate: 60)
        try await world.work(server.transport())
        let queue = SendQueue(workspace: World.workspace, send: send.send)
        let pending = try world.ledger(send.send).pending
        let due = try world.read { try queue.due(pending, in: $0) }
        let waiting = try world.interactions(send.send).filter { $0.state == .pending }
        #expect(pending > 1 && due.values.reduce(0, +) == pending)
        #expect(due[ManualTime.monday] == waiting.count)
        #expect(due.keys.max() == ManualTime.monday + .minutes(1))
    }

    @Test(arguments: TestEngine.dialects)
    func `sends whose file was taken whole are not gone through again`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let letters = try world.write { transaction in
            let new = NewCampaign(
                "Letters",
                table: world.table.id,
                kind: .scenarized,
                initiation: .api,
                message: .file(.print, FileLayout(columns: ["firstName"]))
            )
            let id = try world.campaigns.create(new, by: world.context, in: transaction).id
            try world.campaigns.activate(id, by: world.context, in: transaction)
            return try world.campaigns.campaign(id, in: transaction)
        }
        _ = try await world.send(letters, to: try world.people(2))
        func lines(all: Bool) async throws -> Int {
            let tick = try await ChangeClock(world.database).tick()
            let file = try world.read {
                try ContactFile(World.workspace, letters, asOf: tick, in: $0)
            }
            let count = try file.write(from: world.database, all: all) { _ in }
            try file.take(in: world.database)
            return count
        }
        #expect(try await lines(all: false) == 2)
        // Only whoever goes through the contacts finds that the events are gone.
        try world.write { transaction in
            _ = try transaction.execute(
                "DELETE FROM activity WHERE workspace_id = $1 AND kind = 'downloaded'",
                [World.workspace]
            )
        }
        #expect(try await lines(all: false) == 0)
        #expect(try await lines(all: true) == 2)
    }
}
