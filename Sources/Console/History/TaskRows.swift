// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Foundation
import Imports
import Tasks

/// The lists behind the numbers of a task.
enum TaskRows {
    static let routes: [Route] = [
        .get("tasks/:id/rows") { try await .page(problems($0)) },
        .get("tasks/:id/rows.csv") { try await rejects($0) },
        .get("tasks/:id/imported") { try await .page(imported($0)) },
        .get("tasks/:id/people", .seeAllMessages) { try await .page(people($0)) },
        .get("tasks/:id/report.csv", .seeAllMessages) { try await report($0) },
    ]

    private static func frame(_ title: String, _ visit: Visit) throws -> Page {
        let id = try visit.id()
        var page = Page(title, .history)
        page.crumbs = [
            ("Task History", HistoryPage.path), ("Task \(id)", "\(HistoryPage.path)/\(id)"),
        ]
        return page
    }

    private static func problems(_ visit: Visit) async throws -> Page {
        let id = TaskID(try visit.id())
        let outcome = visit.query.text("outcome")
        let from = visit.query.number("at") ?? 0
        let found = try await visit.read { connection in
            _ = try TaskStore(visit.workspace).task(id, in: connection)
            return try ImportLedger(visit.workspace)
                .problems(of: id, fromLine: from, limit: 2_000, in: connection)
        }
        let wanted = found.filter { problem in
            outcome.isEmpty ? problem.outcome != "warning" : problem.outcome == outcome
        }
        let shown = wanted.prefix(200)
        var page = try frame(outcome == "warning" ? "Rows with warnings" : "Failed rows", visit)
        page.actions = [
            LinkButton(
                "Download (CSV)",
                "\(HistoryPage.path)/\(id)/rows.csv\(outcome == "warning" ? "" : "?only=failed")"
            )
        ]
        let next: Int64? =
            shown.count < wanted.count
            ? shown.last.map { $0.line + 1 }
            : found.count == 2_000 ? found.last.map { $0.line + 1 } : nil
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Rows",
                        [
                            .init("Line", .number), .init("Column"), .init("What is wrong", .grow),
                            .init("As it stands in the file", .grow),
                        ],
                        rows: shown.map { problem in
                            [
                                HTML(escaping: "\(problem.line)"),
                                HTML(escaping: problem.column ?? ""),
                                "\(problem.message.capitalisedFirst)<span class=\"second\">\(problem.code)</span>",
                                "<code>\(problem.fields?.joined(separator: "; ") ?? "erased")</code>",
                            ]
                        },
                        empty: Table.Empty("No such rows", "Every row of this kind went well.")
                    ).paged(
                        first: visit.firstPage("\(HistoryPage.path)/\(id)/rows"),
                        next: visit.nextPage(
                            "\(HistoryPage.path)/\(id)/rows",
                            next.map(String.init)
                        )
                    )
                ]
            )
        ]
        return page
    }

    private static func rejects(_ visit: Visit) async throws -> Reply {
        let id = TaskID(try visit.id())
        let failedOnly = visit.query.text("only") == "failed"
        let file = try await visit.read { connection in
            let task = try TaskStore(visit.workspace).task(id, in: connection)
            guard ImportTasks.areOf(task.type),
                let result: ImportResult = try task.result()
            else { throw PageError.notFound("file") }
            let file = try TemporaryFile()
            try RejectsFile(workspace: visit.workspace, task: id, header: result.header)
                .write(failedOnly: failedOnly, in: connection) { try file.write($0) }
            return file
        }
        return .file(name: "rows-\(id).csv", mediaType: "text/csv; charset=utf-8", file.body)
    }

    private static func imported(_ visit: Visit) async throws -> Page {
        let id = TaskID(try visit.id())
        let after = visit.query.number("at") ?? 0
        let lines = try await visit.read { connection in
            let task = try TaskStore(visit.workspace).task(id, in: connection)
            return try ImportedLines(task, after: after, visit.workspace, connection)
        }
        var page = try frame("Imported rows", visit)
        let place = "\(HistoryPage.path)/\(id)/imported"
        page.parts = [
            Section(
                nil,
                [
                    lines.table.paged(
                        first: visit.firstPage(place),
                        next: visit.nextPage(place, lines.next)
                    )
                ]
            )
        ]
        return page
    }

    private static func report(_ visit: Visit) async throws -> Reply {
        let id = TaskID(try visit.id())
        let task = try await visit.read { connection in
            try TaskStore(visit.workspace).task(id, in: connection)
        }
        guard task.type == ExcludedUsersReportJob.taskType.name,
            let result: ExcludedUsersReportJob.Result = try task.result()
        else { throw PageError.notFound("file") }
        let file = try await TemporaryFile.spooled(result.file, visit)
        return .file(
            name: "excluded-users-\(id).csv",
            mediaType: "text/csv; charset=utf-8",
            file.body
        )
    }
}
