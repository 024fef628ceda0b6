// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Files
import Foundation
import Imports
import Tasks

extension Resource {
    /// `/v1/taskHistory`: every asynchronous piece of work (spec/task-history.md).
    static let taskHistory = Resource(
        name: "taskHistory",
        summary: "An asynchronous piece of work.",
        attributes: [
            .id,
            .init("type", .text(limit: 64), "Its type.", example: "profile_import")
                .filterable.sortable,
            .init("info", .text(limit: 1_000), "What identifies it.", example: "people.csv")
                .sortable,
            .init(
                "status",
                .choice(TaskStatus.allCases.map(\.rawValue)),
                "How it stands.",
                example: "completed"
            ).filterable.sortable,
            .init("outcome", .text(limit: 10_000), "The outcome in words.", example: "3 imported.")
                .orNull,
            .init(
                "ledger",
                .structure(schema: [:]),
                "The ledger of its type.",
                example: ["rows": 3]
            )
            .orNull,
            .init("done", .integer, "Units done.", example: 3),
            .init("total", .integer, "Units in all, when known.", example: 3).orNull,
            .init("import_id", .integer, "The automated import.", example: 1).orNull.filterable,
            .init("campaign_id", .integer, "The campaign.", example: .null).orNull.filterable,
            .init("export_id", .integer, "The export.", example: .null).orNull.filterable,
            .init("parent_id", .integer, "What it follows from.", example: .null)
                .orNull.filterable,
            .init("started_by", .text(limit: 300), "Who or what started it.", example: "schedule")
                .filterable,
            .init("attempts", .integer, "How many attempts were begun.", example: 1),
            .init("node", .text(limit: 300), "The node that has or had it.", example: "a1").orNull,
            .init("date", .moment, "When it started; its creation before.", example: 1_780_000_000)
                .sortable,
            .init("created", .moment, "When it was made.", example: 1_780_000_000),
            .init("started", .moment, "When it was first executing.", example: 1_780_000_000)
                .orNull,
            .init("finished", .moment, "When it ended.", example: 1_780_000_003).orNull,
        ],
        listing: TaskStore.listing,
        scope: .tasks,
        filters: [
            ResourceFilter(
                attribute: .init("from", .moment, "Dated then or later.", example: 1_780_000_000)
            ) { .from("date", $0) },
            ResourceFilter(
                attribute: .init("until", .moment, "Dated before.", example: 1_790_000_000)
            ) { .below("date", $0) },
            ResourceFilter(
                attribute: .init(
                    "text",
                    .text(limit: 200),
                    "Info has this text.",
                    example: "people"
                )
            ) { value in
                guard case .text(let text) = value else { return .equals("info", value) }
                return .contains("info", text)
            },
        ],
        actions: [
            TaskHistoryActions.stop("stop", "Ask it to stop; one that waits is cancelled."),
            TaskHistoryActions.stop("cancel", "The same as stop."), TaskHistoryActions.retry,
            TaskHistoryActions.stopTrigger, TaskHistoryActions.details, TaskHistoryActions.report,
            TaskHistoryActions.rows, TaskHistoryActions.file, SendActions.doubts,
            SendActions.resend, SendActions.resume, SendActions.correct, SendActions.priority,
        ]
    )
}

/// What can be done with tasks.
enum TaskHistoryActions {
    static func stop(_ name: String, _ summary: String) -> ResourceAction {
        ResourceAction(
            name: name,
            method: .post,
            target: .item,
            summary: summary,
            run: .change { id, _, change in
                let store = TaskStore(change.workspace)
                try store.stop(TaskID(id), by: change.context, in: change.transaction)
                return try state(id, store, change.transaction)
            }
        )
    }

    static let retry = ResourceAction(
        name: "retry",
        method: .post,
        target: .item,
        summary: "Try it again that ended Error or Fatal, or that waits.",
        run: .change { id, _, change in
            let store = TaskStore(change.workspace)
            try store.retry(TaskID(id), by: change.context, in: change.transaction)
            return try state(id, store, change.transaction)
        }
    )

