// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct ScheduledSendTests {
    @Test(arguments: TestEngine.allCases)
    func `it waits for its time and mails everyone who is subscribed then`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(4)
        let list = try world.list(of: Array(people[0..<3]))
        let send = try world.schedule(to: list, at: world.now + .hours(5))
        #expect(send.size == 3 && !send.isRunning && !send.isEnded)
        #expect(try world.campaigns(send).state == .draft)
        #expect(try await world.work() == 0)
        try world.unsubscribe(people[0], list)
        try world.subscribe(people[3], list)
        world.time.advance(by: .hours(5))
        try await world.work()
        #expect(try world.outboxRecipients() == (1...3).map { "p\($0)@example.com" })
        let done = try world.present(send)
        #expect(done.isCompleted && !done.isCancelled && done.endedAt == world.now)
        #expect(done.size == 3 && done.failure == nil)
        #expect(try world.campaigns(send).state == .finished)
        #expect(try world.task(send.task).info == "Spring")
        let receipt = try world.receipt(send)
        #expect(receipt.isFinal && receipt.targeted == 3 && receipt.sent == 3)
    }

    @Test(arguments: TestEngine.allCases)
    func `one to a search mails exactly whom it finds when it runs`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        var people: [ProfileID] = []
        for number in 0..<5 {
            let name = number < 3 ? "Ann" : "Bob"
            people.append(try world.person("p\(number)@example.com", ["firstName": name]))
        }
        let search = try world.search(firstName: "Ann")
        let message = try world.message()
        let new = NewScheduledSend(
            "To Anns",
            channel: .email,
            message: message.id,
            search: search.id,
            scheduledAt: world.now + .hours(1)
        )
        let send = try world.write { transaction in
            try world.scheduled.create(new, by: world.context, in: transaction)
        }
        #expect(send.size == 3)
        try world.change(people[0], ["firstName": "Cid"])
        try world.change(people[4], ["firstName": "Ann"])
        world.time.advance(by: .hours(1))
        try await world.work()
        let names = [1, 2, 4].map { "p\($0)@example.com" }
        #expect(try world.outboxRecipients() == names)
        #expect(try world.present(send).isCompleted)
    }

    @Test(arguments: TestEngine.allCases)
    func `what it is refused for names the attribute`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(1))
        let empty = try world.list("empty", of: [])
        let text = try world.message(World.text).id
        let mail = try world.message().id
        let wrong: [(String, NewScheduledSend)] = [
            ("message_id", world.new(message: StoredMessageID(99), list: list.id)),
            ("message_id", world.new(message: text, list: list.id)),
            ("list_id", world.new(message: mail, list: ListID(99))),
            ("list_id", world.new(message: mail, list: empty.id)),
            ("search_id", world.new(message: mail, search: SearchID(99))),
            ("list_id", world.new(message: mail)),
        ]
        for (attribute, new) in wrong {
            do {
                try world.write {
                    _ = try world.scheduled.create(new, by: world.context, in: $0)
                }
                Issue.record("\(attribute) was taken")
            } catch CampaignError.refused(let found, _) {
                #expect(found == attribute)
            }
        }
        let send = try world.schedule(to: list, at: world.now + .days(1))
        #expect(throws: CampaignError.self) {
            try world.change(send, ScheduledSendChange(list: empty.id))
        }
        #expect(try world.present(send).target == .list(list.id))
    }

    @Test(arguments: TestEngine.allCases)
    func `it can be moved, renamed and given another target until it begins`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(3)
        let send = try world.schedule(to: world.list(of: [people[0]]), at: world.now + .hours(1))
        let other = try world.list("other", of: [people[1], people[2]])
        let change = ScheduledSendChange(
            name: "Summer",
            list: other.id,
            scheduledAt: world.now + .hours(9)
        )
        let changed = try world.change(send, change)
        #expect(changed.size == 1 && changed.name == "Summer")
        world.time.advance(by: .hours(2))
        #expect(try await world.work() == 0)
        try world.change(send, ScheduledSendChange(scheduledAt: world.now - .days(1)))
        try await world.work()
        #expect(try world.outboxRecipients() == ["p1@example.com", "p2@example.com"])
        #expect(try world.campaigns(send).displayName == "Summer")
        #expect(try world.campaigns(send).list == other.id)
        #expect(throws: CampaignError.self) {
            try world.change(send, ScheduledSendChange(name: "Winter"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `one that was moved on while it was claimed waits for its new time`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(2)))
        // A node took it and died before it began.
        world.failpoints.arm("send.begun")
        try world.write { transaction in
            try transaction.execute(
                "UPDATE scheduled_send SET scheduled_at = $1 WHERE workspace_id = 1",
                [world.now + .hours(1)]
            )
        }
        try await world.work()
        #expect(try world.present(send).beganAt == nil)
        #expect(try world.task(send.task).runAt == world.now + .hours(1))
        #expect(try world.task(send.task).waitReason == "its time has not come")
        world.failpoints.disarm()
        world.time.advance(by: .hours(1))
        try await world.work()
        #expect(try world.outboxFiles().count == 2)
    }

    @Test(arguments: TestEngine.allCases)
    func `one whose task ends Fatal is completed, says why, and goes on when retried`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        _ = try world.person("ann@example.com", ["firstName": "Ann"])
        let search = try world.search(firstName: "Ann")
        let new = world.new(message: try world.message().id, search: search.id)
        let send = try world.write { transaction in
            try world.scheduled.create(new, by: world.context, in: transaction)
        }
        try world.write { transaction in
            // It is gone for a while.
            try transaction.execute("UPDATE search SET id = id + 90 WHERE workspace_id = 1")
        }
        try await world.work()
        #expect(try world.task(send.task).status == .fatal)
        let failed = try world.present(send)
        #expect(failed.isCompleted && failed.endedAt == world.now)
        #expect(failed.failure == "there is no search number \(search.id)")
        #expect(throws: CampaignError.self) {
            try world.change(send, ScheduledSendChange(isCancelled: true))
        }
        world.time.advance(by: .hours(1))
        try world.write { transaction in
            try transaction.execute("UPDATE search SET id = id - 90 WHERE workspace_id = 1")
            try world.tasks.retry(send.task, by: world.context, in: transaction)
        }
        try await world.work()
        let done = try world.present(send)
        #expect(done.isCompleted && done.failure == nil && done.endedAt == world.now)
        #expect(try world.outboxFiles().count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `statistics count each recipient once`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(3)))
        #expect(try world.statistics(send) == SendStatistics())
        try await world.work()
        let ids = try world.interactions(send.send).map(\.id)
        let events =
            ids.map { Activity(.opening, of: $0) }
            + [
                Activity(.click, of: ids[1], ordinal: 1),
                Activity(.click, of: ids[1], ordinal: 2), Activity(.unsubscribe, of: ids[2]),
            ]
        for _ in 0..<2 {
            try world.write { transaction in
                _ = try ActivityStore(World.workspace).record(events, in: transaction)
            }
        }
        let found = try world.statistics(send)
        #expect(ContactEvent.allCases.map { found[$0] } == [0, 1, 3, 1, 0])
        let tallies: Int? = try world.read {
            try $0.value(
                "SELECT count(*) FROM scheduled_send_tally WHERE workspace_id = $1",
                [World.workspace]
            )
        }
        #expect(tallies == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `what was counted for scheduled sends alone is counted for their campaigns, once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(3)))
        try await world.work()
        let ids = try world.interactions(send.send).map(\.id)
        let total = [("open", 0, 1), ("open", 3, 2), ("click", 1, 1), ("bounce", 2, 1)]
        try world.write { transaction in
            // One of the three openings came since campaigns have counts.
            try ActivityStore(World.workspace)
                .record([Activity(.opening, of: ids[0])], in: transaction)
            for (kind, shard, count) in total {
                try transaction.execute(
                    """
                    INSERT INTO scheduled_send_tally
                        (workspace_id, scheduled_send_id, kind, shard, total)
                    VALUES ($1, $2, $3, $4, $5)
                    """,
                    [World.workspace, send.id, kind, shard, count]
                )
            }
        }
        for _ in 0..<2 {
            try world.write { try $0.change([CountSchema.tallied]) }
            let found = try world.statistics(send)
            #expect(ContactEvent.allCases.map { found[$0] } == [1, 1, 3, 0, 0])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a bounce at hand-over counts`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(3)))
        try await world.work(BouncingTransport())
        #expect(try world.statistics(send)[.bounce] == 3)
        #expect(try world.receipt(send).sent == 3)
    }

    @Test(arguments: TestEngine.allCases)
    func `each recipient gets it at a time of their own clock`(
        _ engine: TestEngine
    ) async throws {
        // 08:00 UTC: noon is past in Auckland and to come in New York.
        let world = try World(engine)
        let zones = ["Pacific/Auckland", "Europe/Brussels", "America/New_York", nil, "Mars/Base"]
        let people = try zones.enumerated().map { number, zone in
            try world.person("p\(number)@example.com", zone.map { ["timeZone": $0] } ?? [:])
        }
        let send = try world.schedule(to: world.list(of: people))
        let noon = try #require(TimeOfDay("12:00"))
        let paris = try #require(Zone("Europe/Paris"))
        try world.write { transaction in
            let time = RecipientTime(noon, otherwiseIn: paris)
            try world.scheduled
                .setRecipientTime(send.id, to: time, by: world.context, in: transaction)
        }
        let forecast = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(forecast.firstAt == world.now + .hours(3))
        #expect(forecast.lastAt == world.now + .hours(15))
        try await world.work()
        #expect(try world.outboxFiles().isEmpty)
        let wait = try world.task(send.task)
        #expect(wait.runAt == world.now + .hours(3))
        #expect(wait.waitReason == "it sends at each recipient's local time")
        world.time.advance(by: .hours(3))
        try await world.work()
        #expect(
            try world.outboxRecipients() == [1, 3, 4].map { "p\($0)@example.com" }
        )
        #expect(try world.task(send.task).runAt == world.now + .hours(6))
        try await world.finish(send.task)
        #expect(try world.outboxFiles().count == 5)
        #expect(world.now == ManualTime.monday + .hours(15))
        #expect(try world.present(send).endedAt == world.now)
    }

    @Test(arguments: TestEngine.allCases)
    func `a forecast gives reasons and times, and writes nothing`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        var people = try world.people(5)
        people.append(try world.person(nil))
        people.append(try world.person("no address"))
        people.append(try world.person("P0@example.com"))
        let list = try world.list(of: people)
        let send = try world.schedule(to: list, at: world.now + .hours(1), rate: 60)
        let forecast = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(forecast.targeted == 8 && forecast.recipients == 5)
        let excluded = [
            "DUPLICATE_EMAIL_ADDRESS": 1, "INVALID_EMAIL_ADDRESS": 1, "NO_EMAIL_ADDRESS": 1,
        ]
        #expect(forecast.excluded == excluded)
        #expect(forecast.firstAt == world.now + .hours(1))
        let last = try #require(forecast.lastAt)
        #expect(last - world.now > .minutes(64) && last - world.now < .minutes(65))
        #expect(try world.interactions(send.send).isEmpty)
        world.time.advance(by: .hours(1))
        try await world.work()
        let running = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(running.recipients == 5 && running.excluded == excluded)
        #expect(running.lastAt == last)
        for _ in 0..<10 { try await world.finish(send.task) }
        let done = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(done.lastAt == (try world.present(send)).endedAt)
        #expect(done.recipients == 5)
    }
}

extension World {
    func new(
        message: StoredMessageID,
        list: ListID? = nil,
        search: SearchID? = nil
    ) -> NewScheduledSend {
        NewScheduledSend(
            "Spring",
            channel: .email,
            message: message,
            list: list,
            search: search,
            scheduledAt: now
        )
    }

    func campaigns(_ send: ScheduledSend) throws -> Campaign {
        try read { try campaigns.campaign(send.campaign, in: $0) }
    }

    func subscribe(_ person: ProfileID, _ list: MailingList, _ isSubscribed: Bool = true) throws {
        try write { transaction in
            _ = try SubscriptionStore(World.workspace).set(
                isSubscribed,
                of: person,
                on: list,
                Collection(),
                table: table,
                by: context,
                in: transaction
            )
        }
    }

    func unsubscribe(_ person: ProfileID, _ list: MailingList) throws {
        try subscribe(person, list, false)
    }
}

/// Refuses every recipient for good.
struct BouncingTransport: MessageTransport {
    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        batch.map { _ in .refusedPermanently(.init(code: 550, reply: "No", stage: .recipient)) }
    }
}
