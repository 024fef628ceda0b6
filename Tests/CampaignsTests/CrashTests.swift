// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct CrashTests {
    private static let people = 450

    @Test(
        arguments: TestEngine.allCases,
        [
            // Where it stops, at which pass, how many are then in doubt, and how many of them were
            // handed over. Behind the second group the third, of 50, is claimed already.
            (place: "send.chunk", pass: 1, inDoubt: 0, handedOver: 0),
            (place: "send.planned", pass: 1, inDoubt: 0, handedOver: 0),
            (place: "send.claimed", pass: 2, inDoubt: 200, handedOver: 0),
            (place: "send.witnessed", pass: 2, inDoubt: 250, handedOver: 0),
            (place: "send.handedOver", pass: 2, inDoubt: 250, handedOver: 200),
            (place: "send.recorded", pass: 2, inDoubt: 50, handedOver: 50),
        ]
    )
    func `a crash sends nothing twice, and what was in flight is listed as in doubt`(
        engine: TestEngine,
        crash: (place: String, pass: Int, inDoubt: Int, handedOver: Int)
    ) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(CrashTests.people))
        world.failpoints.arm(crash.place, pass: crash.pass)
        try await world.work()
        #expect(try world.task(started.task).status == .executing)
        world.time.advance(by: .minutes(2))
        try await world.work()
        let ledger = try world.ledger(started.send)
        #expect(ledger.targeted == CrashTests.people)
        #expect(ledger.inDoubt == crash.inDoubt)
        #expect(ledger.sent == CrashTests.people - crash.inDoubt)
        #expect(ledger.closes && ledger.pending == 0)
        let inDoubt = try world.read {
            try world.sends.interactions(of: started.send, in: [.inDoubt], in: $0)
        }
        #expect(inDoubt.count == crash.inDoubt)
        #expect(inDoubt.allSatisfy { $0.detail == "in flight when the program stopped" })
        let recipients = try world.outboxRecipients()
        #expect(recipients.count == ledger.sent + crash.handedOver)
        #expect(Set(recipients).count == recipients.count)
        #expect(
            try world.task(started.task).status == (crash.inDoubt == 0 ? .completed : .error)
        )
        #expect(try world.task(started.task).outcome?.contains("\(crash.inDoubt) in doubt") == true)
    }

    @Test(arguments: TestEngine.dialects, ["send.claimed", "send.handedOver"])
    func `what is in doubt goes out again when someone asks, and nobody gets it twice`(
        _ engine: TestEngine,
        place: String
    ) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(30))
        world.failpoints.arm(place)
        try await world.work()
        #expect(throws: CampaignError.stillSending) {
            try world.write {
                try world.sends.resendInDoubt(started.send, by: world.context, in: $0)
            }
        }
        world.time.advance(by: .days(2))
        try await world.work()
        #expect(try world.ledger(started.send).inDoubt == 30)
        let count = try world.write {
            try world.sends.resendInDoubt(started.send, by: world.context, in: $0)
        }
        #expect(count == 30)
        try await world.work()
        #expect(try world.ledger(started.send).sent == 30)
        #expect(try world.task(started.task).status == .completed)
        #expect(try world.outboxRecipients().count == 30)
        let again = try world.write {
            try world.sends.resendInDoubt(started.send, by: world.context, in: $0)
        }
        #expect(again == 0)
        #expect(try world.task(started.task).status == .completed)
    }

    @Test(arguments: TestEngine.dialects)
    func `duplicates are found again when planning goes on after a crash`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let first = try world.people(2_500)
        let same = try world.person("P0@EXAMPLE.com")
        let started = try world.start(world.campaign(), to: first + [same])
        world.failpoints.arm("send.chunk")
        try await world.work()
        world.time.advance(by: .minutes(2))
        try await world.work()
        #expect(try world.ledger(started.send).filtered == ["DUPLICATE_EMAIL_ADDRESS": 1])
        #expect(try world.ledger(started.send).sent == 2_500)
    }

    @Test(arguments: TestEngine.dialects)
    func `a node that lost the send to another writes nothing of it`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(5))
        world.failpoints.arm("send.handedOver")
        try await world.work()
        let before = try world.interactions(started.send)
        #expect(before.allSatisfy { $0.state == .inFlight })
        world.time.advance(by: .minutes(2))
        try await world.work()
        #expect(try world.interactions(started.send).allSatisfy { $0.state == .inDoubt })
    }
}
