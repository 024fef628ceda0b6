// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Imports

@Suite struct BulkGatheringTests {
    @Test(arguments: [
        (count: 1, first: 0, last: 0, now: 10, waits: false),
        (count: 2, first: 0, last: 5, now: 10, waits: true),
        (count: 2, first: 5, last: 5, now: 10, waits: false),
        (count: 2, first: 0, last: 5, now: 154, waits: true),
        (count: 2, first: 0, last: 5, now: 155, waits: false),
        (count: 249, first: 0, last: 4_900, now: 4_999, waits: true),
        (count: 249, first: 0, last: 4_990, now: 5_000, waits: false),
        (count: 250, first: 0, last: 5, now: 10, waits: false),
    ])
    func `a run waits while more bulks come, for five seconds at most`(
        count: Int,
        first: Int64,
        last: Int64,
        now: Int64,
        waits: Bool
    ) {
        let start = Instant(seconds: 1_780_000_000)
        let gathering = BulkGathering(
            count: count,
            first: start + .milliseconds(first),
            last: start + .milliseconds(last)
        )
        #expect(gathering.goesOn(at: start + .milliseconds(now)) == waits)
    }
}
