// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

/// Days on which clocks change: 2026-03-29 and 2026-10-25 in Brussels, 2026-03-08 and 2026-11-01 in
/// New York, all Sundays.
@Suite struct ClockChangeTests {
    @Test(arguments: [
        // The time does not exist: at the next instant that does.
        (
            "Europe/Brussels", "02:30", "2026-03-28T12:00:00Z",
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        ),
        (
            "America/New_York", "02:30", "2026-03-07T12:00:00Z",
            ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]
        ),
        // It exists twice: at the first.
        (
            "Europe/Brussels", "02:30", "2026-10-24T12:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        ),
        (
            "America/New_York", "01:30", "2026-10-31T12:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
        ),
        // Midnight, and a time that changes only its offset.
        (
            "Europe/Brussels", "00:00", "2026-03-28T12:00:00Z",
            ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]
        ),
        (
            "America/New_York", "09:00", "2026-10-31T12:00:00Z",
            ["2026-10-31T13:00:00Z", "2026-11-01T14:00:00Z"]
        ),
    ])
    func `daily schedules`(zone: String, time: String, after: String, due: [String]) throws {
        try expect(.daily(at: #require(TimeOfDay(time))), zone, after, due)
    }

    @Test(arguments: [
        (
            "Europe/Brussels", "02:30", "2026-03-23T12:00:00Z",
            ["2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"]
        ),
        (
            "America/New_York", "01:30", "2026-10-27T12:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-11-08T06:30:00Z"]
        ),
    ])
    func `weekly schedules`(zone: String, time: String, after: String, due: [String]) throws {
        try expect(.weekly(days: [7], at: #require(TimeOfDay(time))), zone, after, due)
    }

    @Test(arguments: [
        (
            "Europe/Brussels", 29, "02:30", "2026-03-01T12:00:00Z",
            ["2026-03-29T01:00:00Z", "2026-04-29T00:30:00Z"]
        ),
        (
            "Europe/Brussels", 31, "03:00", "2026-02-01T12:00:00Z",
            ["2026-02-28T02:00:00Z", "2026-03-31T01:00:00Z"]
        ),
        (
            "America/New_York", 1, "01:30", "2026-10-05T12:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-12-01T06:30:00Z"]
        ),
    ])
    func `monthly schedules`(
        zone: String,
        day: Int,
        time: String,
        after: String,
        due: [String]
    ) throws {
        try expect(.monthly(day: day, at: #require(TimeOfDay(time))), zone, after, due)
    }

    @Test(arguments: ["Europe/Brussels", "America/New_York"])
    func `every few hours means elapsed hours, whatever the clocks do`(zone: String) throws {
        for start in ["2026-03-07T18:00:00Z", "2026-10-24T18:00:00Z", "2026-10-31T18:00:00Z"] {
            let anchor = try #require(Instant(iso8601: start))
            let place = try #require(Zone(zone))
            let recurrence = try #require(
                Recurrence(.hourly(every: 6, from: anchor), in: place)
            )
            let due = recurrence.occurrences(after: anchor, until: anchor + .days(2))
            #expect(due == (1...8).map { anchor + .hours($0 * 6) })
        }
    }

    private func expect(
        _ pattern: Recurrence.Pattern,
        _ zone: String,
        _ after: String,
        _ due: [String]
    ) throws {
        let place = try #require(Zone(zone))
        let recurrence = try #require(Recurrence(pattern, in: place))
        var last = try #require(Instant(iso8601: after))
        for wanted in due {
            last = recurrence.next(after: last)
            #expect(last.description == wanted)
        }
    }
}
