// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Foundation
import Testing

@testable import MillraceCommand

@Suite struct ScheduleOptionsTests {
    /// Wednesday 2026-03-04, 10:20 UTC.
    private let now = Instant(seconds: 1_772_619_600)

    private func recurrence(_ arguments: [String]) throws -> Recurrence? {
        try ScheduleOptions.parse(arguments).recurrence(now: now)
    }

    @Test(arguments: [
        (["--daily", "03:00"], "daily at 03:00 UTC"),
        (
            ["--daily", "03:00", "--zone", "Europe/Brussels"], "daily at 03:00 Europe/Brussels"
        ),
        (["--weekly", "mon,Thu@09:30"], "weekly on Mon, Thu at 09:30 UTC"),
        (["--monthly", "15@09:00"], "monthly on day 15 at 09:00 UTC"),
        (["--monthly", "last@09:00"], "monthly on the last day at 09:00 UTC"),
        (["--every-hours", "6"], "every 6 h"),
    ])
    func `a schedule is read as it is typed`(arguments: [String], summary: String) throws {
        #expect(try recurrence(arguments)?.summary == summary)
    }

    @Test func `without one there is no schedule`() throws {
        #expect(try recurrence([]) == nil)
    }

    @Test func `hours are counted from local midnight`() throws {
        let found = try #require(
            try recurrence(["--every-hours", "6", "--zone", "Europe/Brussels"])
        )
        // 12:00 in Brussels, which is 11:00 UTC in winter.
        #expect(found.next(after: now).description == "2026-03-04T11:00:00Z")
    }

    @Test(arguments: [
        (["--daily", "25:00"], "25:00 is no time of day; use HH:mm"),
        (
            ["--weekly", "monday@09:00"],
            "monday is no day of the week; use mon, tue, wed, thu, fri, sat, sun"
        ),
        (["--weekly", "mon"], "mon is not like mon,thu@09:00"),
        (["--weekly", "mon@9"], "9 is no time of day; use HH:mm"),
        (["--monthly", "32@09:00"], "32 is no day of the month; use 1 to 31, or last"),
        (["--monthly", "15"], "15 is not like 15@09:00 or last@09:00"),
        (["--every-hours", "0"], "--every-hours must be 1 or more"),
        (["--zone", "Mars/Olympus", "--daily", "03:00"], "Mars/Olympus is no time zone"),
        (
            ["--daily", "03:00", "--every-hours", "2"],
            "give one of --daily, --weekly, --monthly and --every-hours"
        ),
    ])
    func `what is wrong is named`(arguments: [String], words: String) throws {
        let error = #expect(throws: (any Error).self) { try recurrence(arguments) }
        #expect(error.map { ScheduleOptions.message(for: $0) } == words)
    }
}
