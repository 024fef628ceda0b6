// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

struct SplitTestTests {
    @Test(arguments: TestEngine.allCases)
    func `the message that more people opened goes to the rest, and nobody gets two`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(20)
        // Two profiles of one address go together.
        let twin = try world.person("P0@example.com")
        let test = try world.split(to: world.list(of: people + [twin]), share: .percentage(40))
        #expect(test.state == .scheduled && test.sends.isEmpty)
        try await world.work()
        let begun = try world.present(test)
        #expect(begun.state == .testing && begun.sends.count == 2)
        let sends = try begun.sends.map { try world.scheduledSend($0) }
        #expect(sends.allSatisfy { $0.splitTest == test.id.value && $0.isCompleted })
        let contacts = try sends.map { try world.interactions($0.send) }
        #expect([8, 9].contains(contacts.flatMap(\.self).count))
        // Four each; where the twins are dealt out as one, one message has one more, the other less.
        #expect(contacts.allSatisfy { (3...5).contains($0.count) })
        #expect(try world.versions(test) == ["A", "B"])
        // The first message is opened by one, the second by two.
        try world.open([contacts[0][0], contacts[1][0], contacts[1][1]])
        try world.open([contacts[0][0], contacts[0][0]])
        world.time.advance(by: .seconds(4 * 3_600 - 60))
        try await world.work()
        #expect(try world.present(test).state == .testing)
        #expect(try world.task(test.task).status == .new)
        world.time.advance(by: .minutes(2))
        try await world.work()
        let decided = try world.present(test)
        #expect(decided.state == .decided && decided.winner == 1 && decided.isTied == false)
        let winner = try world.scheduledSend(try #require(decided.winnerSend))
        #expect(winner.message == test.messages[1] && winner.isCompleted)
        let rest = try world.interactions(winner.send)
        let all = contacts.flatMap(\.self) + rest
        #expect(all.count == 21 && Set(all.map(\.profile)).count == 21)
        #expect(try world.versions(test) == ["A", "B", "B"])
        let addresses = all.filter { $0.state == .sent }.compactMap(\.address)
        #expect(addresses.count == 20 && Set(addresses.map { $0.lowercased() }).count == 20)
        for send in sends + [winner] { #expect(try world.ledger(send.send).closes) }
        let campaign = try world.read { try world.campaigns.campaign(test.campaign, in: $0) }
        #expect(campaign.kind == .abTest && campaign.state == .finished)
        let words = try world.task(test.task).outcome ?? ""
        #expect(words.hasPrefix("B won: A 1 of "))
        let files = try world.outboxFiles()
        let subjects = try files.map { try world.header("Subject", of: $0) }
        #expect(subjects.count { $0 == "Second" } == addresses.count - contacts[0].sent)
    }

    @Test(arguments: TestEngine.dialects)
    func `a tie goes to the first, or to nobody`(_ engine: TestEngine) async throws {
        for tie in SplitTie.allCases {
            let world = try World(engine)
            let list = try world.list(of: world.people(10))
            let test = try world.split(to: list, share: .number(4)) { $0.tie = tie }
            try await world.work()
            world.time.advance(by: .hours(4))
            try await world.work()
            let decided = try world.present(test)
            #expect(decided.state == .decided && decided.isTied == true)
            #expect(decided.winner == (tie == .first ? 0 : nil))
            #expect((decided.winnerSend != nil) == (tie == .first))
            #expect(try world.outboxFiles().count == (tie == .first ? 10 : 4))
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `who only wants to be told is told by clicks`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(10))
        let test = try world.split(to: list, share: .percentage(100)) {
            $0.action = .tellme
            $0.criterion = .click
        }
        try await world.work()
        let begun = try world.present(test)
        let first = try world.interactions(world.scheduledSend(begun.sends[0]).send)
        try world.write { transaction in
            _ = try ActivityStore(World.workspace)
                .record([Activity(.click, of: first[0].id, ordinal: 3)], in: transaction)
        }
        world.time.advance(by: .hours(4))
        try await world.work()
        let decided = try world.present(test)
        #expect(decided.winner == 0 && decided.winnerSend == nil)
        #expect(try world.outboxFiles().count == 10)
        let campaign = try world.read { try world.campaigns.campaign(test.campaign, in: $0) }
        #expect(campaign.state == .finished)
    }

    @Test(arguments: TestEngine.dialects)
    func `a cancelled split test sends no more`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(10))
        var cancel = SplitTestChange()
        cancel.isCancelled = true
        let early = try world.split(to: list, share: .number(4)) {
            $0.scheduledAt = world.now + .hours(1)
        }
        try world.change(early, cancel)
        let late = try world.split(to: list, share: .number(4))
        try await world.work()
        try world.change(late, cancel)
        world.time.advance(by: .days(1))
        try await world.work()
        for test in [early, late] {
            let ended = try world.present(test)
            #expect(ended.state == .cancelled && ended.winnerSend == nil)
            #expect(try world.task(test.task).status == .completed)
            #expect(throws: CampaignError.self) {
                var change = SplitTestChange()
                change.delayHours = 9
                try world.change(test, change)
            }
        }
        #expect(try world.outboxFiles().count == 4)
    }

    @Test(arguments: TestEngine.dialects)
    func `a split test is moved and renamed before it begins, its delay until it is decided`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let test = try world.split(to: world.list(of: world.people(4)), share: .number(2)) {
            $0.scheduledAt = world.now + .hours(1)
        }
        var change = SplitTestChange()
        (change.name, change.scheduledAt) = ("New", world.now + .hours(2))
        try world.change(test, change)
        world.time.advance(by: .hours(1))
        try await world.work()
        #expect(try world.present(test).state == .scheduled)
        world.time.advance(by: .hours(1))
        try await world.work()
        #expect(try world.present(test).state == .testing)
        #expect(throws: CampaignError.self) { try world.change(test, change, moved: 1) }
        var sooner = SplitTestChange()
        sooner.delayHours = 1
        try world.change(test, sooner)
        world.time.advance(by: .hours(1))
        try await world.work()
        #expect(try world.present(test).state == .decided)
    }

    @Test(arguments: TestEngine.dialects)
    func `a person chooses before the messages are compared, or where none won`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let list = try world.list(of: world.people(10))
        let early = try world.split(to: list, share: .number(4))
        #expect(throws: CampaignError.self) { try world.choose(early, 1) }
        try await world.work()
        try world.choose(early, 1)
        #expect(throws: CampaignError.self) { try world.choose(early, 0) }
        try await world.work()
        let chosen = try world.present(early)
        #expect(chosen.state == .decided && chosen.winner == 1 && chosen.isTied == false)
        #expect(try world.task(early.task).outcome == "B was chosen.")
        #expect(try world.outboxFiles().count == 10)
        let tied = try world.split(to: list, share: .number(4)) { $0.tie = .tellme }
        try await world.work()
        world.time.advance(by: .hours(4))
        try await world.work()
        #expect(try world.present(tied).canBeChosen)
        try world.choose(tied, 0)
        try await world.work()
        let ended = try world.present(tied)
        #expect(ended.winner == 0 && ended.isTied == true && !ended.canBeChosen)
        #expect(try world.outboxFiles().count == 20)
        let campaign = try world.read { try world.campaigns.campaign(tied.campaign, in: $0) }
        #expect(campaign.state == .finished)
    }

    @Test(arguments: TestEngine.lasting, ["split.chosen", "split.members", "split.begun"])
    func `a split test that was interrupted sends each message once`(
        _ engine: TestEngine,
        step: String
    ) async throws {
        let world = try World(engine)
        let test = try world.split(to: world.list(of: world.people(12)), share: .number(6))
        world.failpoints.arm(step)
        _ = try? await world.work()
        #expect(world.failpoints.passed.contains(step))
        world.time.advance(by: .minutes(10))
        try await world.work()
        let begun = try world.present(test)
        #expect(begun.sends.count == 2)
        #expect(try world.outboxRecipients().count == 6)
        #expect(Set(try world.outboxRecipients()).count == 6)
    }

    @Test(arguments: TestEngine.dialects)
    func `a message of a split test stays as it is`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let test = try world.split(to: world.list(of: world.people(4)), share: .number(2))
        #expect(throws: CampaignError.self) {
            try world.write { try world.messages.delete(test.messages[0], in: $0) }
        }
        let message = try world.read { try world.messages.message(test.messages[1], in: $0) }
        #expect(message.isUsed)
    }
}

