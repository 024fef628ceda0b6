// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Exports
import Imports
import Tasks

/// The pieces of a task's page.
struct TaskParts: Sendable {
    let details: TaskDetails
    let visit: Visit

    init(_ details: TaskDetails, _ visit: Visit) {
        (self.details, self.visit) = (details, visit)
    }

    var task: TaskRecord { details.task }
    var place: String { "\(HistoryPage.path)/\(task.id)" }
    private var view: View { visit.view }

    /// How it stands: status, outcome, progress, why it waits.
    var state: Section {
        var parts: [any Part] = [headline]
        if task.status == .executing {
            parts.append(progress)
            if let pace { parts.append(pace) }
        }
        if let waiting = details.waiting {
            parts.append(Notice(task.holdReason == nil ? .note : .warning, "\(waiting)"))
        }
        if let asked = task.stopRequestedBy, !task.status.isEnded {
            parts.append(
                Notice(.warning, "\(asked) asked it to stop; it ends at its next safe place.")
            )
        }
        return Section(nil, parts)
    }

    private var headline: HTML {
        let words = task.outcome ?? task.failure ?? ""
        let outcome: HTML = words.isEmpty ? "" : "<p>\(words)</p>"
        return "<div class=\"state\"><p>\(Badge.status(task.status.rawValue))</p>\(outcome)</div>"
    }

    private var progress: HTML {
        let done = TimeText.count(task.progressDone)
        let elapsed = max(0.001, (view.now - (task.startedAt ?? view.now)).inSeconds)
        let pace = Int(Double(task.progressDone) / elapsed)
        let left =
            task.timeLeft(now: view.now).map { "\(TimeText.span($0)) left" } ?? "time left unknown"
        let total = task.progressTotal.map { " of \(TimeText.count($0))" } ?? ""
        let bar: HTML =
            task.progressTotal.map { total in
                """
                <progress aria-label="Progress" max="\(max(1, total))" value="\(task.progressDone)"></progress>
                """
            } ?? "<progress aria-label=\"Progress\"></progress>"
        return """
            <div class="progress">\(bar)<p><span>\(done)\(total)</span>\
            <span>\(TimeText.count(pace)) a second</span><span>\(left)</span></p></div>
            """
    }

    /// What can be done now.
    var actions: [any Part] {
        guard visit.may(.manage) else { return [] }
        var actions: [any Part] = []
        if task.holdReason != nil, ImportTasks.areOf(task.type) {
            actions.append(Button("Accept the file", "\(place)/accept", "primary"))
        }
        switch task.status {
        case .new: actions.append(Button("Cancel", "\(place)/stop", "danger", asking: cancelWords))
        case .executing:
            actions.append(Button("Stop", "\(place)/stop", "danger", asking: stopWords))
        case .error, .fatal: actions.append(Button("Retry", "\(place)/retry", "primary"))
        case .completed: break
        }
        return actions
    }

    private var cancelWords: String {
        "The task will not run. What it was to do is not done, unless somebody starts it anew."
    }

    private var stopWords: String {
        task.type == SendJob.taskType.name
            ? "No new message leaves from now on; what is in flight arrives. Who got it and who did "
                + "not stands here afterwards. That can't be undone."
            : "It ends at its next safe place. What was done until then stays done."
    }

    /// When, by whom, where.
    var facts: Section {
        let view = view
        var items: [(label: String, value: HTML)] = [
            ("Started by", HTML(escaping: task.startedBy)),
            ("Created", view.time(task.createdAt)), ("Started", view.time(task.startedAt)),
            ("Finished", view.time(task.finishedAt)),
            ("Duration", HTML(escaping: duration)),
            ("Attempts", HTML(escaping: "\(task.attempts)")),
        ]
        if let node = task.node { items.append(("Node", HTML(escaping: node))) }
        if let due = task.dueAt { items.append(("Due", view.time(due))) }
        items.append(("Number", HTML(escaping: "\(task.id)")))
        let subjects = task.subjects
        if let id = subjects.importID {
            items.append(("Automated import", link("Open it", "/console/imports/\(id)")))
        }
        if let id = subjects.campaignID {
            items.append(("Campaign", link("Open it", "/console/campaigns/\(id)")))
        }
        if let id = subjects.exportID {
            items.append(("Export", link("Open it", "/console/exports/\(id)")))
        }
        return Section("About this task", [Facts(items)])
    }

    private var duration: String {
        guard let started = task.startedAt else { return "–" }
        return TimeText.span((task.finishedAt ?? view.now) - started)
    }

    /// What happened, and what belongs to it.
    var log: Columns {
        let rows = details.steps.map { step in
            "<li>\(view.time(step.moment))<span>\(step.words)</span></li>" as HTML
        }
        let steps: any Part =
            rows.isEmpty
            ? "<p class=\"note\">Nothing has been written down yet.</p>" as HTML
            : "<ol class=\"log\">\(rows.joined())</ol>" as HTML
        return Columns(Section("Steps", [steps]), Section("Linked tasks", [linked]))
    }

    private var linked: any Part {
        let names = TaskNames(visit)
        var rows = details.linked.map { row in
            [
                link(names[row.text("type")], "\(HistoryPage.path)/\(row.id)"),
                Badge.status(row.text("status")), view.time(row.moment("date")),
            ]
        }
        if let parent = details.parent {
            rows.insert(
                [
                    "Follows from \(link(names[parent.type], "\(HistoryPage.path)/\(parent.id)"))",
                    Badge.status(parent.status.rawValue), view.time(parent.date),
                ],
                at: 0
            )
        }
        guard !rows.isEmpty else {
            return "<p class=\"note\">No other task belongs to this one.</p>" as HTML
        }
        return Table(
            "Linked tasks",
            [.init("Task"), .init("Status"), .init("Date", .moment)],
            rows: rows,
            empty: Table.Empty("", "")
        )
    }
}
