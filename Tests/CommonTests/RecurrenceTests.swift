// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

struct RecurrenceTests {
    struct Row: Sendable, CustomStringConvertible {
        let pattern: Recurrence.Pattern
        let zone: String
        let after: String
        let due: [String]
        var description: String { "\(pattern) in \(zone) after \(after)" }
    }

    static func rows() throws -> [Row] {
        let three = try clock("03:00")
        let halfPastTwo = try clock("02:30")
        return [
            Row(
                pattern: .daily(at: halfPastTwo),
                zone: "Europe/Brussels",
                after: "2026-03-27T12:00:00Z",
                due: ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
            ),
            Row(
                pattern: .daily(at: halfPastTwo),
                zone: "Europe/Brussels",
                after: "2026-10-23T12:00:00Z",
                due: ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
            ),
            Row(
                pattern: .daily(at: halfPastTwo),
                zone: "America/New_York",
                after: "2026-03-07T00:00:00Z",
                due: ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]
            ),
            Row(
                pattern: .weekly(days: [1, 7], at: halfPastTwo),
                zone: "Europe/Brussels",
                after: "2026-03-22T01:30:00Z",
                due: ["2026-03-23T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
            ),
            Row(
                pattern: .weekly(days: [7], at: try clock("01:30")),
                zone: "America/New_York",
                after: "2026-10-26T00:00:00Z",
                due: ["2026-11-01T05:30:00Z", "2026-11-08T06:30:00Z"]
            ),
            Row(
                pattern: .monthly(day: 31, at: three),
                zone: "Europe/Brussels",
                after: "2026-01-31T02:00:00Z",
                due: ["2026-02-28T02:00:00Z", "2026-03-31T01:00:00Z", "2026-04-30T01:00:00Z"]
            ),
            Row(
                pattern: .monthly(day: 29, at: halfPastTwo),
                zone: "Europe/Brussels",
                after: "2028-02-01T00:00:00Z",
                due: ["2028-02-29T01:30:00Z", "2028-03-29T00:30:00Z"]
            ),
            Row(
                pattern: .lastDayOfMonth(at: try clock("00:00")),
                zone: "America/New_York",
                after: "2026-02-27T00:00:00Z",
                due: ["2026-02-28T05:00:00Z", "2026-03-31T04:00:00Z", "2026-04-30T04:00:00Z"]
            ),
            // Elapsed hours: clocks that change do not matter.
            Row(
                pattern: .hourly(every: 6, from: try at("2026-03-28T22:00:00Z")),
                zone: "Europe/Brussels",
                after: "2026-03-28T22:00:00Z",
                due: ["2026-03-29T04:00:00Z", "2026-03-29T10:00:00Z", "2026-03-29T16:00:00Z"]
            ),
            Row(
                pattern: .hourly(every: 6, from: try at("2026-03-28T22:00:00Z")),
                zone: "Europe/Brussels",
                after: "2026-03-01T00:00:00Z",
                due: ["2026-03-28T22:00:00Z", "2026-03-29T04:00:00Z"]
            ),
        ]
    }

    @Test(arguments: try rows())
    func `due times follow one another`(_ row: Row) throws {
        let recurrence = try #require(Recurrence(row.pattern, in: try zone(row.zone)))
        let start = try at(row.after)
        let expected = try row.due.map { try at($0) }
        let last = try #require(expected.last)
        #expect(recurrence.occurrences(after: start, until: last) == expected)
        #expect(recurrence.occurrences(after: start, until: last, limit: 1) == [expected[0]])
    }

    @Test(arguments: try rows())
    func `the next due time is never missed and never repeated`(_ row: Row) throws {
        let recurrence = try #require(Recurrence(row.pattern, in: try zone(row.zone)))
        var last = try at(row.after)
        for _ in 0..<400 {
            let next = recurrence.next(after: last)
            #expect(next > last)
            #expect(recurrence.next(after: next - Span(microseconds: 1)) == next)
            last = next
        }
    }

    @Test(arguments: [
        Recurrence.Pattern.weekly(days: [], at: try .noon), .weekly(days: [0], at: try .noon),
        .weekly(days: [8], at: try .noon), .monthly(day: 0, at: try .noon),
        .monthly(day: 32, at: try .noon),
        .hourly(every: 0, from: Instant(seconds: 0)),
    ])
    func `a pattern that is never due is refused`(_ pattern: Recurrence.Pattern) {
        #expect(Recurrence(pattern, in: .utc) == nil)
    }

    @Test(arguments: [
        #"{"pattern":{"weekly":{"at":"03:00","days":[]}},"zone":"UTC"}"#,
        #"{"pattern":{"hourly":{"every":0,"from":0}},"zone":"UTC"}"#,
    ])
    func `a stored pattern that is never due is refused`(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONText.decode(Recurrence.self, from: text)
        }
    }

    @Test(arguments: try rows())
    func `a recurrence comes back from its JSON`(_ row: Row) throws {
        let recurrence = try #require(Recurrence(row.pattern, in: try zone(row.zone)))
        let text = try JSONText.encode(recurrence)
        #expect(try JSONText.decode(Recurrence.self, from: text) == recurrence)
    }

    @Test func `a recurrence says in words when it is due`() throws {
        let brussels = try zone("Europe/Brussels")
        let weekly = try #require(Recurrence(.weekly(days: [5, 1], at: try .noon), in: brussels))
        #expect(weekly.summary == "weekly on Mon, Fri at 12:00 Europe/Brussels")
        let last = try #require(Recurrence(.lastDayOfMonth(at: try .noon), in: .utc))
        #expect(last.summary == "monthly on the last day at 12:00 UTC")
    }

}