extension [Interaction] {
    fileprivate var sent: Int { count { $0.state == .sent } }
}

extension World {
    var splits: SplitTestStore { SplitTestStore(World.workspace) }

    /// Makes a split test of two mails.
    fileprivate func split(
        to list: MailingList,
        share: SplitShare,
        _ change: (inout NewSplitTest) -> Void = { _ in }
    ) throws -> SplitTest {
        let messages = try ["First", "Second"].map { subject in
            let variant = EmailVariant(subject: subject, text: "Dear {{firstName}}")
            return try message(
                .email(
                    EmailContent(
                        senderAddress: "news@sender.example",
                        variant: variant,
                        defaults: ["firstName": "friend"]
                    )
                )
            ).id
        }
        var new = NewSplitTest(
            "Which subject",
            messages: messages,
            list: list.id,
            share: share,
            delayHours: 4,
            scheduledAt: now
        )
        change(&new)
        return try write { try splits.create(new, by: context, in: $0) }
    }

    fileprivate func present(_ test: SplitTest) throws -> SplitTest {
        try read { try splits.splitTest(test.id, in: $0) }
    }

    fileprivate func change(
        _ test: SplitTest,
        _ change: SplitTestChange,
        moved hours: Int64 = 0
    ) throws {
        var change = change
        change.scheduledAt = change.scheduledAt.map { $0 + .hours(hours) }
        _ = try write { try splits.change(test.id, change, by: context, in: $0) }
    }

    fileprivate func choose(_ test: SplitTest, _ winner: Int) throws {
        _ = try write { try splits.choose(winner, of: test.id, by: context, in: $0) }
    }

    fileprivate func scheduledSend(_ id: ScheduledSendID) throws -> ScheduledSend {
        try read { try scheduled.scheduledSend(id, in: $0) }
    }

    fileprivate func open(_ contacts: [Interaction]) throws {
        try write { transaction in
            _ = try ActivityStore(World.workspace)
                .record(contacts.map { Activity(.opening, of: $0.id) }, in: transaction)
        }
    }

    /// The version of each send of a split test, in order.
    fileprivate func versions(_ test: SplitTest) throws -> [String] {
        try read { connection in
            try connection.rows(
                """
                SELECT send_id, ab_version FROM interaction WHERE campaign_id = $1
                GROUP BY send_id, ab_version ORDER BY send_id
                """,
                [test.campaign]
            ).map { try $0.get(1) }
        }
    }
}
