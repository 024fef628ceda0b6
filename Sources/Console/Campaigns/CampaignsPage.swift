// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database

/// The campaigns, newest first.
enum CampaignsPage {
    static let path = "/console/campaigns"

    static let routes: [Route] = [.get("campaigns", .seeAllMessages) { try await .page(show($0)) }]

    private static func show(_ visit: Visit) async throws -> Page {
        let state = visit.query.text("state")
        let cursor = visit.query.text("at")
        let list = try await visit.read { connection in
            try ListPage(
                CampaignStore.listing,
                visit.limit.filters("entity_id")
                    + (state.isEmpty ? [] : [.equals("state", .text(state))]),
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
        }
        var page = Page(
            "Existing campaigns",
            .campaigns,
            lead: "Messages with their audience rules."
        )
        if visit.may(.manage) {
            page.actions = [LinkButton("New campaign", "\(path)/new", "primary")]
        }
        page.parts = [
            Tabs(
                "Campaigns by state",
                current: state.isEmpty ? path : "\(path)?state=\(state)",
                [("All", path)]
                    + CampaignState.allCases.map {
                        ($0.rawValue.capitalisedFirst, "\(path)?state=\($0.rawValue)")
                    }
            ),
            Section(
                nil,
                [
                    Table(
                        "Campaigns",
                        [
                            .init("Campaign", .grow), .init("Channel"), .init("Kind"),
                            .init("State"),
                            .init("Created", .moment), .init("Options", .actions),
                        ],
                        rows: list.rows.map { row($0, visit) },
                        empty: Table.Empty(
                            state.isEmpty ? "No campaigns yet" : "None in this state",
                            "Write a message once; imports, the API or a schedule send it to the right people.",
                            visit.may(.manage) ? link("Write a campaign", "\(path)/new") : nil
                        )
                    ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
                ]
            ),
        ]
        return page
    }

    private static func row(_ row: ListPage.Row, _ visit: Visit) -> [HTML] {
        let place = "\(path)/\(row.id)"
        var options: HTML = """
            <a class="plain button" href="\(place)">Analytics<span class="unseen"> of \(row.text("name"))</span></a>\
            <a class="plain button" href="\(HistoryPage.path)?triggered=\(row.id)">Import Triggers<span class="unseen"> of \(row.text("name"))</span></a>
            """
        if visit.may(.manage) { options = options + stateButton(row, place, visit) }
        return [
            "\(link(row.text("name"), place))<span class=\"second\">\(row.text("technical_name"))</span>",
            HTML(escaping: CampaignWords.channel(row.text("channel"))),
            HTML(escaping: CampaignWords.kind(row.text("kind"))), Badge.status(row.text("state")),
            visit.view.time(row.moment("cdate")), options,
        ]
    }

    private static func stateButton(
        _ row: ListPage.Row,
        _ place: String,
        _ visit: Visit
    ) -> HTML {
        switch row.text("state") {
        case "active":
            Button(
                "Stop",
                "\(place)/finish",
                "danger",
                asking:
                    "The campaign sends no more: nothing that triggers it from now on goes out. "
                    + "Sends that run go on; stop them in Task History.",
                submit: "Stop the campaign"
            ).html(visit.view)
        default: Button("Activate", "\(place)/activate").html(visit.view)
        }
    }
}

/// Channels and kinds in words.
enum CampaignWords {
    static func channel(_ word: String) -> String {
        switch word {
        case "email": "E-mail"
        case "sms": "SMS"
        case "callCenter": "Call center"
        case "customAudience": "Custom audience"
        default: word.capitalisedFirst
        }
    }

    static func kind(_ word: String) -> String {
        switch word {
        case "oneShot": "One-shot"
        case "abTest": "A/B test"
        default: word.capitalisedFirst
        }
    }
}
