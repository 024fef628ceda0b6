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
        .post("tasks/:id/resume") { visit, _ in
            let id = TaskID(try visit.id())
            return try await resume(visit, "\(HistoryPage.path)/\(id)") { connection in
                try SendStore(visit.workspace).send(ofTask: id, in: connection)
            }
        },
    ]

    /// Sends what a stop held back.
    static func resume(
        _ visit: Visit,
        _ place: String,
        _ find: @escaping @Sendable (Connection) throws -> SendID?
    ) async throws -> Reply {
        let count = try await visit.write { transaction, context in
            guard let send = try find(transaction) else { throw PageError.notFound("send") }
            let count = try SendStore(visit.workspace)
                .resumeRest(send, by: context, in: transaction)
            try AuditLog(visit.workspace).record(
                "send.resume",
                subject: "send \(send)",
                details: ["messages": "\(count)"],
                by: context,
                in: transaction
            )
            return count
        }
        let words =
            count > 0
            ? "It goes on with \(TimeText.count(count)) messages."
            : "There was nothing left that the stop had held back."
        return .redirect(place, notice: words)
    }

    /// The button that resumes a stopped send; nil when the stop held nothing back.
    static func resumeButton(_ ledger: SendLedger, _ action: String) -> Button? {
        guard ledger.stopped > 0 else { return nil }
        return Button(
            "Resume the rest",
            action,
            "primary",
            asking: "The \(TimeText.count(ledger.stopped)) messages that the stop held back go out "
                + "now. Who got it does not get it again, and who was left out by a rule stays "
                + "left out.",
            submit: "Send them now"
        )
    }

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
