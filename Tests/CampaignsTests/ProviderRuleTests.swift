// SPDX-License-Identifier: Apache-2.0
import Common
import Messaging
import TestSupport
import Testing

@testable import Campaigns

@Suite struct ProviderRuleTests {
    private static let now = ManualTime.monday
    private static let failure = ProviderHealth.Sign.fails("no route")

    private func after(
        _ state: ProviderState,
        _ signs: [ProviderHealth.Sign],
        hasAlternative: Bool = false
    ) -> ProviderState {
        ProviderHealth.after(state, signs, hasAlternative: hasAlternative, at: Self.now)
    }

    @Test func `a run of failures pauses a provider with the reason`() {
        let before = after(ProviderState(), Array(repeating: Self.failure, count: 19))
        #expect(before.failures == 19 && before.pausedAt == nil)
        let paused = after(before, [Self.failure])
        #expect(paused.pausedUntil == Self.now + .minutes(5))
        #expect(paused.reason == "the last 20 messages failed: no route")
        #expect(paused.isPaused(at: Self.now) && !paused.isPaused(at: Self.now + .minutes(5)))
        #expect(paused.isOnTrial(at: Self.now + .minutes(5)))
    }

    @Test func `one answer ends the run, whatever it said of the recipient`() {
        let signs = Array(repeating: Self.failure, count: 19) + [.works, Self.failure]
        let state = after(ProviderState(), signs)
        #expect(state.failures == 1 && state.pausedAt == nil)
    }

    @Test func `each failed trial doubles the pause up to an hour, and success ends it`() {
        var state = after(ProviderState(), Array(repeating: Self.failure, count: 25))
        var pauses: [Span] = []
        for _ in 0..<6 {
            state.pausedUntil = Self.now
            state = after(state, [Self.failure])
            if let until = state.pausedUntil { pauses.append(until - Self.now) }
        }
        #expect(
            pauses == [
                .minutes(10), .minutes(20), .minutes(40), .minutes(60), .minutes(60), .minutes(60),
            ]
        )
        state.pausedUntil = Self.now
        let working = after(state, [.works])
        #expect(working == ProviderState())
    }

    @Test func `with another to turn to, one that cannot be reached rests for a minute`() {
        let state = after(ProviderState(), [Self.failure, Self.failure], hasAlternative: true)
        #expect(state.pausedUntil == Self.now + .minutes(1))
        #expect(
            after(ProviderState(), [Self.failure, .works], hasAlternative: true).pausedAt == nil
        )
    }

    @Test func `what a person paused stays paused`() {
        var state = ProviderState()
        (state.pausedAt, state.reason) = (Self.now, "maintenance")
        let next = after(state, [.works])
        #expect(next.isPaused(at: Self.now + .days(9)) && next.reason == "maintenance")
    }

    @Test(arguments: [
        (DeliveryResult.accepted(reply: "ok"), ProviderHealth.Sign.works),
        (.refusedPermanently(.init(code: 550, reply: "no", stage: .recipient)), .works),
        (.refusedTemporarily(.init(code: 452, reply: "full", stage: .content)), .works),
        (.refusedPermanently(.init(code: 550, reply: "no", stage: .sender)), .fails("550 no")),
        (.refusedTemporarily(.init(code: 421, reply: "bye", stage: .recipient)), .fails("421 bye")),
        (.notHandedOver(reason: "gone"), .fails("gone")), (.inDoubt(reason: "cut"), .fails("cut")),
        (.notStarted, .nothing),
    ])
    func `what a result says of its provider`(result: DeliveryResult, sign: ProviderHealth.Sign) {
        #expect(ProviderHealth.sign(of: result) == sign)
    }

    private func candidate(
        _ number: Int64,
        _ state: ProviderState = ProviderState(),
        isWanted: Bool = false
    ) -> RouteChoice.Candidate {
        .init(
            provider: Provider(.relay, number),
            name: "the relay r\(number)",
            state: state,
            isWanted: isWanted
        )
    }

    private func capped(_ taken: Int) -> ProviderState {
        var state = ProviderState()
        state.cap = 3_600
        state.usage = Pace.Usage(slot: Self.now, taken: taken)
        return state
    }

    private func paused(until: Instant?) -> ProviderState {
        var state = ProviderState()
        (state.pausedAt, state.pausedUntil, state.reason) = (Self.now, until, "no route")
        return state
    }

    @Test func `the first that may take something is chosen`() {
        let later = Self.now + .minutes(5)
        let choices: [([RouteChoice.Candidate], RouteChoice?)] = [
            ([candidate(1), candidate(2)], .go(Provider(.relay, 1), limit: 200)),
            ([candidate(1, capped(4))], .go(Provider(.relay, 1), limit: 6)),
            ([candidate(1, capped(10)), candidate(2)], .go(Provider(.relay, 2), limit: 200)),
            (
                [candidate(1, paused(until: later)), candidate(2)],
                .go(Provider(.relay, 2), limit: 200)
            ),
            ([candidate(1, paused(until: Self.now))], .go(Provider(.relay, 1), limit: 1)),
            (
                [candidate(1, paused(until: later))],
                .wait(
                    Provider(.relay, 1),
                    until: later,
                    reason: "the relay r1 is paused until then: no route"
                )
            ),
            (
                [candidate(1, capped(10))],
                .wait(
                    Provider(.relay, 1),
                    until: Self.now + Pace(rate: 3_600).spacing,
                    reason: "the relay r1 takes at most 3600 messages an hour"
                )
            ),
            (
                [candidate(1, capped(4), isWanted: true)],
                .wait(
                    Provider(.relay, 1),
                    until: Self.now + .seconds(2),
                    reason: "sends with a higher priority go first"
                )
            ),
            ([], nil),
        ]
        for (candidates, choice) in choices {
            #expect(RouteChoice.choose(candidates, most: 200, at: Self.now) == choice)
        }
    }

    @Test func `of two that wait, the one that is free first is waited for`() {
        let first = candidate(1, paused(until: nil))
        let second = candidate(2, paused(until: Self.now + .minutes(1)))
        let choice = RouteChoice.choose([first, second], most: 200, at: Self.now)
        guard case .wait(let provider, let until, _)? = choice else {
            Issue.record("\(String(describing: choice))")
            return
        }
        #expect(provider == Provider(.relay, 2) && until == Self.now + .minutes(1))
    }
}
