// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Tasks

/// One campaign: how it does.
enum CampaignPage {
    static let routes: [Route] = [
        .get("campaigns/:id", .seeAllMessages) { try await .page(show($0)) },
        .post("campaigns/:id/activate") { visit, _ in
            try await set(visit, "campaign.activate", "It is active.") {
                store,
                id,
                context,
                transaction in
                try store.activate(id, by: context, in: transaction)
            }
        },
        .post("campaigns/:id/finish") { visit, _ in
            try await set(visit, "campaign.finish", "It sends no more.") {
                store,
                id,
                context,
                transaction in
                try store.finish(id, by: context, in: transaction)
            }
        },
    ]

    static func tabs(_ id: CampaignID, current: String) -> Tabs {
        let place = "\(CampaignsPage.path)/\(id)"
        return Tabs(
            "Campaign",
            current: current,
            [
                ("Analytics", place), ("Preview and test", "\(place)/preview"),
                ("Import Triggers", "\(HistoryPage.path)?triggered=\(id)"),
                ("Tasks", "\(HistoryPage.path)?campaign=\(id)"),
            ]
        )
    }

    static func frame(_ campaign: Campaign, _ visit: Visit) -> Page {
        var page = Page(
            campaign.displayName,
            .campaigns,
            lead:
                "\(CampaignWords.channel(campaign.channel.rawValue)), \(CampaignWords.kind(campaign.kind.rawValue).lowercased()), \(campaign.technicalName)"
        )
        page.crumbs = [("Campaigns", CampaignsPage.path)]
        page.actions = [Badge.status(campaign.state.rawValue)]
        guard visit.may(.manage) else { return page }
        let place = "\(CampaignsPage.path)/\(campaign.id)"
        if campaign.state == .draft { page.actions.append(LinkButton("Edit", "\(place)/edit")) }
        page.actions.append(Button("Copy", "\(place)/copy"))
        page.actions.append(
            campaign.state == .active
                ? Button(
                    "Stop",
                    "\(place)/finish",
                    "danger",
                    asking:
                        "The campaign sends no more: nothing that triggers it from now on goes out. "
                        + "Sends that run go on; stop them in Task History.",
                    submit: "Stop the campaign"
                ) : Button("Activate", "\(place)/activate", "primary")
        )
        return page
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let (campaign, figures, activity, table, list) = try await visit.read { connection in
            let campaign = try CampaignEditor.campaign(visit, connection)
            return (
                campaign, try CampaignFigures(campaign.id, visit.workspace, connection),
                try CampaignActivity(campaign, visit, connection),
                try ProfileTableStore(visit.workspace).table(campaign.table, in: connection),
                try campaign.list.flatMap {
                    try ListStore(visit.workspace).list($0, in: connection)
                }
            )
        }
        var page = frame(campaign, visit)
        page.parts = [
            tabs(campaign.id, current: "\(CampaignsPage.path)/\(campaign.id)"),
            Columns(
                Section(
                    "From the target to the inbox",
                    note: figures.note,
                    [
                        Funnel(
                            title: "From the target to the inbox",
                            steps: figures.steps.map { ($0.0, $0.1, nil) }
                        )
                    ]
                ),
                Section("Sends over time", [figures.chart(visit.zone)])
            ),
        ]
        page.parts += activity.parts
        page.parts += [
            sends(figures, visit),
            Section(
                "Audience",
                [
                    Facts([
                        ("Profile table", HTML(escaping: table.displayName)),
                        ("Only subscribers of", HTML(escaping: list?.name ?? "no list")),
                        (
                            "At most one message an address",
                            campaign.rules.sendsOncePerAddress ? "yes" : "no"
                        ), ("Control group", HTML(escaping: "\(campaign.rules.controlPercent) %")),
                    ])
                ]
            ),
        ]
        page.parts += KeptRules.parts(campaign)
        return page
    }

