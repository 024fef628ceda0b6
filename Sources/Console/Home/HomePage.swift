// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Tasks

/// What ran, what runs, what is due next, what failed.
enum HomePage {
    static let routes: [Route] = [
        .get("") { try await .page(show($0)) },
        .get("home/live") { visit in
            .live(
                LiveEvents {
                    var view = visit.view
                    view.now = visit.database.time.now()
                    let rows = try await HomeState.running(visit)
                    return (running(rows, visit).html(view), false)
                }
            )
        },
    ]

    private static func show(_ visit: Visit) async throws -> Page {
        let state = try await HomeState.read(visit)
        let days = await HomeDays.shared.days(visit)
        var page = Page("Home", .home)
        if visit.may(.manage) {
            page.actions = [
                LinkButton("Upload a file", "/console/imports/upload"),
                LinkButton("New automated import", "/console/imports/new", "primary"),
            ]
        }
        if state.isFresh {
            page.parts = [welcome]
            return page
        }
        page.parts = [
            tiles(state), Live("/console/home/live", stays: true, running(state.running, visit)),
            Columns(due(state, visit), failed(state, visit)), charts(days),
        ]
        return page
    }

    private static let welcome = Section(
        "Begin here",
        [
            """
            <ol class="log">\
            <li><span><a href="/console/imports/upload">Upload a file of profiles</a></span>\
            <span>A CSV with a header. You choose which column goes where.</span></li>\
            <li><span><a href="/console/campaigns/new">Write a campaign</a></span>\
            <span>An e-mail or a text message, with a preview of how a person gets it.</span></li>\
            <li><span><a href="/console/imports/new">Let an import run by itself</a></span>\
            <span>Every night, and have it send the campaign to exactly the people who came in.</span></li>\
            <li><span><a href="/console/exports/new">Export what changes</a></span>\
            <span>A daily file without gaps and without doubles.</span></li></ol>
            """ as HTML
        ]
    )

    private static func tiles(_ state: HomeState) -> Tiles {
        func many(_ count: Int) -> String { count >= 1_000 ? "1000+" : TimeText.count(count) }
        let history = HistoryPage.path
        return Tiles([
            .init(
                many(state.executing),
                "Running now",
                href: "\(history)?status=executing",
                style: state.executing > 0 ? "busy" : ""
            ),
            .init(many(state.waiting), "Waiting", href: "\(history)?status=new"),
            .init(
                many(state.fatal),
                "Failed in 24 hours",
                href: "\(history)?status=fatal",
                style: state.fatal > 0 ? "bad" : ""
            ),
            .init(many(state.errors), "With errors in 24 hours", href: "\(history)?status=error"),
            .init(
                many(state.completed),
                "Completed in 24 hours",
                href: "\(history)?status=completed",
                style: state.completed > 0 ? "good" : ""
            ),
        ])
    }

    private static func running(_ running: [ListPage.Row], _ visit: Visit) -> Section {
        let names = TaskNames(visit)
        let rows = running.map { row -> [HTML] in
            let done = row.integer("done") ?? 0
            let total = row.integer("total")
            let bar: HTML =
                total.map {
                    "<progress aria-label=\"Progress\" max=\"\(max(1, $0))\" value=\"\(done)\"></progress>"
                } ?? ""
            let words =
                total.map { "\(TimeText.count(done)) of \(TimeText.count($0))" }
                ?? TimeText.count(done)
            return [
                link(names[row.text("type")], "\(HistoryPage.path)/\(row.id)"),
                HTML(escaping: row.text("info")), "\(bar)<span class=\"second\">\(words)</span>",
                visit.view.time(row.moment("date")),
            ]
        }
        return Section(
            "Running now",
            [
                Table(
                    "Running now",
                    [
                        .init("Task"), .init("Info", .grow), .init("Progress", .grow),
                        .init("Since", .moment),
                    ],
                    rows: rows,
                    empty: Table.Empty(
                        "All is quiet",
                        "Nothing runs at this moment. What starts shows here by itself."
                    )
                )
            ]
        )
    }

    private static func due(_ state: HomeState, _ visit: Visit) -> Section {
        let names = TaskNames(visit)
        let rows = state.due.map { schedule -> [HTML] in
            let place =
                schedule.subjects.importID.map { "/console/imports/\($0)" }
                ?? schedule.subjects.exportID.map { "/console/exports/\($0)" }
            let name: HTML =
                place.map { link(schedule.info, $0) } ?? HTML(escaping: schedule.info)
            return [
                "\(name)<span class=\"second\">\(names[schedule.type])</span>",
                visit.view.time(schedule.nextDue),
            ]
        }
        return Section(
            "Due next",
            [
                Table(
                    "Due next",
                    [.init("What", .grow), .init("When", .moment)],
                    rows: rows,
                    empty: Table.Empty(
                        "Nothing is scheduled",
                        "Automated imports and exports show here once they are active.",
                        link("Make an automated import", "/console/imports/new")
                    )
                )
            ]
        )
    }

    private static func failed(_ state: HomeState, _ visit: Visit) -> Section {
        let names = TaskNames(visit)
        let rows = state.failed.map { row -> [HTML] in
            [
                """
                \(link(row.text("info"), "\(HistoryPage.path)/\(row.id)"))\
                <span class="second">\(names[row.text("type")]): \(row.text("outcome"))</span>
                """,
                Badge.status(row.text("status")), visit.view.time(row.moment("date")),
            ]
        }
        return Section(
            "Went wrong lately",
            [
                Table(
                    "Went wrong lately",
                    [.init("What", .grow), .init("Status"), .init("When", .moment)],
                    rows: rows,
                    empty: Table.Empty(
                        "Nothing went wrong",
                        "Tasks that fail or end with errors show here."
                    )
                )
            ]
        )
    }

    private static func charts(_ days: HomeDays.Figures?) -> any Part {
        guard let days else {
            return Section(
                "The last 14 days",
                [
                    "<p class=\"note\">The days are being counted. Reload the page in a moment.</p>"
                        as HTML
                ]
            )
        }
        func chart(_ name: String, _ counts: [TaskDays.Counts]) -> BarChart {
            func values(_ statuses: [TaskStatus]) -> [Int] {
                counts.map { day in statuses.reduce(0) { $0 + (day[$1] ?? 0) } }
            }
            return BarChart(
                title: "\(name) of the last 14 days",
                labels: days.labels,
                series: [
                    .init(name: "Completed", style: "good", values: values([.completed])),
                    .init(name: "With errors", style: "warn", values: values([.error])),
                    .init(name: "Failed", style: "bad", values: values([.fatal])),
                    .init(name: "Open", style: "rest", values: values([.new, .executing])),
                ],
                unit: "tasks"
            )
        }
        return ThreeColumns([
            Section("Imports, 14 days", [chart("Imports", days.imports)]),
            Section("Sends, 14 days", [chart("Sends", days.sends)]),
            Section("Exports, 14 days", [chart("Exports", days.exports)]),
        ])
    }
}

/// Pieces side by side, three where there is room.
struct ThreeColumns: Part {
    var parts: [any Part]

    init(_ parts: [any Part]) {
        self.parts = parts
    }

    func html(_ view: View) -> HTML {
        "<div class=\"columns three\">\(parts.map { part in "<div>\(part.html(view))</div>" as HTML }.joined())</div>"
    }
}
