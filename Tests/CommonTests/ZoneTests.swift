// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

/// Clocks went forward in Brussels on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00; in New
/// York forward on 2026-03-08 at 02:00 and back on 2026-11-01 at 02:00.
struct ZoneTests {
    struct LocalTime: Sendable, CustomStringConvertible {
        let zone: String
        let day: String
        let time: String
        let instant: String
        var description: String { "\(day) \(time) \(zone)" }
    }

    static let localTimes = [
        LocalTime(zone: "UTC", day: "2026-03-29", time: "02:30", instant: "2026-03-29T02:30:00Z"),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-01-15",
            time: "03:00",
            instant: "2026-01-15T02:00:00Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-07-15",
            time: "03:00",
            instant: "2026-07-15T01:00:00Z"
        ),
        // The gap: the first instant after it.
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-03-29",
            time: "01:59:59",
            instant: "2026-03-29T00:59:59Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-03-29",
            time: "02:00",
            instant: "2026-03-29T01:00:00Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-03-29",
            time: "02:30",
            instant: "2026-03-29T01:00:00Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-03-29",
            time: "03:00",
            instant: "2026-03-29T01:00:00Z"
        ),
        // The overlap: the first of the two.
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-10-25",
            time: "01:59:59",
            instant: "2026-10-24T23:59:59Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-10-25",
            time: "02:30",
            instant: "2026-10-25T00:30:00Z"
        ),
        LocalTime(
            zone: "Europe/Brussels",
            day: "2026-10-25",
            time: "03:00",
            instant: "2026-10-25T02:00:00Z"
        ),
        LocalTime(
            zone: "America/New_York",
            day: "2026-03-08",
            time: "02:30",
            instant: "2026-03-08T07:00:00Z"
        ),
        LocalTime(
            zone: "America/New_York",
            day: "2026-03-08",
            time: "03:00",
            instant: "2026-03-08T07:00:00Z"
        ),
        LocalTime(
            zone: "America/New_York",
            day: "2026-11-01",
            time: "01:30",
            instant: "2026-11-01T05:30:00Z"
        ),
        LocalTime(
            zone: "America/New_York",
            day: "2026-11-01",
            time: "02:00",
            instant: "2026-11-01T07:00:00Z"
        ),
        // Half an hour's change, and a zone whose day is almost a day ahead.
        LocalTime(
            zone: "Australia/Lord_Howe",
            day: "2026-10-04",
            time: "02:15",
            instant: "2026-10-03T15:30:00Z"
        ),
        LocalTime(
            zone: "Pacific/Kiritimati",
            day: "2026-01-01",
            time: "00:00",
            instant: "2025-12-31T10:00:00Z"
        ),
        // Samoa had no 30 December 2011 at all.
        LocalTime(
            zone: "Pacific/Apia",
            day: "2011-12-30",
            time: "12:00",
            instant: "2011-12-30T10:00:00Z"
        ),
    ]

    @Test(arguments: localTimes)
    func `a local time becomes the instant that the rules name`(_ row: LocalTime) throws {
        let day = try #require(Day(iso8601: row.day))
        let found = try zone(row.zone).instant(of: try clock(row.time), on: day)
        #expect(found == (try at(row.instant)))
    }

    @Test func `a local time that exists comes back from its instant`() throws {
        let brussels = try zone("Europe/Brussels")
        let start = try #require(Day(iso8601: "2026-01-01"))
        for number in 0..<365 {
            for hour in [0, 1, 4, 12, 23] {
                let time = try #require(TimeOfDay(hour: hour, minute: 7, second: 9))
                let local = brussels.local(brussels.instant(of: time, on: start + number))
                #expect(local.day == start + number)
                #expect(local.secondOfDay == Int64(time.secondOfDay))
            }
        }
    }

    @Test(arguments: ["Asia/Kolkata", "Asia/Calcutta", "Europe/Kyiv", "Europe/Kiev", "Asia/Saigon"])
    func `a zone is known by its old name and by its new one`(_ name: String) throws {
        #expect(try zone(name).name == name)
    }

    @Test(arguments: ["Europe/Bruxelles", "", "CET+1", "GMT+2", "../UTC", "europe/brussels"])
    func `an unknown zone is refused`(_ name: String) {
        #expect(Zone(name) == nil)
        #expect(throws: DecodingError.self) {
            try JSONText.decode([Zone].self, from: "[\"\(name)\"]")
        }
    }

    @Test func `a zone comes back from its JSON`() throws {
        let zones = [Zone.utc, try zone("America/New_York")]
        let text = try JSONText.encode(zones)
        #expect(text == #"["UTC","America/New_York"]"#)
        #expect(try JSONText.decode([Zone].self, from: text) == zones)
    }

    @Test(arguments: [
        ("03:00", 10_800), ("00:00", 0), ("23:59:59", 86_399), ("07:05:09", 25_509),
    ])
    func `a time of day reads and prints`(_ text: String, _ second: Int) throws {
        let time = try clock(text)
        #expect(time.secondOfDay == second)
        #expect(time.description == text)
        #expect(try JSONText.decode([TimeOfDay].self, from: "[\"\(text)\"]") == [time])
    }

    @Test(arguments: [
        "24:00", "3:00", "03:60", "03:00:60", "03", "03:00:00:00", "", "-1:00", "+3:00",
    ])
    func `what is no time of day is refused`(_ text: String) {
        #expect(TimeOfDay(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONText.decode([TimeOfDay].self, from: "[\"\(text)\"]")
        }
    }

    @Test(arguments: [
        ("Europe/Brussels", "03:00", "2026-03-01T01:59:59.999999Z", "2026-03-01T02:00:00Z"),
        ("Europe/Brussels", "03:00", "2026-03-01T02:00:00Z", "2026-03-02T02:00:00Z"),
        ("Europe/Brussels", "02:30", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
        ("Europe/Brussels", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        // In the overlap only the first of the two counts.
        ("Europe/Brussels", "02:30", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
        ("Europe/Brussels", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("America/New_York", "23:00", "2026-06-01T01:00:00Z", "2026-06-01T03:00:00Z"),
        ("Pacific/Kiritimati", "00:30", "2026-01-01T10:29:59Z", "2026-01-01T10:30:00Z"),
    ])
    func `the first occurrence of a time lies strictly after an instant`(
        _ name: String,
        _ time: String,
        _ after: String,
        _ expected: String
    ) throws {
        let found = try clock(time).firstOccurrence(after: try at(after), in: try zone(name))
        #expect(found == (try at(expected)))
    }
}
