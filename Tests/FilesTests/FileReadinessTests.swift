// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Files

struct FileReadinessTests {
    struct Look: Sendable, CustomTestStringConvertible {
        var before: Int64?
        var seen: Int64?
        var size: Int64 = 10
        var now: Int64 = 1_000
        var pause: Int64 = 60
        var hasCompanion = false
        /// When to look again; nil when it is ready.
        var again: Int64?
        var testDescription: String {
            "\(before ?? -1) at \(seen ?? -1), \(size) at \(now), pause \(pause)"
        }
    }

    @Test(arguments: [
        Look(again: 1_060),
        Look(hasCompanion: true),
        Look(before: 9, seen: 0, hasCompanion: true),
        Look(before: 9, seen: 0, again: 1_060),
        Look(before: 11, seen: 0, again: 1_060),
        Look(before: 10, seen: 990, again: 1_050),
        Look(before: 10, seen: 941, again: 1_001),
        Look(before: 10, seen: 940),
        Look(before: 10, seen: 0),
        Look(before: 10, seen: nil, again: 1_060),
        Look(before: 10, seen: 5_000, again: 1_060),
        Look(before: 0, seen: 0, size: 0),
        Look(pause: 0),
    ])
    func `a file is ready with a companion or when its length stayed`(look: Look) {
        let readiness = FileReadiness.decide(
            previousSize: look.before,
            previousSeen: look.seen.map(Instant.init(seconds:)),
            size: look.size,
            now: Instant(seconds: look.now),
            pause: .seconds(look.pause),
            hasCompanion: look.hasCompanion
        )
        let expected = look.again.map { FileReadiness.wait(until: Instant(seconds: $0)) }
        #expect(readiness == expected ?? .ready)
    }
}
