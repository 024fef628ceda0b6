// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Imports
import Tasks

/// What is done to all tasks that match a filter, not only to those of a page.
enum HistoryBulk {
    /// How many tasks one click changes at most, so that it answers in time.
    private static let most = 5_000

    /// The buttons, where they can do something.
    static func bar(_ visit: Visit, _ filter: HistoryFilter, count: Int) -> HTML? {
        guard visit.may(.manage), !visit.limit.isSet, !filter.isAny, filter.triggered == nil,
            count > 0
        else {
            return nil
        }
        let hidden = visit.query.setting("at", nil).items.map { ($0.name, $0.value) }
        func button(_ label: String, _ what: String, _ question: String) -> HTML {
            Button(
                label,
                "/console/tasks/bulk",
                what == "cancel" ? "danger" : "plain",
                asking: question,
                submit: label,
                hidden: hidden.map { (name: $0.0, value: $0.1) } + [(name: "what", value: what)]
            ).html(visit.view)
        }
        let cancel = button(
            "Cancel all that match",
            "cancel",
            "Every waiting task that matches the filter, on all pages, is cancelled. "
                + "That can't be undone; tasks that run are left alone."
        )
        let retry = button(
            "Retry all that match",
            "retry",
            "Every task that matches the filter, on all pages, and ended Error or Fatal is tried again."
        )
        return """
            <div class="bulk"><p>These act on everything that matches, not only on this page.</p>\
            <div class="actions">\(cancel)\(retry)</div></div>
            """
    }

    static func run(_ visit: Visit, _ form: Form) async throws -> Reply {
        // It would act on what belongs to other entities.
        guard !visit.limit.isSet else { throw PageError.forbidden }
        let isCancel = form.text("what") == "cancel"
        var filter = HistoryFilter(form)
        let statuses = isCancel ? ["new"] : ["error", "fatal"]
        let wanted = filter.status.isEmpty ? statuses : statuses.filter { $0 == filter.status }
        var changed = 0
        for status in wanted {
            filter.status = status
            filter.cursor = ""
            changed += try await run(filter, visit, isCancel)
        }
        var back = form.setting("what", nil).setting("form", nil)
        back = back.setting("at", nil)
        let verb = isCancel ? "cancelled" : "tried again"
        let more = changed >= most ? " There may be more; do it again for the rest." : ""
        return .redirect(
            "\(HistoryPage.path)?\(back.encoded)",
            notice: "\(changed) \(changed == 1 ? "task is" : "tasks are") \(verb).\(more)"
        )
    }

    private static func run(
        _ first: HistoryFilter,
        _ visit: Visit,
        _ isCancel: Bool
    ) async throws -> Int {
        var filter = first
        var changed = 0
        while changed < most {
            let asked = filter
            let (ids, next) = try await visit.write { transaction, context in
                let found = try asked.page(
                    in: visit.workspace,
                    zone: visit.zone,
                    from: transaction
                )
                let store = TaskStore(visit.workspace)
                let ids = found.page.rows.map { TaskID($0.id) }
                for id in ids {
                    if isCancel {
                        try store.stop(id, by: context, in: transaction)
                    } else {
                        try store.retry(id, by: context, in: transaction)
                    }
                    try AuditLog(visit.workspace).record(
                        isCancel ? "task.stop" : "task.retry",
                        subject: "task \(id)",
                        by: context,
                        in: transaction
                    )
                }
                return (ids, found.page.next)
            }
            changed += ids.count
            guard let next else { break }
            filter.cursor = next
        }
        return changed
    }
}

/// What a list of tasks is limited to, in words.
enum HistorySubject {
    static func name(
        _ filter: HistoryFilter,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> String? {
        if let id = filter.importID {
            let found = try? AutomatedImportStore(workspace).find(ImportID(id), in: connection)
            return "Runs of the import \(found?.definition.name ?? "number \(id)")."
        }
        if let id = filter.campaignID ?? filter.triggered {
            let found = try? CampaignStore(workspace).campaign(CampaignID(id), in: connection)
            let name = found?.displayName ?? "number \(id)"
            return filter.triggered != nil
                ? "Imports that triggered the campaign \(name)." : "Tasks of the campaign \(name)."
        }
        if let id = filter.exportID { return "Executions of export \(id)." }
        if let id = filter.parentID { return "What followed from task \(id)." }
        return nil
    }
}
