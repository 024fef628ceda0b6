// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Tasks

/// Task History: every asynchronous piece of work.
enum HistoryPage {
    static let path = "/console/tasks"

    static let routes: [Route] = [
        .get("tasks") { try await .page(show($0)) },
        .post("tasks/bulk", .manage) { try await HistoryBulk.run($0, $1) },
    ]

    private static func show(_ visit: Visit) async throws -> Page {
        let filter = HistoryFilter(visit.query)
        let (found, subject) = try await visit.read { connection in
            let limit = visit.limit
            for name in ["campaign", "triggered"] {
                guard let id = visit.query.number(name) else { continue }
                guard try limit.allowsCampaign(CampaignID(id), in: connection) else {
                    throw PageError.notFound("campaign")
                }
            }
            var found = try filter.page(in: visit.workspace, zone: visit.zone, from: connection)
            found.page.rows = try limit.narrowed(found.page.rows, in: connection)
            return (found, try HistorySubject.name(filter, visit.workspace, connection))
        }
        var page = Page(
            "Task History",
            .history,
            lead: subject ?? "Every import, send, export and report, newest first."
        )
        page.parts = [filters(visit, filter)]
        if let bulk = HistoryBulk.bar(visit, filter, count: found.page.rows.count) {
            page.parts.append(bulk)
        }
        page.parts.append(Section(nil, [table(found.page, visit, filter)]))
        if let looked = found.lookedTo {
            page.parts.append(
                Notice(
                    .note,
                    """
                    Looked through the tasks down to number \(looked). "Next page" looks further back.
                    """
                )
            )
        }
        return page
    }

    private static func filters(_ visit: Visit, _ filter: HistoryFilter) -> FormPart {
        let types = visit.services.taskTypes.sorted { $0.displayName < $1.displayName }
        var form = FormPart.filters(
            path,
            [
                .text("text", "Text in Info", filter.text, "search"),
                .select(
                    "type",
                    "Task",
                    filter.type,
                    [Field.Option("", "All types")]
                        + types.map { Field.Option($0.name, $0.displayName) }
                ),
                .select(
                    "status",
                    "Status",
                    filter.status,
                    [Field.Option("", "All")]
                        + TaskStatus.allCases.map { Field.Option($0.rawValue, $0.displayName) }
                ),
                .text("from", "From", filter.from?.description, "date"),
                .text("until", "Until", filter.until?.description, "date"),
                .text("by", "Started by", filter.startedBy),
                .select(
                    "sort",
                    "Sorted by",
                    filter.sort,
                    [
                        Field.Option("", "Date"), Field.Option("type", "Task"),
                        Field.Option("info", "Info"), Field.Option("status", "Status"),
                    ]
                ),
            ]
        )
        form.hidden = ["import", "campaign", "export", "parent", "triggered"].compactMap { name in
            visit.query.filled(name).map { (name, $0) }
        }
        return form
    }

    private static func table(
        _ page: ListPage,
        _ visit: Visit,
        _ filter: HistoryFilter
    ) -> Table {
        let names = TaskNames(visit)
        return Table(
            "Tasks",
            [
                .init("Date", .moment), .init("Task"), .init("Info", .grow), .init("Status"),
                .init("Options", .actions),
            ],
            rows: page.rows.map { row($0, visit, names) },
            empty: filter.isAny
                ? Table.Empty(
                    "Nothing has run yet",
                    "Imports, sends and exports show here as soon as they are started.",
                    link("Upload a file of profiles", "/console/imports/upload")
                )
                : Table.Empty(
                    "No task matches",
                    "Take a filter away, or choose a longer period.",
                    link("Show all tasks", path)
                )
        ).paged(first: visit.firstPage(path), next: visit.nextPage(path, page.next))
    }

    private static func row(_ row: ListPage.Row, _ visit: Visit, _ names: TaskNames) -> [HTML] {
        let place = "\(path)/\(row.id)"
        let outcome = row.text("outcome")
        let second: HTML = outcome.isEmpty ? "" : "<span class=\"second\">\(outcome)</span>"
        let status = row.text("status")
        return [
            visit.view.time(row.moment("date")), link(names[row.text("type")], place),
            "\(row.text("info"))\(second)", Badge.status(status),
            options(row.id, status, place, visit),
        ]
    }

    private static func options(
        _ id: Int64,
        _ status: String,
        _ place: String,
        _ visit: Visit
    ) -> HTML {
        let details: HTML =
            "<a class=\"plain button\" href=\"\(place)\">Details<span class=\"unseen\"> of task \(id)</span></a>"
        guard visit.may(.manage) else { return details }
        return switch status {
        case "new": details + Button("Cancel", "\(place)/stop").html(visit.view)
        case "executing": details + Button("Stop", "\(place)/stop").html(visit.view)
        case "error", "fatal": details + Button("Retry", "\(place)/retry").html(visit.view)
        default: details
        }
    }
}

/// The display names of task types.
struct TaskNames: Sendable {
    private let names: [String: String]

    init(_ visit: Visit) {
        names = Dictionary(
            visit.services.taskTypes.map { ($0.name, $0.displayName) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    subscript(type: String) -> String {
        names[type] ?? type.replacing("_", with: " ").capitalisedFirst
    }
}
