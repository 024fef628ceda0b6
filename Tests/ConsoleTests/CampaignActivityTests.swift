// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import TestSupport
import Testing

@testable import Campaigns
@testable import Console

/// Opens and clicks over time.
struct CampaignActivityTests {
    @Test(arguments: [
        (ActivityPeriod.twoDays, 48), (.week, 168), (.month, 30), (.year, 365),
    ])
    func `a period falls into hours or days up to now`(period: ActivityPeriod, count: Int) throws {
        let now = try #require(Instant(iso8601: "2026-11-30T14:41:00Z"))
        let zone = try #require(Zone("Europe/Brussels"))
        let buckets = period.buckets(now, in: zone)
        #expect(buckets.count == count)
        let last = try #require(buckets.last)
        #expect(last.start <= now && now - last.start < .days(1))
        #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.start < $1.start })
    }

    @Test func `a day of a zone is 23 or 25 hours long where clocks change`() throws {
        let zone = try #require(Zone("Europe/Brussels"))
        let now = try #require(Instant(iso8601: "2026-10-26T12:00:00Z"))
        let buckets = ActivityPeriod.month.buckets(now, in: zone)
        let days = zip(buckets, buckets.dropFirst()).map { $1.start - $0.start }
        #expect(days.suffix(1) == [.hours(25)])
        #expect(buckets.suffix(2).map(\.label) == ["25/10", "26/10"])
    }

    @Test func `counts fall into the bucket in which their hour begins`() {
        func at(_ seconds: Int64) -> Instant { Instant(seconds: seconds) }
        let buckets = [10, 20, 30].map { ActivityPeriod.Bucket(start: at($0), label: "") }
        let counts = [(at(31), 5), (at(9), 1), (at(10), 2), (at(19), 3), (at(30), 4)]
        let sums = ActivityPeriod.sums(counts.map { (hour: $0.0, total: $0.1) }, in: buckets)
        #expect(sums == [5, 0, 9])
        #expect(ActivityPeriod.sums([], in: buckets) == [0, 0, 0])
        #expect(ActivityPeriod.sums([(hour: at(1), total: 1)], in: []) == [])
    }

    @Test(arguments: TestEngine.lasting)
    func `a campaign shows when it was opened, and which links were clicked`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let viewer = try await ground.cookie(.viewer)
        let id = try await ground.campaign("Spring")
        let place = "/console/campaigns/\(id)"
        let before = await ground.page(place, by: viewer)
        #expect(before.contains("None in this period") && before.contains("No link was clicked"))
        try await ground.write { transaction, context in
            try CampaignCounts(context.workspace).add(
                [
                    CampaignMeasure(.open): 1_234, CampaignMeasure(.click): 56,
                    CampaignMeasure(.link, "shop"): 50, CampaignMeasure(.link, "<news>"): 9,
                ],
                to: id,
                SendID(1),
                in: transaction
            )
        }
        for period in ActivityPeriod.allCases {
            let page = await ground.page("\(place)?period=\(period.rawValue)", by: viewer)
            #expect(page.contains("Opens and clicks over time: Opens 1234, Clicks 56."))
            #expect(page.contains("1\u{202F}234 opened and 56 clicked"))
            #expect(page.contains("&lt;news&gt;") && page.contains("84.7 %"))
            #expect(page.contains("<summary>Show as a table</summary>"))
        }
    }
}
