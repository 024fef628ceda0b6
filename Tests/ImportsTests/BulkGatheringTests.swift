// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Imports

@Suite struct BulkGatheringTests {
    @Test(arguments: [
        (first: 0, last: 0, now: 10, waits: false),
        (first: 0, last: 5, now: 10, waits: true),
        (first: 5, last: 5, now: 10, waits: false),
        (first: 0, last: 5, now: 154, waits: true),
        (first: 0, last: 5, now: 155, waits: false),
        (first: 0, last: 9_900, now: 9_999, waits: true),
        (first: 0, last: 9_990, now: 10_000, waits: false),
    ])
    func `a run waits while more bulks come, for ten seconds at most`(
        first: Int64,
        last: Int64,
        now: Int64,
        waits: Bool
    ) {
        let start = Instant(seconds: 1_780_000_000)
        let gathering = BulkGathering(
            first: start + .milliseconds(first),
            last: start + .milliseconds(last)
        )
        #expect(gathering.goesOn(at: start + .milliseconds(now)) == waits)
    }
}
