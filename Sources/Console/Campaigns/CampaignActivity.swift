// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database

/// Opens and clicks of a campaign over time, and the links that were clicked.
///
/// Read from the counts that are kept as things happen; never an event and never a contact.
struct CampaignActivity: Sendable {
    let period: ActivityPeriod
    private let place: String
    private let buckets: [ActivityPeriod.Bucket]
    private let opens: [Int]
    private let clicks: [Int]
    private let links: [(link: String, recipients: Int)]

    init(_ campaign: Campaign, _ visit: Visit, _ connection: Connection) throws {
        period = ActivityPeriod(rawValue: visit.query.text("period")) ?? .month
        place = "\(CampaignsPage.path)/\(campaign.id)"
        buckets = period.buckets(visit.now, in: visit.zone)
        let analytics = CampaignAnalytics(visit.workspace, campaign.id)
        // Counts are kept by the hour of UTC: one that a bucket begins within counts before it.
        let (start, end) = (buckets.first?.start ?? visit.now, visit.now + .hours(1))
        opens = ActivityPeriod.sums(
            try analytics.hours(of: .open, from: start, until: end, in: connection),
            in: buckets
        )
        clicks = ActivityPeriod.sums(
            try analytics.hours(of: .click, from: start, until: end, in: connection),
            in: buckets
        )
        links = try analytics.links(from: start, until: end, in: connection)
    }

    /// What people did, with the choice of the period.
    var parts: [any Part] {
        [
            Tabs(
                "Period",
                current: "\(place)?period=\(period.rawValue)",
                ActivityPeriod.allCases.map { ($0.label, "\(place)?period=\($0.rawValue)") }
            ), chart, table,
        ]
    }

    private var sums: (opens: Int, clicks: Int) {
        (opens.reduce(0, +), clicks.reduce(0, +))
    }

    private var chart: Section {
        let title = "Opens and clicks over time"
        guard sums.opens + sums.clicks > 0 else {
            return Section(
                title,
                [
                    Table(
                        title,
                        [],
                        rows: [],
                        empty: Table.Empty(
                            "None in this period",
                            "Choose a longer period. Opens and clicks are known only of mails that are tracked."
                        )
                    )
                ]
            )
        }
        return Section(
            title,
            note: "\(TimeText.count(sums.opens)) opened and \(TimeText.count(sums.clicks)) clicked "
                + "in this period; each recipient of a send counts once.",
            [
                LineChart(
                    title: title,
                    labels: buckets.map(\.label),
                    series: [
                        .init(name: "Opens", style: "l1", values: opens),
                        .init(name: "Clicks", style: "l2", values: clicks),
                    ]
                )
            ]
        )
    }

    private var table: Section {
        let all = links.reduce(0) { $0 + $1.recipients }
        return Section(
            "Links",
            note: "How many recipients clicked each in this period.",
            [
                Table(
                    "Links",
                    [
                        .init("Link", .grow), .init("Recipients", .number),
                        .init("Of all clicks", .number),
                    ],
                    rows: links.map { link in
                        [
                            HTML(escaping: link.link),
                            HTML(escaping: TimeText.count(link.recipients)),
                            HTML(escaping: TimeText.percent(link.recipients, of: all)),
                        ]
                    },
                    empty: Table.Empty(
                        "No link was clicked",
                        "Links of the message count once a recipient, when they are first clicked."
                    )
                )
            ]
        )
    }
}
