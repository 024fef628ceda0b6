// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import Tasks
import TestSupport
import Testing

@testable import Campaigns

struct PressureTests {
    private static let brussels = Zone("Europe/Brussels") ?? .utc

    @Test(arguments: [
        // Monday 2026-03-02, 08:00 UTC.
        (0, Zone.utc, Day(year: 2026, month: 3, day: 2), 2026 * 12 + 2),
        (16 * 3_600 - 1, .utc, Day(year: 2026, month: 3, day: 2), 2026 * 12 + 2),
        // Sunday 2026-03-01 23:00 UTC is Monday in Brussels.
        (-9 * 3_600, .utc, Day(year: 2026, month: 2, day: 23), 2026 * 12 + 2),
        (-9 * 3_600, brussels, Day(year: 2026, month: 3, day: 2), 2026 * 12 + 2),
        (-33 * 3_600, brussels, Day(year: 2026, month: 2, day: 23), 2026 * 12 + 2),
        (-34 * 3_600, brussels, Day(year: 2026, month: 2, day: 23), 2026 * 12 + 1),
    ])
    func `a moment lies in a week from Monday and a month of its zone`(
        seconds: Int,
        zone: Zone,
        monday: Day?,
        month: Int
    ) {
        let moment = ManualTime.monday + .seconds(Int64(seconds))
        let periods = PressurePeriods(moment, in: zone)
        #expect(periods.week == monday?.number)
        #expect(periods.month == Int64(month))
        #expect(periods.day == zone.local(moment).day.number)
    }

    @Test(arguments: [
        (PressureLimits(), 99, false), (PressureLimits(perDay: 2), 1, false),
        (PressureLimits(perDay: 2), 2, true), (PressureLimits(perDay: 0), 1, true),
        (PressureLimits(perDay: 0), 0, true), (PressureLimits(perWeek: 3), 1, true),
        (PressureLimits(perWeek: 4), 1, false), (PressureLimits(perMonth: 5), 1, false),
        (PressureLimits(perMonth: 5), 2, true), (PressureLimits(perDay: 9, perMonth: 4), 1, true),
    ])
    func `a message must not go over any limit`(
        limits: PressureLimits,
        weight: Int,
        isTooMuch: Bool
    ) {
        // One today, three this week, four this month.
        let now = PressurePeriods(ManualTime.monday, in: .utc)
        let tally = PressureTally(periods: now, day: 1, week: 3, month: 4)
        #expect(limits.areExceeded(by: weight, after: tally, in: now) == isTooMuch)
    }

    @Test func `what is of another period is past`() {
        let then = PressurePeriods(ManualTime.monday, in: .utc)
        let tally = PressureTally(periods: then, day: 5, week: 5, month: 5)
        let limits = PressureLimits(perDay: 5, perWeek: 5, perMonth: 5)
        for (days, isTooMuch) in [(0, true), (1, true), (7, true), (31, false)] {
            let now = PressurePeriods(ManualTime.monday + .days(Int64(days)), in: .utc)
            #expect(limits.areExceeded(by: 1, after: tally, in: now) == isTooMuch)
        }
        #expect(!limits.areExceeded(by: 1, after: nil, in: then))
    }

