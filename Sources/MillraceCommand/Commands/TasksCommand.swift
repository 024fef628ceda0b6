// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Files
import Foundation
import Imports
import Millrace
import Tasks

struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Task History: list, show, stop, retry, and download what a task left behind.",
        subcommands: [List.self, Show.self, Stop.self, Retry.self, Report.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tasks, newest first.")

        @Option(help: "Only this type, such as profile_import; repeatable.") var type: [String] = []
        @Option(help: "Only this status: new, executing, completed, error, fatal; repeatable.")
        var status: [String] = []
        @Option(help: "Only tasks whose info contains this text.") var text: String?
        @Option(help: "At most this many.") var count = 50
        @Option(help: "Only tasks before this one.") var before: Int64?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            var filter = TaskFilter()
            filter.types = Set(type)
            filter.statuses = try Set(status.map(Self.status))
            filter.text = text
            let now = session.installation.database.time.now()
            let views = try await session.installation.database.read { [filter] connection in
                try TaskStore(session.workspace.id).history(
                    filter,
                    before: before.map { TaskID($0) },
                    limit: count,
                    in: connection
                ).map { task in
                    var view = TaskView(task, now: now)
                    view.waitsBecause = try WaitReason.read(task, in: connection)
                        .sentence(now: now)
                    return view
                }
            }
            guard !common.json, !views.isEmpty else {
                return try session.output.show(views, empty: "There is no such task.")
            }
            let head = ["Id", "Date", "Task", "Info", "Status", ""]
            for line in Columns.aligned([head] + views.map(\.summary)) { print(line) }
        }

        private static func status(_ word: String) throws -> TaskStatus {
            guard let status = TaskStatus(rawValue: word.lowercased()) else {
                let words = TaskStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\(word) is none of \(words)")
            }
            return status
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a task: its ledger, its steps, why it waits, what it is linked to."
        )

        @Argument(help: "The task.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try session.output.show(try await session.view(TaskID(id)))
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a task and wait for its receipt."
        )

        @Argument(help: "The task.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("task.stop", of: "task \(id)") { transaction in
                try TaskStore(session.workspace.id).stop(
                    TaskID(id),
                    by: session.context,
                    in: transaction
                )
            }
            // A task that waits closes itself when it runs; one that runs elsewhere is waited for.
            try await session.installation.worker.run(TaskID(id), of: session.workspace.id)
            try await session.waitForEnd(of: TaskID(id), atMost: .seconds(60))
            try session.output.show(try await session.view(TaskID(id)))
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a task again that ended Error or Fatal, or that waits for its next try."
        )

        @Argument(help: "The task.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("task.retry", of: "task \(id)") { transaction in
                try TaskStore(session.workspace.id).retry(
                    TaskID(id),
                    by: session.context,
                    in: transaction
                )
            }
            try await session.finish(TaskID(id))
        }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a task's list as CSV: the rejects of an import, or with --excluded "
                + "everyone whom its send did not reach."
        )

        @Argument(help: "The task.") var id: Int64
        @Option(name: .shortAndLong, help: "The file to write.") var output: String
        @Flag(help: "Generate the report of excluded users.") var excluded = false
        @Flag(help: "Leave out rows that were imported with a warning.") var failedOnly = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let task = try await session.installation.database.read { connection in
                try TaskStore(session.workspace.id).task(TaskID(id), in: connection)
            }
            if excluded {
                try await session.writeExcluded(of: task, to: output)
            } else {
                try await session.writeRejects(of: task, failedOnly: failedOnly, to: output)
            }
            try session.output.show(Sentence(message: "Written to \(output)."))
        }
    }
}

extension Session {
    /// Waits until a task that another process runs has ended.
    func waitForEnd(of id: TaskID, atMost limit: Span) async throws {
        let end = installation.database.time.now() + limit
        while installation.database.time.now() < end {
            let task = try await installation.database.read { connection in
                try TaskStore(workspace.id).task(id, in: connection)
            }
            guard task.status == .executing else { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Writes the rejects of an import.
    func writeRejects(of task: TaskRecord, failedOnly: Bool, to path: String) async throws {
        guard ImportTasks.areOf(task.type),
            let result: ImportResult = try task.result()
        else { throw CommandFailure("task \(task.id) is no import that has ended") }
        try await installation.database.blocking {
            let file = try NewFile(path)
            try installation.database.readBlocking { connection in
                try RejectsFile(workspace: workspace.id, task: task.id, header: result.header)
                    .write(failedOnly: failedOnly, in: connection) { try file.write($0) }
            }
        }
    }

    /// Generates the report of everyone whom a send, or the send of an import, did not reach.
    func writeExcluded(of task: TaskRecord, to path: String) async throws {
        let report = try await installation.database.write { transaction in
            guard let send = try send(of: task, in: transaction) else {
                throw CommandFailure("task \(task.id) has sent nothing")
            }
            return try ExcludedUsersReportJob.enqueue(
                on: send,
                of: task,
                by: context,
                in: transaction
            )
        }
        let ended = try await TaskWatch(session: self).see(report)
        guard let result: ExcludedUsersReportJob.Result = try ended.result() else {
            throw CommandFailure(ended.outcome ?? "the report could not be written")
        }
        try await installation.database.blocking {
            let file = try NewFile(path)
            try installation.spool.read(result.file) { chunk in
                try file.write(Array(chunk))
                return true
            }
        }
    }

    private func send(of task: TaskRecord, in connection: Connection) throws -> SendID? {
        if task.type == SendJob.taskType.name {
            return try SendStore(workspace.id).send(ofTask: task.id, in: connection)
        }
        return try ImportTriggerStore(workspace.id).triggers(of: task.id, in: connection)
            .compactMap(\.send).last
    }
}

/// A file that the command line writes for the person alone.
struct NewFile {
    private let handle: FileHandle

    init(_ path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard number >= 0 else { throw CommandFailure("\(path) cannot be written") }
        handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    }

    func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }
}