    private static func sends(_ figures: CampaignFigures, _ visit: Visit) -> Section {
        Section(
            "Sends",
            [
                Table(
                    "Sends",
                    [
                        .init("Date", .moment), .init("Info", .grow), .init("Status"),
                        .init("Targeted", .number), .init("Sent", .number),
                        .init("Not sent", .number), .init("Opened", .number),
                        .init("Clicked", .number),
                    ],
                    rows: figures.sends.prefix(CampaignFigures.shown).map { send in
                        let place = "\(HistoryPage.path)/\(send.row.id)"
                        func figure(_ count: Int?, _ query: String) -> HTML {
                            guard let count else { return "–" }
                            return link(TimeText.count(count), "\(place)/people?\(query)")
                        }
                        return [
                            "<a href=\"\(place)\">\(visit.view.time(send.row.moment("date")))</a>",
                            HTML(escaping: send.row.text("info")),
                            Badge.status(send.row.text("status")),
                            figure(send.ledger?.targeted, ""),
                            figure(send.ledger?.sent, "state=sent"),
                            figure(send.ledger?.notSent, "state=notSent"),
                            figure(send.totals?[.open], "state=opened"),
                            figure(send.totals?[.click], "state=clicked"),
                        ]
                    },
                    empty: Table.Empty(
                        "It has not sent anything yet",
                        "Let an automated import trigger it, or call it by the API."
                    )
                )
            ]
        )
    }

    private static func set(
        _ visit: Visit,
        _ action: String,
        _ notice: String,
        _ body: @escaping @Sendable (CampaignStore, CampaignID, Context, Transaction) throws -> Void
    ) async throws -> Reply {
        let id = CampaignID(try visit.id())
        try await visit.write { transaction, context in
            let store = CampaignStore(visit.workspace)
            _ = try store.campaign(id, in: transaction)
            try body(store, id, context, transaction)
            try AuditLog(visit.workspace)
                .record(action, subject: "campaign \(id)", by: context, in: transaction)
        }
        return .redirect("\(CampaignsPage.path)/\(id)", notice: notice)
    }
}

/// The ledgers of a campaign's last sends, summed up.
struct CampaignFigures: Sendable {
    struct Send: Sendable {
        var row: ListPage.Row
        var ledger: SendLedger?
        /// What its recipients did; read for those that are shown.
        var totals: CampaignTotals?
    }

    private static let most = 200
    static let shown = 20

    var sends: [Send]

    init(_ id: CampaignID, _ workspace: WorkspaceID, _ connection: Connection) throws {
        sends = try ListPage.newest(
            CampaignFigures.most,
            TaskStore.listing,
            [
                .equals("campaign_id", .integer(id.value)),
                .equals("type", .text(SendJob.taskType.name)),
            ],
            in: workspace,
            from: connection
        ).map { row in
            let text = row.text("ledger")
            return Send(row: row, ledger: try? JSONText.decode(SendLedger.self, from: text))
        }
        let runs = try CampaignAnalytics(workspace, id)
            .runs(limit: CampaignFigures.shown, in: connection)
        for index in sends.indices.prefix(CampaignFigures.shown) {
            sends[index].totals =
                runs.first { $0.task?.value == sends[index].row.id }?.totals
        }
    }

    var note: String {
        sends.count < CampaignFigures.most
            ? "All sends together." : "The last \(CampaignFigures.most) sends together."
    }

    private func sum(_ part: (SendLedger) -> Int) -> Int {
        sends.reduce(0) { $0 + ($1.ledger.map(part) ?? 0) }
    }

    /// Targeted, let through, sent, delivered.
    var steps: [(String, Int)] {
        [
            ("Targeted", sum(\.targeted)), ("Not filtered", sum { $0.targeted - $0.filteredTotal }),
            ("Sent", sum(\.sent)), ("Delivered", sum { $0.sent - $0.bounced }),
        ]
    }

    /// What each of the last sends did.
    func chart(_ zone: Zone) -> any Part {
        let shown = sends.filter { $0.ledger != nil }.prefix(14).reversed()
        guard !shown.isEmpty else {
            return "<p class=\"note\">Nothing has been sent yet.</p>" as HTML
        }
        func values(_ part: (SendLedger) -> Int) -> [Int] {
            shown.map { $0.ledger.map(part) ?? 0 }
        }
        return BarChart(
            title: "Messages of the last sends",
            labels: shown.map { send in
                let day = zone.local(send.row.moment("date") ?? Instant(seconds: 0)).day.components
                return "\(day.day)/\(day.month)"
            },
            series: [
                .init(name: "Sent", style: "good", values: values(\.sent)),
                .init(name: "Filtered", style: "warn", values: values(\.filteredTotal)),
                .init(
                    name: "In error",
                    style: "bad",
                    values: values { $0.inErrorTotal + $0.inDoubt + $0.stopped }
                ),
            ],
            unit: "messages"
        )
    }
}
