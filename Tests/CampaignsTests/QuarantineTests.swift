// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns

struct QuarantineTests {
    private static let now = ManualTime.monday

    @Test(arguments: [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 16), (99, 16)])
    func `soft bounces last longer each time`(occurrence: Int, weeks: Int) {
        #expect(QuarantineRule.weeks(occurrence: occurrence) == weeks)
    }

    @Test func `what a cause comes to depends on what was before`() {
        func next(
            _ cause: QuarantineCause,
            _ before: (Int, Instant?)?
        ) -> String {
            let next = QuarantineRule.next(cause, after: before, at: Self.now)
            return next.map { "\($0.occurrences) \($0.until.map { "\($0)" } ?? "for good")" } ?? "-"
        }
        let (past, future) = (Self.now - .days(1), Self.now + .days(1))
        for cause in QuarantineCause.allCases where cause != .softBounce {
            #expect(next(cause, nil) == "1 for good")
            #expect(next(cause, (1, nil)) == "-")
        }
        #expect(next(.softBounce, nil) == "1 \(Self.now + .days(7))")
        #expect(next(.softBounce, (1, past)) == "2 \(Self.now + .days(14))")
        #expect(next(.softBounce, (1, Self.now)) == "2 \(Self.now + .days(14))")
        #expect(next(.softBounce, (4, past)) == "5 \(Self.now + .days(112))")
        #expect(next(.softBounce, (9, past)) == "10 \(Self.now + .days(112))")
        #expect(next(.softBounce, (1, future)) == "-")
    }

    @Test(arguments: TestEngine.allCases)
    func `an address is quarantined for each soft bounce, longer each time, until lifted`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let ann = try world.person("ann@example.com")
        let campaign = try world.campaign()
        for weeks in [1, 2, 4, 8, 16, 16] {
            try world.note(.softBounce, .email, " ANN@example.com")
            try world.note(.softBounce, .email, "ann@example.com")
            world.time.advance(by: .seconds(Int64(weeks) * 604_800 - 1))
            let late = try await world.send(campaign, to: [ann])
            #expect(try world.ledger(late).filtered == ["QUARANTINE_TEMPORARY": 1])
            world.time.advance(by: .seconds(1))
            let send = try await world.send(campaign, to: [ann])
            #expect(try world.ledger(send).sent == 1)
        }
        try world.note(.softBounce, .email, "ann@example.com")
        try world.note(.hardBounce, .email, "ann@example.com")
        let never = try await world.send(campaign, to: [ann])
        #expect(try world.ledger(never).filtered == ["QUARANTINE_PERMANENT": 1])
        #expect(try world.ledger(never).closes)
        #expect(try world.lift("Ann@example.com"))
        #expect(try !world.lift("ann@example.com"))
        let send = try await world.send(campaign, to: [ann])
        #expect(try world.ledger(send).sent == 1)
        try world.note(.softBounce, .email, "ann@example.com")
        #expect(try world.quarantines("ann@example.com").map(\.occurrences) == [1])
    }

    @Test(arguments: TestEngine.allCases)
    func `a mail refused for good is an event and a quarantine`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let people = try [world.person("never-x@example.com"), world.person("ok@example.com")]
        let send = try await world.send(world.campaign(), to: people, by: server.transport())
        let bounced = try #require(try world.interactions(send).first)
        #expect(bounced.category == "HARD_BOUNCE")
        let events = try world.read { connection in
            try connection.rows("SELECT interaction_id, kind, category, status FROM activity")
        }
        #expect(events.count == 1)
        #expect(try events.first?.get(0) == bounced.id)
        let words = try (1...3).map { try events.first?.get($0, as: String.self) }
        #expect(words == ["bounce", "HARD_BOUNCE", bounced.status])
        let found = try world.quarantines("never-x@example.com")
        #expect(found.map(\.cause) == [.hardBounce])
        #expect(found.map(\.interaction) == [bounced.id])
        let again = try await world.send(world.campaign("Second"), to: people)
        #expect(try world.ledger(again).filtered == ["QUARANTINE_PERMANENT": 1])
        #expect(try world.ledger(again).sent == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `a contact brings its own address into quarantine, once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try await world.send(world.campaign(), to: [world.person("ann@example.com")])
        let contact = try #require(try world.interactions(send).first).id
        func note(_ cause: QuarantineCause, _ contact: InteractionID) throws -> Bool {
            try world.write { transaction in
                try QuarantineStore(World.workspace).note(cause, of: contact, in: transaction)
            }
        }
        #expect(try note(.softBounce, contact))
        world.time.advance(by: .days(8))
        #expect(try !note(.softBounce, contact))
        #expect(try note(.complaint, contact))
        #expect(try !note(.complaint, InteractionID(99)))
        let causes = try world.quarantines("ann@example.com").map(\.cause)
        #expect(causes == [.complaint, .softBounce])
    }

    @Test(arguments: TestEngine.dialects)
    func `a number that answered STOP or is unknown gets no text message`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let numbers = ["32470000001", "32470000002", "32470000003"]
        let people = try numbers.map { try world.person(nil, ["gsmNumber": $0]) }
        try world.note(.stop, .sms, numbers[0])
        try world.note(.unknownNumber, .sms, numbers[1])
        // What is known of an address says nothing on a number.
        try world.note(.hardBounce, .email, numbers[2])
        let content = MessageContent.sms(SMSContent(sender: "Shop", texts: ["en": "Hi"]))
        let send = try world.schedule(to: world.list(of: people), content)
        try await world.work()
        #expect(try world.ledger(send.send).filtered == ["QUARANTINE": 2])
        #expect(try world.ledger(send.send).sent == 1)
        #expect(try world.ledger(send.send).closes)
    }

    @Test(arguments: TestEngine.dialects)
    func `a quarantine outlives an erasure, and the dossier tells of it`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let dossier = Dossier([InteractionSection(), QuarantineSection()])
        let values = ["gsmNumber": "32470123456"]
        let ann = try world.person("ann@example.com", values)
        try world.note(.complaint, .email, "ann@example.com")
        try world.note(.stop, .sms, "32470123456")
        try world.write { transaction in
            let profile = try #require(
                try ProfileStore(world.table).profile(ann, in: transaction)
            )
            let entries = try QuarantineSection().entries(for: .init(profile), in: transaction)
            #expect(entries.map { $0.value("cause") } == ["complaint", "stop"])
            let left = try Erasure(dossier).erase(
                ann,
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
            #expect(left.left.count { $0.contains("in quarantine") } == 2)
        }
        let again = try world.person("Ann@example.com", values)
        let send = try await world.send(world.campaign(), to: [again])
        #expect(try world.ledger(send).filtered == ["BLACKLISTED_BY_RECIPIENT": 1])
    }

    @Test(arguments: TestEngine.allCases)
    func `an address that comes into quarantine twice at once does so once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let results = await engine.atOnce(on: world.database) { _, transaction in
            _ = try QuarantineStore(World.workspace)
                .note(.softBounce, .email, "ann@example.com", in: transaction)
        }
        #expect(results.failures == [])
        #expect(try world.quarantines("ann@example.com").map(\.occurrences) == [1])
    }
}

extension World {
    func note(_ cause: QuarantineCause, _ channel: ContactChannel, _ address: String) throws {
        try write { transaction in
            _ = try QuarantineStore(World.workspace).note(cause, channel, address, in: transaction)
        }
    }

    func lift(_ address: String) throws -> Bool {
        try write { try QuarantineStore(World.workspace).lift(.email, address, in: $0) }
    }

    func quarantines(_ address: String) throws -> [Quarantine] {
        try read { try QuarantineStore(World.workspace).entries(of: .email, address, in: $0) }
    }
}