    static let stopTrigger = ResourceAction(
        name: "stoptrigger",
        method: .post,
        target: .item,
        summary: "Keep a pending trigger of this import from sending; final, this run only.",
        run: .change { id, _, change in
            try ImportTriggerStore(change.workspace)
                .stop(TaskID(id), by: change.context, in: change.transaction)
            return ["id": .integer(id), "trigger": "stopped"]
        }
    )

    static let details = ResourceAction(
        name: "details",
        method: .get,
        target: .item,
        summary: "Why it waits, its steps, and what it is linked to.",
        run: .read { id, _, call, connection in
            let store = TaskStore(call.workspace)
            let task = try store.task(TaskID(id), in: connection)
            let now = call.services.database.time.now()
            let sentence = try WaitReason.read(task, in: connection).sentence(now: now)
            var filter = TaskFilter()
            filter.parentID = task.id
            let steps = try store.steps(of: task.id, in: connection)
            let linked = try store.history(filter, in: connection).map(\.id.value).reversed()
            return [
                "id": .integer(id), "waits_because": sentence.map(JSONValue.string) ?? .null,
                "seconds_left": task.timeLeft(now: now).map { .number($0.inSeconds) } ?? .null,
                "steps": .array(
                    steps.map { step in
                        [
                            "moment": .number(Double(step.moment.microseconds) / 1_000_000),
                            "words": .string(step.words),
                        ]
                    }
                ), "linked": .array(linked.map(JSONValue.integer)),
            ]
        }
    )

    static let report = ResourceAction(
        name: "report",
        method: .post,
        target: .item,
        summary: "Generate Excluded Users Report: a new task whose file has everyone not reached.",
        status: 202,
        run: .change { id, _, change in
            let report =
                try ExcludedUsersReportJob
                .enqueue(on: TaskID(id), by: change.context, in: change.transaction)
            guard let report else { throw Problem(422, "task \(id) has sent nothing") }
            return ["task_id": .integer(report.value)]
        }
    )

    static let rows = ResourceAction(
        name: "rows",
        method: .get,
        target: .item,
        summary: "The failed and warned rows of an import, as CSV with its original columns.",
        attributes: [
            .init("failed_only", .boolean, "Leave out warned rows.", example: true).postable
        ],
        mediaType: "text/csv",
        run: .direct { id, draft, call in
            let database = call.services.database
            let bytes = try await database.read { connection in
                let task = try TaskStore(call.workspace).task(TaskID(id), in: connection)
                guard ImportTasks.areOf(task.type),
                    let result: ImportResult = try task.result()
                else { throw Problem(422, "task \(id) is no import that has ended") }
                let file = try TemporaryDownload()
                try RejectsFile(workspace: call.workspace, task: task.id, header: result.header)
                    .write(failedOnly: draft.boolean("failed_only") ?? false, in: connection) {
                        try file.write($0)
                    }
                return file
            }
            return bytes.answer(name: "rows-\(id).csv", mediaType: "text/csv")
        }
    )

    static let file = ResourceAction(
        name: "file",
        method: .get,
        target: .item,
        summary: "The file of a report task.",
        mediaType: "text/csv",
        permission: .seeAllMessages,
        run: .direct { id, _, call in
            let task = try await call.services.database.read { connection in
                try TaskStore(call.workspace).task(TaskID(id), in: connection)
            }
            guard task.type == ExcludedUsersReportJob.taskType.name,
                let result: ExcludedUsersReportJob.Result = try task.result()
            else { throw Problem(422, "task \(id) has no file") }
            return try await TemporaryDownload.spooled(result.file, call.services)
                .answer(name: "report-\(id).csv", mediaType: "text/csv")
        }
    )

    private static func state(
        _ id: Int64,
        _ store: TaskStore,
        _ connection: Connection
    ) throws -> JSONValue {
        let task = try store.task(TaskID(id), in: connection)
        return ["id": .integer(id), "status": .string(task.status.rawValue)]
    }
}
