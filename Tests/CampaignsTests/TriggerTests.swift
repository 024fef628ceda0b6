// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

@Suite struct TriggerTests {
    /// Two zones on each kind of engine.
    private static let places = ["Europe/Brussels", "America/New_York"].flatMap { zone in
        TestEngine.dialects.map { (zone: zone, engine: $0) }
    }

    @Test(arguments: TriggerExample.all, places)
    func `the table of examples, from the import to the outbox`(
        example: TriggerExample,
        place: (zone: String, engine: TestEngine)
    ) async throws {
        let zone = try #require(Zone(place.zone))
        let start = try TriggerExample.moment(example.starts, zone)
        let world = try World(place.engine, at: start - .hours(1))
        try world.bind(world.campaign(), at: example.time.flatMap { TimeOfDay($0) })
        let people = try world.people(3)
        let task = try await world.runImport(
            of: people,
            starts: start,
            ends: TriggerExample.moment(example.done, zone),
            zone: zone
        )
        guard let sent = example.sent else {
            let trigger = try #require(try world.trigger(task))
            #expect(trigger.state == .missed)
            #expect(trigger.reason?.isEmpty == false)
            try await world.pass(to: world.now + .days(3))
            #expect(try world.outboxFiles().isEmpty)
            return
        }
        let moment = try TriggerExample.moment(sent, zone)
        if moment > world.now {
            try await world.pass(to: moment - .seconds(1))
            #expect(try world.trigger(task)?.state == .pending)
            #expect(try world.trigger(task)?.canBeStopped == true)
            #expect(try world.outboxFiles().isEmpty)
            try await world.pass(to: moment)
        }
        let trigger = try #require(try world.trigger(task))
        #expect(trigger.state == .sent)
        #expect(trigger.dueAt == (example.time == nil ? nil : moment))
        let send = try #require(trigger.send)
        #expect(try world.interactions(send).allSatisfy { $0.createdAt == moment })
        #expect(try world.ledger(send).sent == 3)
        #expect(try world.outboxFiles().count == 3)
    }

    /// A day when clocks change, and when a time of that day is due.
    struct ChangeDay: Sendable {
        let zone: String
        let time: String
        let start: String
        let due: String
    }

    @Test(
        arguments: [
            ChangeDay(
                zone: "Europe/Brussels",
                time: "02:30",
                start: "2026-03-28T22:00:00Z",
                due: "2026-03-29T01:00:00Z"
            ),
            ChangeDay(
                zone: "America/New_York",
                time: "01:30",
                start: "2026-10-31T22:00:00Z",
                due: "2026-11-01T05:30:00Z"
            ),
        ],
        TestEngine.dialects
    )
    func `on a day when clocks change it is sent once`(
        day: ChangeDay,
        engine: TestEngine
    ) async throws {
        let start = try #require(Instant(iso8601: day.start))
        let due = try #require(Instant(iso8601: day.due))
        let world = try World(engine, at: start)
        try world.bind(world.campaign(), at: TimeOfDay(day.time))
        let task = try await world.runImport(
            of: world.people(2),
            starts: start,
            ends: start + .minutes(5),
            zone: #require(Zone(day.zone))
        )
        try await world.pass(to: due - .seconds(1))
        #expect(try world.trigger(task)?.state == .pending)
        try await world.pass(to: due)
        #expect(try world.trigger(task)?.state == .sent)
        for _ in 0..<30 { try await world.pass(to: world.now + .hours(1)) }
        #expect(try world.outboxFiles().count == 2)
    }

    /// Monday 03:00 UTC, with nine o'clock as the time.
    private static let three = ManualTime.monday - .hours(5)
    private static let nine = ManualTime.monday + .hours(1)

    private static func bound(
        _ engine: TestEngine = .memory,
        at time: String? = "09:00"
    ) throws -> (world: World, campaign: Campaign) {
        let world = try World(engine, at: three)
        let campaign = try world.campaign()
        try world.bind(campaign, at: time.flatMap { TimeOfDay($0) })
        return (world, campaign)
    }

