// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

struct MomentTextTests {
    @Test func `any instant comes back from its text`() {
        var random = SeededRandomness(seed: 7)
        // The years 0000 to 9999, which four digits can say.
        let range = Int64(-62_167_219_200_000_000)...Int64(253_402_300_799_999_999)
        for _ in 0..<5_000 {
            var micros = Int64.random(in: range, using: &random)
            if micros % 3 == 0 { micros -= micros % 1_000_000 }
            let instant = Instant(microseconds: micros)
            #expect(Instant(iso8601: instant.description) == instant)
            let compact = instant.description.replacingOccurrences(of: "Z", with: "+00:00")
            #expect(Instant(iso8601: compact) == instant)
        }
    }

    @Test func `any day comes back from its text and its components`() {
        var random = SeededRandomness(seed: 8)
        for _ in 0..<5_000 {
            let day = Day(number: Int64.random(in: -719_528...2_932_896, using: &random))
            let date = day.components
            #expect(Day(iso8601: day.description) == day)
            #expect(Day(year: date.year, month: date.month, day: date.day) == day)
            #expect(Day(utc: day.utcMidnight) == day)
            #expect((day + 1).weekday == day.weekday % 7 + 1)
        }
    }

    @Test(arguments: [
        ("2026-03-29T01:00:00Z", 1_774_746_000_000_000),
        ("2026-03-29 01:00:00", 1_774_746_000_000_000),
        ("2026-03-29T03:00+02:00", 1_774_746_000_000_000),
        ("2026-03-28T20:30:00-0430", 1_774_746_000_000_000),
        ("2026-03-29t03:00:00+02", 1_774_746_000_000_000),
        ("2026-03-29T01:00:00.1234567Z", 1_774_746_000_123_456),
        ("2026-03-29", 1_774_742_400_000_000),
        ("1969-12-31T23:59:59.999999Z", -1),
    ])
    func `a moment is read in each of its forms`(_ text: String, _ micros: Int64) {
        #expect(Instant(iso8601: text)?.microseconds == micros)
    }

    @Test(arguments: [
        "", "2026", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-32", "2026-1-1",
        "2026-03-29T", "2026-03-29T25:00", "2026-03-29T01:60", "2026-03-29T01:00:60",
        "2026-03-29T01:00:00.", "2026-03-29T01:00:00Zx", "2026-03-29T01:00:00+",
        "2026-03-29T01:00:00+24:00", "2026-03-29T01:00:00+02:60", " 2026-03-29",
        "2026-03-29T01:00:00+02:", "２０２６-03-29",
    ])
    func `what is no moment is refused`(_ text: String) {
        #expect(Instant(iso8601: text) == nil)
    }

    @Test(arguments: ["2026-03-29T00:00", "2026-03-29 ", "29-03-2026", "2025-02-29"])
    func `what is no day is refused`(_ text: String) {
        #expect(Day(iso8601: text) == nil)
    }

    @Test(arguments: [
        (-1, "1969-12-31T23:59:59.999999Z", -1), (0, "1970-01-01T00:00:00Z", 0),
        (1_500_000, "1970-01-01T00:00:01.5Z", 1), (-1_000_000, "1969-12-31T23:59:59Z", -1),
        (-1_000_001, "1969-12-31T23:59:58.999999Z", -2),
    ])
    func `an instant around the epoch prints and floors`(
        _ micros: Int64,
        _ text: String,
        _ second: Int64
    ) {
        #expect(Instant(microseconds: micros).description == text)
        #expect(Instant(microseconds: micros).seconds == second)
    }

    @Test(arguments: [("2026-03-02", 1), ("1970-01-01", 4), ("1969-12-28", 7), ("2000-02-29", 2)])
    func `a day knows its place in the week`(_ text: String, _ weekday: Int) throws {
        #expect(try #require(Day(iso8601: text)).weekday == weekday)
    }
}
