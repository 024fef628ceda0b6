// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Files

struct FileNamePatternTests {
    /// 2026-03-29T00:30:05Z: in Brussels 01:30:05, half an hour before clocks go forward.
    static let moment = Instant(seconds: 1_774_744_205)

    @Test(arguments: [
        ("orders.csv", "orders.csv"),
        ("orders_$yyyyMMdd.csv", "orders_20260329.csv"),
        ("$yyyy-MM-dd", "2026-03-29"),
        ("$yyyyMMdd_HHmmss", "20260329_013005"),
        ("a$dd.MM.yyyy.csv", "a29.03.2026.csv"),
        ("$yyyyMMdd-HH.mm.ss.csv", "20260329-01.30.05.csv"),
        ("$yyyy$MM", "202603"),
        ("$yyyy_$MM-x", "2026_03-x"),
        ("$HHmm-report", "0130-report"),
        ("$mmMM", "3003"),
        ("$dd-", "29-"),
        ("", ""),
    ])
    func `dates stand where a dollar says so`(text: String, name: String) throws {
        let zone = try #require(Zone("Europe/Brussels"))
        #expect(try FileNamePattern(text).expand(Self.moment, in: zone) == name)
    }

    @Test func `the zone decides the day`() throws {
        let pattern = try FileNamePattern("$yyyyMMdd_HHmmss")
        let zone = try #require(Zone("America/New_York"))
        #expect(pattern.expand(Self.moment, in: zone) == "20260328_203005")
        #expect(pattern.expand(Self.moment, in: .utc) == "20260329_003005")
    }

    @Test(arguments: [("$", 1), ("a$", 2), ("x_$YYYYMMDD", 3), ("$yyyy$-MM", 6), ("$-yyyy", 1)])
    func `a dollar without a date part is an error that says where`(text: String, position: Int) {
        #expect(throws: FilesError.badPattern(text, position: position)) {
            try FileNamePattern(text)
        }
    }

    @Test func `a pattern is stored as its text`() throws {
        let pattern = try FileNamePattern("a_$yyyyMMdd.csv")
        let text = try JSONText.encode(pattern)
        #expect(text == "\"a_$yyyyMMdd.csv\"")
        #expect(try JSONText.decode(FileNamePattern.self, from: text) == pattern)
    }
}
