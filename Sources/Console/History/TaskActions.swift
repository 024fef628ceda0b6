// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Imports
import Tasks

/// What can be done with one task.
enum TaskActions {
    static let routes: [Route] = [
        .post("tasks/:id/stop") { visit, _ in
            try await change(visit, "task.stop", "It was asked to stop.") {
                store,
                id,
                transaction,
                context in
                try store.stop(id, by: context, in: transaction)
            }
        },
        .post("tasks/:id/retry") { visit, _ in
            try await change(visit, "task.retry", "It is tried again.") {
                store,
                id,
                transaction,
                context in
                try store.retry(id, by: context, in: transaction)
            }
        },
        .post("tasks/:id/accept") { visit, _ in
            try await change(visit, "import.accept", "The file is accepted.") {
                _,
                id,
                transaction,
                context in
                try AutomatedImportStore(visit.workspace)
                    .accept(id, by: context, in: transaction)
            }
        },
        .post("tasks/:id/stop-trigger") { visit, _ in
            let words = "The trigger is stopped: nobody of this import gets the campaign."
            return try await change(visit, "import.stopTrigger", words) {
                _,
                id,
                transaction,
                context in
                try ImportTriggerStore(visit.workspace).stop(id, by: context, in: transaction)
            }
        },
        .post("tasks/:id/report") { visit, _ in try await report(visit) },
    ]

    private static func change(
        _ visit: Visit,
        _ action: String,
        _ notice: String,
        _ body: @escaping @Sendable (TaskStore, TaskID, Transaction, Context) throws -> Void
    ) async throws -> Reply {
        let id = TaskID(try visit.id())
        try await visit.change(action, of: "task \(id)") { transaction, context in
            try body(TaskStore(visit.workspace), id, transaction, context)
        }
        return .redirect("\(HistoryPage.path)/\(id)", notice: notice)
    }

    /// Generate Excluded Users Report.
    private static func report(_ visit: Visit) async throws -> Reply {
        let id = TaskID(try visit.id())
        let report = try await visit.change("task.report", of: "task \(id)") {
            transaction,
            context in
            let report =
                try ExcludedUsersReportJob
                .enqueue(on: id, by: context, in: transaction)
            guard let report else { throw CampaignError.noSuchSend }
            return report
        }
        return .redirect("\(HistoryPage.path)/\(report)", notice: "The report is being written.")
    }
}
