// SPDX-License-Identifier: Apache-2.0
import API
import Campaigns
import Common
import Database
import Imports
import Tasks

/// The details of one task.
enum TaskPage {
    static let routes: [Route] = [
        .get("tasks/:id") { try await .page(show($0)) },
        .get("tasks/:id/live") { visit in
            let id = TaskID(try visit.id())
            return .live(
                LiveEvents {
                    let now = visit.database.time.now()
                    let task = try await visit.read { connection in
                        try TaskDetails(stateOf: id, visit.workspace, now, connection)
                    }
                    var view = visit.view
                    view.now = now
                    return (TaskParts(task, visit).state.html(view), task.task.status.isEnded)
                }
            )
        },
    ]

    private static func show(_ visit: Visit) async throws -> Page {
        let id = TaskID(try visit.id())
        let now = visit.now
        let details = try await visit.read { connection in
            try TaskDetails(id, visit.workspace, now, connection)
        }
        let task = details.task
        let parts = TaskParts(details, visit)
        var page = Page(
            task.info.isEmpty ? TaskNames(visit)[task.type] : task.info,
            .history,
            lead: "\(TaskNames(visit)[task.type]), task \(task.id)"
        )
        page.crumbs = [("Task History", HistoryPage.path)]
        page.actions = parts.actions
        page.parts = [
            Live(task.status.isEnded ? nil : "\(HistoryPage.path)/\(id)/live", parts.state)
        ]
        page.parts += parts.ledgers
        if task.status != .executing, let pace = parts.pace {
            page.parts.append(Section(pace.title, note: "Over the time that it ran.", [pace]))
        }
        page.parts += [parts.log, parts.facts]
        return page
    }
}