    @Test func `a message adds its weight to what counts still`() {
        let then = PressurePeriods(ManualTime.monday, in: .utc)
        let tally = PressureTally(periods: then, day: 1, week: 3, month: 4)
        for (days, totals) in [
            (0, [3, 5, 6]), (1, [2, 5, 6]), (7, [2, 2, 6]), (31, [2, 2, 2]),
        ] {
            let now = PressurePeriods(ManualTime.monday + .days(Int64(days)), in: .utc)
            let after = tally.adding(2, in: now)
            #expect([after.day, after.week, after.month] == totals)
            #expect(after.periods == now)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `nobody gets more messages than the table allows in a day, week and month`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perDay: 1, perWeek: 2, perMonth: 3, zone: Self.brussels))
        let ann = try world.person("ann@example.com")
        // Monday 2026-03-02 09:00 in Brussels.
        let cases: [(Span, Bool)] = [
            (.zero, true), (.hours(1), false),
            // Tuesday 00:30 there, 23:30 UTC: another day.
            (.seconds(52_200), true), (.days(1), false),
            // The next Monday, and the next month.
            (.days(6), true), (.days(1), false), (.days(22), true),
        ]
        for (number, (pause, isSent)) in cases.enumerated() {
            world.time.advance(by: pause)
            let send = try await world.send(world.campaign("C\(number)"), to: [ann])
            let ledger = try world.ledger(send)
            #expect(ledger.sent == (isSent ? 1 : 0), "\(number)")
            #expect(ledger.filtered == (isSent ? [:] : ["COMMERCIAL_PRESSURE": 1]))
            #expect(ledger.closes)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `exempt campaigns and weights follow the campaign's rules`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perDay: 3))
        let ann = try world.person("ann@example.com")
        let cases: [(CampaignRules, Bool)] = [
            (CampaignRules(pressureWeight: 2), true), (CampaignRules(pressureWeight: 2), false),
            (CampaignRules(isExemptFromPressure: true, pressureWeight: 5), true),
            (CampaignRules(), true), (CampaignRules(), false),
            (CampaignRules(pressureWeight: 0), true),
            (CampaignRules(isExemptFromPressure: true), true),
        ]
        for (number, (rules, isSent)) in cases.enumerated() {
            let send = try await world.send(
                world.campaign("C\(number)", rules: rules),
                to: [ann]
            )
            #expect(try world.ledger(send).sent == (isSent ? 1 : 0), "\(number)")
        }
        #expect(throws: CampaignError.self) {
            try world.campaign("Bad", rules: CampaignRules(pressureWeight: -1))
        }
        #expect(throws: CampaignError.self) { try world.limit(PressureLimits(perWeek: -1)) }
    }

    @Test(arguments: TestEngine.dialects)
    func `text messages count and are left out as mails are`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perDay: 1))
        let ann = try world.person("ann@example.com", ["gsmNumber": "32470123456"])
        let list = try world.list(of: [ann])
        let mail = try world.schedule(to: list)
        try await world.work()
        let text = try world.schedule(to: list, World.text)
        let forecast = try await world.scheduled.forecast(of: text.id, on: world.database)
        #expect(forecast.excluded == ["COMMERCIAL_PRESSURE": 1])
        try await world.work()
        #expect(try world.ledger(mail.send).sent == 1)
        #expect(try world.ledger(text.send).filtered == ["COMMERCIAL_PRESSURE": 1])
        #expect(try world.ledger(text.send).closes)
    }

    @Test(arguments: TestEngine.allCases)
    func `messages that were never sent do not count`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perDay: 1, perWeek: 1, perMonth: 1))
        let people = try [
            world.person("ann@example.com"), world.person("bob@example.com", ["language": "de"]),
        ]
        var content = World.content
        content.variants["de"] = EmailVariant(subject: "Hallo", text: "{{lastName}}")
        // Bob's cannot be made; a relay that is away keeps Ann's until the send is stopped.
        let server = try MailServer()
        let away = try server.transport()
        server.stop()
        let started = try world.start(world.campaign(content: content), to: people)
        try await world.work(away)
        #expect(try world.ledger(started.send).pending == 1)
        let full = try await world.send(world.campaign("Full"), to: [people[0]])
        #expect(try world.ledger(full).filtered == ["COMMERCIAL_PRESSURE": 1])
        try world.write { transaction in
            try world.tasks.stop(started.task, by: world.context, in: transaction)
        }
        try await world.finish(started.task)
        #expect(try world.ledger(started.send).stopped == 1)
        let again = try await world.send(world.campaign("Again"), to: people)
        #expect(try world.ledger(again).sent == 2)
        let last = try await world.send(world.campaign("Last"), to: people)
        #expect(try world.ledger(last).filtered == ["COMMERCIAL_PRESSURE": 2])
    }

    @Test(arguments: TestEngine.dialects)
    func `what is resumed counts again, on the day on which it goes on`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perWeek: 2))
        let ann = try world.person("ann@example.com")
        let server = try MailServer()
        let away = try server.transport()
        server.stop()
        func isSent(
            _ name: String,
            by relay: (any MessageTransport<OutgoingMail>)? = nil
        ) async throws -> Bool {
            let send = try await world.send(world.campaign(name), to: [ann], by: relay)
            return try world.ledger(send).sent == 1
        }
        let stopped = try world.start(world.campaign(), to: [ann])
        try await world.work(away)
        try world.write { try world.tasks.stop(stopped.task, by: world.context, in: $0) }
        try await world.work(away)
        #expect(try world.ledger(stopped.send).stopped == 1)
        #expect(try await isSent("First"))
        world.time.advance(by: .days(1))
        try world.write { transaction in
            _ = try world.sends.resumeRest(stopped.send, by: world.context, in: transaction)
        }
        // Whatever is due goes by the same relay.
        #expect(try await isSent("Too much", by: away) == false)
        // It is given up, and counts no more: once, and today.
        try await world.finish(stopped.task, away)
        #expect(try world.ledger(stopped.send).inError == ["EMAIL_SENDING_ERROR": 1])
        #expect(try await isSent("Second"))
        #expect(try await isSent("Third") == false)
    }
}

extension World {
    func limit(_ limits: PressureLimits) throws {
        try write { transaction in
            try PressureStore(World.workspace).set(limits, of: table.id, in: transaction)
        }
    }
}
