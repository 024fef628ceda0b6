// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Campaigns

@Suite struct PaceTests {
    private static let start = ManualTime.monday

    /// Sends as fast as a rate lets a worker that looks every so often; each message leaves up to the
    /// claim's deadline late.
    private func sending(_ rate: Int, lookingEvery look: Span, for length: Span) -> [Instant] {
        let pace = Pace(rate: rate)
        let chance = SeededRandomness()
        var usage = Pace.Usage()
        var left: [Instant] = []
        var now = Self.start
        while now < Self.start + length {
            if case .messages(let count) = pace.allowance(usage, at: now) {
                usage = pace.use(usage, count, at: now)
                let late = Span(microseconds: Int64(chance.next() % 2_000_001))
                left += Array(repeating: now + late, count: count)
            }
            now = now + look
        }
        return left.sorted()
    }

    @Test(arguments: [1, 2, 7, 60, 359, 360, 719, 720, 721, 1_000, 3_600, 7_777, 100_000])
    func `never more than the rate leaves in any hour, and hardly less`(rate: Int) {
        for look in [Span.milliseconds(700), .seconds(1), .seconds(4), .seconds(13)] {
            let left = sending(rate, lookingEvery: look, for: .hours(4))
            var first = 0
            var most = 0
            for (last, moment) in left.enumerated() {
                while moment - left[first] >= .hours(1) { first += 1 }
                most = max(most, last - first + 1)
            }
            #expect(most <= rate, "looking every \(look.inSeconds) s")
            guard look <= .seconds(1) else { continue }
            #expect(left.count >= rate * 4 * 99 / 100, "looking every \(look.inSeconds) s")
        }
    }

    @Test func `messages are spread evenly over the hour`() {
        let left = sending(60, lookingEvery: .seconds(1), for: .hours(2))
        let gaps = zip(left, left.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 > .seconds(56) && $0 < .seconds(65) })
        #expect(Pace(rate: 36_000).share == 100)
    }

    @Test func `a slot that is not used up is not lost`() {
        let pace = Pace(rate: 3_600)
        #expect(pace.share == 10)
        let usage = pace.use(Pace.Usage(), 4, at: Self.start)
        #expect(pace.allowance(usage, at: Self.start + .seconds(1)) == .messages(6))
        let full = pace.use(usage, 6, at: Self.start + .seconds(1))
        #expect(full == Pace.Usage(slot: Self.start, taken: 10))
        let next = Self.start + pace.spacing
        #expect(pace.allowance(full, at: Self.start + .seconds(2)) == .until(next, rate: 3_600))
        #expect(pace.use(full, 0, at: next) == full)
    }

    @Test func `another rate holds from the next message on`() {
        let slow = Pace(rate: 1).use(Pace.Usage(), 1, at: Self.start)
        let soon = Self.start + .seconds(11)
        #expect(Pace(rate: 1).allowance(slow, at: soon) != .messages(1))
        #expect(Pace(rate: 360).allowance(slow, at: soon) == .messages(1))
        let fast = Pace(rate: 36_000).use(Pace.Usage(), 100, at: Self.start)
        #expect(
            Pace(rate: 60).allowance(fast, at: soon)
                == .until(
                    Self.start + Pace(rate: 60).spacing,
                    rate: 60
                )
        )
    }

    @Test(
        arguments: [
            ([:], nil, nil, nil), ([0: 5], nil, 0, 0), ([0: 5, 60: 1], nil, 0, 60),
            ([-60: 1], nil, 0, 0),
            ([0: 3], 60, 0, 120), ([0: 3, 60: 2], 60, 0, 240), ([600: 2], 60, 600, 660),
        ] as [([Int64: Int], Int?, Int64?, Int64?)]
    )
    func `a forecast's first and last moment`(
        due: [Int64: Int],
        rate: Int?,
        first: Int64?,
        last: Int64?
    ) {
        let moments = Dictionary(uniqueKeysWithValues: due.map { (Self.start + .seconds($0), $1) })
        let span = ForecastRule.span(moments, rate: rate, now: Self.start)
        #expect(span?.first == first.map { Self.start + .seconds($0) })
        // A slot is a hair longer than its share of the hour.
        let late = last.flatMap { wanted in span.map { $0.last - (Self.start + .seconds(wanted)) } }
        #expect(late.map { $0 >= .zero && $0 < .seconds(1) } ?? (last == nil))
    }
}
