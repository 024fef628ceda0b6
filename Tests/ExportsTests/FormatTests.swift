// SPDX-License-Identifier: Apache-2.0
import Common
import Files
import TestSupport
import Testing

@testable import Exports

@Suite struct FormatTests {
    /// 2026-07-09T23:05:07.999999Z.
    private static let moment = Int64(1_783_638_307_999_999)

    @Test(
        arguments: zip(
            MomentFormat.allCases,
            [
                "2026-07-10 01:05:07", "2026-07-10 01:05:07+02:00", "2026-07-10T01:05:07+02:00",
                "10/07/2026 01:05", "10/07/2026 01:05:07", "07/10/2026 01:05", "20260710010507",
                "2026-07-10", "10/07/2026", "07/10/2026", "20260710",
            ]
        )
    )
    func `a moment is written in its format and zone`(format: MomentFormat, text: String) throws {
        var formats = ValueFormats()
        formats.moments = format
        formats.zone = try #require(Zone("Europe/Brussels"))
        var writer = MomentWriter(formats)
        #expect(String(decoding: writer.moment(FormatTests.moment), as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (-1, "1969-12-31T23:59:59Z"), (0, "1970-01-01T00:00:00Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func `far moments are written in UTC`(microseconds: Int64, text: String) {
        var formats = ValueFormats()
        formats.moments = .iso8601
        var writer = MomentWriter(formats)
        #expect(String(decoding: writer.moment(microseconds), as: UTF8.self) == text)
    }

    @Test func `each moment is written with its own day, whatever was written before`() {
        var writer = MomentWriter(ValueFormats())
        let days = [0, 1, 86_399, 86_400, 5, -1, 0].map { seconds in
            let text = String(decoding: writer.moment(Int64(seconds) * 1_000_000), as: UTF8.self)
            return String(text.prefix(10))
        }
        let (first, second) = ("1970-01-01", "1970-01-02")
        #expect(days == [first, first, first, second, first, "1969-12-31", first])
    }

    @Test(
        arguments: zip(DateFormat.allCases, ["2026-03-29", "29/03/2026", "03/29/2026", "20260329"])
    )
    func `a day is written in its format`(format: DateFormat, text: String) throws {
        var formats = ValueFormats()
        formats.dates = format
        var writer = MomentWriter(formats)
        let day = try #require(Day(year: 2026, month: 3, day: 29))
        #expect(String(decoding: writer.day(day.number), as: UTF8.self) == text)
    }

    @Test(arguments: zip(BooleanFormat.allCases, [("1", "0"), ("Y", "N"), ("TRUE", "FALSE")]))
    func `a truth value is written in its format`(format: BooleanFormat, words: (String, String)) {
        #expect(format.text(true).description == words.0)
        #expect(format.text(false).description == words.1)
    }

    @Test(
        arguments: [
            (0, "0"), (-3, "-3"), (2.5, "2.5"), (0.1, "0.1"), (1e15, "1000000000000000"),
            (1e20, "1e+20"), (-0.0, "0"),
        ] as [(Double, String)]
    )
    func `a number is as short as it can be`(number: Double, text: String) {
        #expect(NumberText.text(number) == text)
    }

    @Test func `offsets that are remembered are those of the zone`() throws {
        let zone = try #require(Zone("Europe/Brussels"))
        var offsets = ZoneOffsets(zone)
        var random = SeededRandomness(seed: 7)
        for _ in 0..<2_000 {
            let second = Int64.random(in: -2_000_000_000...4_000_000_000, using: &random)
            let instant = Instant(seconds: second)
            #expect(offsets.offset(at: instant) == zone.offset(at: instant))
        }
    }

    @Test(
        arguments: [
            (
                "orders", "_$yyyyMMdd", Compression.none, nil, "orders_20260302.csv",
                "orders_20260302.csv"
            ),
            ("orders", "", .gzip, nil, "orders.csv.gz", "orders.csv"),
            ("orders.txt", "_$dd", .gzip, "in-$MM.csv", "orders_02.txt.gz", "in-03.csv"),
            ("orders", "_$HHmm", .zip, nil, "orders_0900.zip", "orders_0900.csv"),
            ("orders.zip", "", .zip, "inner.csv", "orders.zip", "inner.csv"),
            ("v1.2 final", "", .none, nil, "v1.2 final.csv", "v1.2 final.csv"),
        ] as [(String, String, Compression, String?, String, String)]
    )
    func `file names follow from the transfer`(
        name: String,
        suffix: String,
        compression: Compression,
        inner: String?,
        outerName: String,
        innerName: String
    ) throws {
        let transfer = Transfer(
            fileName: name,
            suffix: suffix,
            compression: compression,
            innerFileName: inner
        )
        let zone = try #require(Zone("Europe/Brussels"))
        let names = try transfer.names(for: ManualTime.monday, in: zone)
        #expect(names.outer == outerName)
        #expect(names.inner == innerName)
    }
}
