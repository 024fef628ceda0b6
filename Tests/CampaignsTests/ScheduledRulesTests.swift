// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import TestSupport
import Testing

@testable import Campaigns

/// The rules of spec/api.md, "task", as tables.
@Suite struct ScheduledRulesTests {
    private static let now = ManualTime.monday
    private static let later = now + .hours(2)

    enum Stage: String, CaseIterable { case waiting, running, cancelled, completed }

    private static func send(_ stage: Stage) -> ScheduledSend {
        ScheduledSend(
            id: ScheduledSendID(1),
            name: "Spring",
            channel: .email,
            target: .list(ListID(7)),
            message: StoredMessageID(1),
            campaign: CampaignID(1),
            send: SendID(1),
            task: TaskID(1),
            isCancelled: stage == .cancelled,
            isCompleted: stage == .completed,
            beganAt: stage == .waiting ? nil : now,
            endedAt: stage == .cancelled || stage == .completed ? now : nil,
            rate: 100,
            scheduledAt: now - .hours(1),
            size: 5,
            createdAt: now - .days(1)
        )
    }

    /// The attribute that a closure is refused for; nil when it is not.
    private func refusal(_ body: () throws -> some Any) -> String? {
        do {
            _ = try body()
            return nil
        } catch CampaignError.refused(let attribute, let reason) {
            #expect(!reason.isEmpty)
            return attribute
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test(
        arguments: [
            // What is given, and the attribute that is refused in each stage, in their order.
            (ScheduledSendChange(), [nil, nil, nil, nil]),
            (ScheduledSendChange(name: "Summer"), [nil, nil, "name", "name"]),
            (ScheduledSendChange(name: "Spring"), [nil, nil, nil, nil]),
            (ScheduledSendChange(name: " "), ["name", "name", "name", "name"]),
            (ScheduledSendChange(isCancelled: true), [nil, nil, nil, "cancelled"]),
            (ScheduledSendChange(isCancelled: false), [nil, nil, "cancelled", nil]),
            (ScheduledSendChange(list: ListID(7)), [nil, nil, nil, nil]),
            (ScheduledSendChange(list: ListID(8)), [nil, "list_id", "list_id", "list_id"]),
            (ScheduledSendChange(list: .some(nil)), ["list_id", "list_id", "list_id", "list_id"]),
            (ScheduledSendChange(search: .some(nil)), [nil, nil, nil, nil]),
            (
                ScheduledSendChange(search: SearchID(3)),
                ["search_id", "search_id", "search_id", "search_id"]
            ),
            (
                ScheduledSendChange(list: .some(nil), search: SearchID(3)),
                [nil, "list_id", "list_id", "list_id"]
            ),
            (
                ScheduledSendChange(scheduledAt: later),
                [nil, "scheduledtime", "scheduledtime", "scheduledtime"]
            ),
            (ScheduledSendChange(scheduledAt: now - .hours(1)), [nil, nil, nil, nil]),
        ] as [(ScheduledSendChange, [String?])]
    )
    func `what may change in each stage`(change: ScheduledSendChange, refused: [String?]) {
        for (stage, attribute) in zip(Stage.allCases, refused) {
            let present = ScheduledRulesTests.send(stage)
            let found = refusal {
                let next =
                    try ScheduledSendRules
                    .apply(change, to: present, at: ScheduledRulesTests.now)
                #expect(!(next.isCancelled && next.isCompleted))
                #expect(next.size == present.size)
                return next
            }
            #expect(found == attribute, "\(stage)")
        }
    }

    @Test func `a change that is taken has its effect`() throws {
        let waiting = ScheduledRulesTests.send(.waiting)
        func apply(_ change: ScheduledSendChange) throws -> ScheduledSend {
            try ScheduledSendRules.apply(change, to: waiting, at: ScheduledRulesTests.now)
        }
        #expect(try apply(.init(scheduledAt: .init(seconds: 0))).scheduledAt == Self.now)
        #expect(try apply(.init(scheduledAt: Self.later)).scheduledAt == Self.later)
        #expect(try apply(.init(scheduledAt: waiting.scheduledAt)) == waiting)
        #expect(
            try apply(.init(list: .some(nil), search: SearchID(3))).target == .search(SearchID(3))
        )
        #expect(try apply(.init(name: " Summer ")).name == "Summer")
        let cancelled = try apply(.init(isCancelled: true))
        #expect(cancelled.isCancelled && !cancelled.isCompleted && cancelled.endedAt == Self.now)
    }

    @Test(
        arguments: [
            (nil, nil, "list_id"), (1, nil, nil), (nil, 1, nil), (1, 1, "search_id"),
        ] as [(Int64?, Int64?, String?)]
    )
    func `exactly one of list and search is given`(list: Int64?, search: Int64?, wrong: String?) {
        let new = NewScheduledSend(
            "Spring",
            channel: .email,
            message: StoredMessageID(1),
            list: list.map(ListID.init),
            search: search.map(SearchID.init),
            scheduledAt: Self.now - .days(3)
        )
        let found = refusal {
            let (checked, _) = try ScheduledSendRules.create(new, at: Self.now)
            #expect(checked.scheduledAt == Self.now)
        }
        #expect(found == wrong)
    }

    @Test(
        arguments: [(nil, nil), (0, "rate"), (1, nil), (100_000_001, "rate")] as [(Int?, String?)]
    )
    func `rates that can be asked for`(rate: Int?, wrong: String?) {
        let new = NewScheduledSend(
            "Spring",
            channel: .email,
            message: StoredMessageID(1),
            list: ListID(1),
            scheduledAt: Self.now,
            rate: rate
        )
        #expect(refusal { try ScheduledSendRules.create(new, at: Self.now) } == wrong)
        for stage in [Stage.waiting, .running] {
            let found = refusal { try ScheduledSendRules.setRate(rate, of: Self.send(stage)) }
            #expect(found == wrong)
        }
    }

    @Test func `an ended send keeps its rate and time, which may be repeated`() {
        for stage in [Stage.cancelled, .completed] {
            let ended = Self.send(stage)
            #expect(refusal { try ScheduledSendRules.setRate(100, of: ended) } == nil)
            #expect(refusal { try ScheduledSendRules.setRate(nil, of: ended) } == "rate")
            #expect(refusal { try ScheduledSendRules.setRecipientTime(nil, of: ended) } == nil)
        }
        guard let noon = TimeOfDay("12:00") else { return }
        let time = RecipientTime(noon, otherwiseIn: .utc)
        for (stage, wrong) in zip(Stage.allCases, [nil, "recipienttime", "recipienttime"]) {
            let found = refusal {
                try ScheduledSendRules.setRecipientTime(time, of: Self.send(stage))
            }
            #expect(found == wrong)
        }
    }

    @Test func `message and target must be there and fit`() {
        let message = StoredMessage(
            id: StoredMessageID(1),
            name: "M",
            content: World.text,
            createdAt: Self.now,
            updatedAt: Self.now,
            isUsed: false
        )
        #expect(refusal { try ScheduledSendRules.check(nil, on: .email) } == "message_id")
        #expect(refusal { try ScheduledSendRules.check(message, on: .email) } == "message_id")
        #expect(refusal { try ScheduledSendRules.check(message, on: .sms) } == nil)
        let targets: [(SendTarget, String)] = [
            (.list(ListID(1)), "list_id"), (.search(SearchID(1)), "search_id"),
        ]
        for (target, attribute) in targets {
            #expect(refusal { try ScheduledSendRules.check(nil, of: target) } == attribute)
            #expect(refusal { try ScheduledSendRules.check(0, of: target) } == attribute)
            #expect(refusal { try ScheduledSendRules.check(1, of: target) } == nil)
        }
    }
}