    @Test(arguments: TestEngine.allCases)
    func `two runs that wait for one time both send, each to its own people`(
        engine: TestEngine
    ) async throws {
        let (world, _) = try TriggerTests.bound(engine)
        let people = try world.people(5)
        let start = TriggerTests.three
        let first = try await world.runImport(
            of: Array(people.prefix(2)),
            starts: start,
            ends: start + .minutes(10)
        )
        let second = try await world.runImport(
            of: Array(people.suffix(3)),
            starts: start + .hours(2),
            ends: start + .hours(3)
        )
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.ledger(of: first)?.sent == 2)
        #expect(try world.ledger(of: second)?.sent == 3)
        #expect(try world.outboxFiles().count == 5)
    }

    @Test(arguments: TestEngine.allCases)
    func `a stop is for this run only, final, and says who and when`(
        engine: TestEngine
    ) async throws {
        let (world, _) = try TriggerTests.bound(engine)
        let people = try world.people(2)
        let start = TriggerTests.three
        let task = try await world.runImport(of: people, starts: start, ends: start + .minutes(5))
        let stopped = world.time.advance(by: .hours(1))
        try world.write {
            try world.triggers.stop(task, by: World.context(stopped, by: "bob"), in: $0)
        }
        try await world.pass(to: TriggerTests.nine)
        let trigger = try #require(try world.trigger(task))
        #expect(trigger.state == .stopped)
        #expect(trigger.decidedBy == "bob")
        #expect(trigger.decidedAt == stopped)
        #expect(try world.outboxFiles().isEmpty)
        let log = try world.read { try world.tasks.steps(of: task, in: $0).map(\.words) }
        #expect(log.last == "bob stopped the trigger.")
        #expect(throws: CampaignError.noPendingTrigger) {
            try world.write { try world.triggers.stop(task, by: world.context, in: $0) }
        }
        let next = start + .days(1)
        let later = try await world.runImport(of: people, starts: next, ends: next + .minutes(5))
        try await world.pass(to: TriggerTests.nine + .days(1))
        #expect(try world.trigger(later)?.state == .sent)
        #expect(try world.outboxFiles().count == 2)
    }

    @Test func `stopping the task of a trigger stops the trigger`() async throws {
        let (world, _) = try TriggerTests.bound()
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: world.people(2),
            starts: start,
            ends: start + .minutes(5)
        )
        var filter = TaskFilter()
        filter.types = ["campaign_trigger"]
        let watching = try #require(
            try world.read { try world.tasks.history(filter, in: $0).first }
        )
        try world.write { try world.tasks.stop(watching.id, by: world.context, in: $0) }
        try await world.work()
        #expect(try world.trigger(task)?.state == .stopped)
        #expect(try world.trigger(task)?.decidedBy == "ann")
        #expect(try world.task(watching.id).status == .completed)
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test func `without a time there is nothing to stop`() async throws {
        let (world, _) = try TriggerTests.bound(at: nil)
        let start = TriggerTests.three
        let task = try world.enqueueImport(
            of: world.people(1),
            starts: start,
            ends: start + .minutes(5)
        )
        let stop: @Sendable () async throws -> Void = {
            let state = try world.trigger(task)?.state
            #expect(state == .pending)
            #expect(throws: CampaignError.noPendingTrigger) {
                try world.write { try world.triggers.stop(task, by: world.context, in: $0) }
            }
        }
        try await world.work(nil, TestImport(world: world, meanwhile: stop))
        #expect(try world.trigger(task)?.state == .sent)
    }

    @Test(arguments: ["finished", "gone"])
    func `a campaign that is not there at its time fails the trigger`(how: String) async throws {
        let (world, campaign) = try TriggerTests.bound()
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: world.people(1),
            starts: start,
            ends: start + .minutes(5)
        )
        try world.write { transaction in
            if how == "finished" {
                try world.campaigns.finish(campaign.id, by: world.context, in: transaction)
            } else {
                try transaction.execute(
                    "DELETE FROM campaign WHERE workspace_id = $1 AND id = $2",
                    [World.workspace, campaign.id]
                )
            }
        }
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.trigger(task)?.state == .failed)
        #expect(
            try world.trigger(task)?.reason
                == (how == "gone"
                    ? "the campaign is gone" : "the campaign Welcome is not active")
        )
        var filter = TaskFilter()
        filter.types = ["campaign_trigger"]
        let watching = try world.read { try world.tasks.history(filter, in: $0) }
        #expect(watching.map(\.status) == [.fatal])
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test func `a binding that is edited after the start concerns later runs`() async throws {
        let (world, _) = try TriggerTests.bound()
        let other = try world.campaign("Other")
        let people = try world.people(1)
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: people,
            starts: start,
            ends: start + .minutes(5)
        ) { try world.bind(other, at: TimeOfDay("10:00")) }
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.trigger(task)?.state == .sent)
        #expect(try world.trigger(task)?.campaign != other.id)
        let next = start + .days(1)
        let later = try await world.runImport(of: people, starts: next, ends: next + .minutes(5))
        try await world.pass(to: TriggerTests.nine + .hours(25))
        #expect(try world.trigger(later)?.campaign == other.id)
        #expect(try world.trigger(later)?.state == .sent)
    }

    @Test(arguments: [("08:50", TriggerState.sent), ("09:30", .missed)])
    func `a Fatal import triggers nothing; retried, it keeps its first start`(
        retry: String,
        state: TriggerState
    ) async throws {
        let (world, _) = try TriggerTests.bound()
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: world.people(2),
            starts: start,
            ends: start + .minutes(5),
            status: .fatal
        )
        #expect(try world.task(task).status == .fatal)
        #expect(try world.trigger(task)?.state == .pending)
        let time = try #require(TimeOfDay(retry))
        try await world.pass(to: time.firstOccurrence(after: start, in: .utc))
        try world.write { try world.tasks.retry(task, by: world.context, in: $0) }
        try await world.work(nil, TestImport(world: world, isMended: true))
        #expect(try world.task(task).status == .completed)
        try await world.pass(to: max(world.now, TriggerTests.nine))
        #expect(try world.trigger(task)?.state == state)
        #expect(try world.trigger(task)?.startedAt == start)
        #expect(try world.outboxFiles().count == (state == .sent ? 2 : 0))
    }

    @Test(arguments: [nil, "09:00"])
    func `a Fatal import that nobody mends sends nothing`(time: String?) async throws {
        let (world, _) = try TriggerTests.bound(at: time)
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: world.people(2),
            starts: start,
            ends: start + .minutes(5),
            status: .fatal
        )
        try await world.pass(to: TriggerTests.nine)
        try await world.pass(to: TriggerTests.nine + .seconds(1))
        #expect(try world.trigger(task)?.state == (time == nil ? .pending : .missed))
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test(arguments: [nil, "09:00"])
    func `an import with errors triggers for whom it imported, also if that is nobody`(
        time: String?
    ) async throws {
        let (world, _) = try TriggerTests.bound(at: time)
        let people = try world.people(4)
        let start = TriggerTests.three
        let some = try await world.runImport(
            of: Array(people.prefix(2)),
            starts: start,
            ends: start + .minutes(5),
            status: .error
        )
        let none = try await world.runImport(
            of: [],
            starts: start + .hours(1),
            ends: start + .hours(2),
            status: .error
        )
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.ledger(of: some)?.sent == 2)
        #expect(try world.trigger(none)?.state == .sent)
        #expect(try world.ledger(of: none)?.targeted == 0)
        #expect(try world.outboxFiles().count == 2)
    }

    @Test func `without the workspace's setting, or a binding, nothing is triggered`()
        async throws
    {
        let (world, _) = try TriggerTests.bound()
        let people = try world.people(1)
        let start = TriggerTests.three
        let off = try await world.runImport(
            of: people,
            starts: start,
            ends: start + .minutes(5),
            isEnabled: false
        )
        try world.write {
            try ImportBindingStore(World.workspace).unbind(World.importID, in: $0)
        }
        let unbound = try await world.runImport(
            of: people,
            starts: start + .hours(1),
            ends: start + .hours(2)
        )
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.trigger(off) == nil)
        #expect(try world.trigger(unbound) == nil)
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test func `someone who opts out between import and send is not sent`() async throws {
        let (world, _) = try TriggerTests.bound()
        let people = try world.people(2)
        let start = TriggerTests.three
        let task = try await world.runImport(of: people, starts: start, ends: start + .minutes(5))
        try world.change(people[0], ["emailEnabled": "false"])
        try await world.pass(to: TriggerTests.nine)
        let ledger = try #require(try world.ledger(of: task))
        #expect(ledger.targeted == 2)
        #expect(ledger.inError == ["RECIPIENT_NOT_IN_TARGET_GROUP": 1])
        #expect(ledger.closes)
        #expect(try world.outboxRecipients() == ["p1@example.com"])
    }

    @Test(arguments: TestEngine.allCases, [1, 2])
    func `a crash as a trigger fires sends once`(engine: TestEngine, pass: Int) async throws {
        let (world, _) = try TriggerTests.bound(engine)
        let start = TriggerTests.three
        let task = try await world.runImport(
            of: world.people(3),
            starts: start,
            ends: start + .minutes(5)
        )
        world.failpoints.arm("trigger.due")
        try await world.pass(to: TriggerTests.nine)
        #expect(try world.trigger(task)?.state == .pending)
        if pass == 2 { world.failpoints.arm("trigger.due") }
        for _ in 0..<3 { try await world.pass(to: world.now + .minutes(2)) }
        #expect(try world.trigger(task)?.state == .sent)
        #expect(try world.outboxFiles().count == 3)
    }

    @Test(arguments: TestEngine.dialects)
    func `an import is bound only to campaigns that others may start, over its table`(
        _ engine: TestEngine
    )
        throws
    {
        let world = try World(engine)
        let (oneShot, elsewhere) = try world.write { transaction in
            let new = NewCampaign(
                "Once",
                table: world.table.id,
                kind: .oneShot,
                initiation: .schedule,
                content: World.content
            )
            let other = NewCampaign(
                "Elsewhere",
                table: ProfileTableID(99),
                content: World.content
            )
            return (
                try world.campaigns.create(new, by: world.context, in: transaction),
                try world.campaigns.create(other, by: world.context, in: transaction)
            )
        }
        #expect(throws: CampaignError.notTriggerable("Once")) { try world.bind(oneShot, at: nil) }
        #expect(throws: CampaignError.otherTable(campaign: "Elsewhere", table: "profiles")) {
            try world.bind(elsewhere, at: nil)
        }
    }
}
