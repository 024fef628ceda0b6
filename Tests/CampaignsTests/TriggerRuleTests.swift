// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import TestSupport
import Testing

/// A row of the table of examples (spec/imports.md, "Import triggers"); local times of one day.
struct TriggerExample: Sendable, CustomTestStringConvertible {
    var starts: String
    var time: String?
    var done: String
    /// When it is sent: a time of that day, or of the next with a `+`; nil when it is missed.
    var sent: String?

    var testDescription: String { "\(starts), T \(time ?? "–"), done \(done)" }

    static let all = [
        TriggerExample(starts: "03:00", time: nil, done: "03:20", sent: "03:20"),
        TriggerExample(starts: "03:00", time: "09:00", done: "03:20", sent: "09:00"),
        TriggerExample(starts: "09:00", time: "03:00", done: "09:40", sent: "+03:00"),
        TriggerExample(starts: "03:00", time: "09:00", done: "09:20", sent: nil),
        TriggerExample(starts: "08:55", time: "09:00", done: "09:30", sent: nil),
        TriggerExample(starts: "10:00", time: "09:00", done: "10:05", sent: "+09:00"),
        TriggerExample(starts: "09:00", time: "09:00", done: "09:05", sent: "+09:00"),
        TriggerExample(starts: "03:00", time: "09:00", done: "09:00", sent: "09:00"),
    ]

    /// A local time of 2026-06-10 in a zone; of the day after with a `+`.
    static func moment(_ text: String, _ zone: Zone) throws -> Instant {
        let day = try #require(Day(year: 2026, month: 6, day: text.hasPrefix("+") ? 11 : 10))
        let time = try #require(TimeOfDay(text.hasPrefix("+") ? String(text.dropFirst()) : text))
        return zone.instant(of: time, on: day)
    }
}

@Suite struct TriggerRuleTests {
    private static let zones = ["Europe/Brussels", "America/New_York"]

    @Test(arguments: TriggerExample.all, zones)
    func `the table of examples`(example: TriggerExample, name: String) throws {
        let zone = try #require(Zone(name))
        let start = try TriggerExample.moment(example.starts, zone)
        let done = try TriggerExample.moment(example.done, zone)
        let time = try example.time.map { try #require(TimeOfDay($0)) }
        let due = TriggerRule.due(start: start, time: time, zone: zone)
        func decide(_ now: Instant) -> TriggerRule.Decision {
            let standing: TriggerRule.ImportStanding = now >= done ? .complete(at: done) : .running
            return TriggerRule.decide(due: due, standing: standing, now: now)
        }
        #expect(decide(done - .seconds(1)) == .wait || example.sent == nil)
        guard let sent = example.sent else {
            let due = try #require(due)
            #expect(decide(due) == .wait)
            guard case .miss = decide(due + .seconds(1)), case .miss = decide(done) else {
                Issue.record("not missed")
                return
            }
            return
        }
        let moment = try TriggerExample.moment(sent, zone)
        #expect(due == (example.time == nil ? nil : moment))
        #expect(decide(moment) == .fire)
        #expect(decide(moment + .hours(1)) == .fire)
        if moment > done { #expect(decide(moment - .seconds(1)) == .wait) }
    }

    @Test(arguments: [
        // The time does not exist that day: the next instant that does.
        ("Europe/Brussels", "02:30", "2026-03-28T20:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Brussels", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        ("America/New_York", "02:30", "2026-03-07T20:00:00Z", "2026-03-08T07:00:00Z"),
        ("America/New_York", "02:30", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"),
        // It exists twice: the first.
        ("Europe/Brussels", "02:30", "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"),
        ("Europe/Brussels", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("America/New_York", "01:30", "2026-10-31T20:00:00Z", "2026-11-01T05:30:00Z"),
        ("America/New_York", "01:30", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
    ])
    func `days on which clocks change`(
        zone: String,
        time: String,
        start: String,
        due: String
    ) throws {
        let start = try #require(Instant(iso8601: start))
        let found = TriggerRule.due(start: start, time: TimeOfDay(time), zone: Zone(zone) ?? .utc)
        #expect(found?.description == due)
    }

    @Test func `an import that ended Fatal waits for its retry until the time has passed`() {
        let due = ManualTime.monday
        for now in [due - .hours(1), due] {
            #expect(TriggerRule.decide(due: due, standing: .fatal, now: now) == .wait)
        }
        let late = TriggerRule.decide(due: due, standing: .fatal, now: due + .seconds(1))
        guard case .miss(let reason) = late else {
            Issue.record("not missed")
            return
        }
        #expect(reason.contains("Fatal"))
        #expect(TriggerRule.decide(due: nil, standing: .fatal, now: due) == .wait)
    }
}
