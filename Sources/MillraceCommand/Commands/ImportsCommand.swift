// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Files
import Imports
import Millrace
import Tasks

struct ImportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imports",
        abstract: "Automated imports: define, run, accept, list.",
        subcommands: [
            Create.self, List.self, Run.self, Accept.self, Activate.self, Deactivate.self,
            Clone.self, Delete.self, Preview.self, Trigger.self, StopTrigger.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Define an automated import.")

        @Argument(help: "Its name.") var name: String
        @Option(help: "The folder that files come into.") var folder = ""
        @Option(help: "The location: transferbox, or one that was defined.")
        var location = "transferbox"
        @Option(help: "The file's exact name.") var file: String?
        @Option(help: "A regular expression for the whole name.") var pattern: String?
        @Flag(help: "Take all files that fit, oldest first, instead of the newest.") var all = false
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "The custom table, when files have its rows.") var customTable: String?
        @Option(help: "Raise an alert when no file has come by HH:mm on a day it is due.")
        var deadline: String?
        @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
        @Option(help: "Seconds for which a file's size must be stable.") var stable: Int64 = 30
        @Option(help: "leave, move or delete the file afterwards.") var afterwards = "leave"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let definition = try definition(now: session.context.moment)
            let made = try await session.change("import.create", of: name) { transaction in
                try AutomatedImportStore(session.workspace.id).create(
                    definition,
                    isActive: definition.recurrence != nil,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(ImportView(made, next: nil, last: nil))
        }

        private func definition(now: Instant) throws -> AutomatedImportDefinition {
            guard let after = FileAftermath(rawValue: afterwards) else {
                throw ValidationError("\(afterwards) is none of leave, move, delete")
            }
            let match: FileSelector.Match
            switch (file, pattern) {
            case (let file?, nil): match = .exact(file)
            case (nil, let pattern?): match = .expression(pattern)
            default: throw ValidationError("give either --file or --pattern")
            }
            let recurrence = try schedule.recurrence(now: now)
            let deadline = try deadline.map(ScheduleText.time)
            guard deadline == nil || recurrence != nil else {
                throw ValidationError("--deadline needs a schedule")
            }
            var plan = ImportPlan(table: table)
            plan.customTable = customTable
            return AutomatedImportDefinition(
                name: name,
                location: location,
                folder: folder,
                selector: try FileSelector(match, choice: all ? .allOldestFirst : .newest),
                plan: plan,
                recurrence: recurrence,
                aftermath: after,
                stablePause: stable,
                watch: FeedWatch(deadline: deadline)
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List automated imports with their last run and their next."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let views = try await session.installation.database.read { connection in
                let store = AutomatedImportStore(session.workspace.id)
                return try store.all(in: connection).map { automated in
                    var filter = TaskFilter()
                    filter.importID = automated.id
                    filter.types = [
                        ImportTasks.profileImport.name, ImportTasks.customTableImport.name,
                    ]
                    let last = try TaskStore(session.workspace.id)
                        .history(filter, limit: 1, in: connection).first
                    let next = try automated.scheduleID.flatMap {
                        try ScheduleStore(session.workspace.id).schedule($0, in: connection)
                    }
                    return ImportView(automated, next: next?.nextDue, last: last)
                }
            }
            try session.output.show(views, empty: "There is no automated import.")
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run an automated import now, active or not."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session(.fileImport)
            let id = try await session.change("import.run", of: name) { transaction in
                let store = AutomatedImportStore(session.workspace.id)
                let automated = try store.find(named: name, in: transaction)
                return try store.runNow(automated.id, by: session.context, in: transaction)
            }
            try await session.finish(id)
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept a file that was held because it is unlike the others."
        )

        @Argument(help: "The import task.") var task: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("import.accept", of: "task \(task)") { transaction in
                try AutomatedImportStore(session.workspace.id).accept(
                    TaskID(task),
                    by: session.context,
                    in: transaction
                )
            }
            try await session.finish(TaskID(task))
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Switch an import's schedule on.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await common.session().setImport(name, active: true) }
    }

    struct Deactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Switch an import's schedule off."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await common.session().setImport(name, active: false) }
    }

    struct Trigger: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an import trigger an API-triggered campaign.",
            discussion: "The workspace setting importTriggersEnabled must be on."
        )

        @Argument(help: "The import's name.") var name: String
        @Option(help: "The campaign; without it, the import triggers nothing any more.")
        var campaign: String?
        @Option(help: "The time of day, HH:mm; without it, as soon as the import is complete.")
        var at: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let time = at.flatMap { TimeOfDay($0) }
            guard (at == nil) == (time == nil) else {
                throw ValidationError("\(at ?? "") is no time of day; use HH:mm")
            }
            try await session.bind(name, to: campaign, at: time)
            try session.output.show(
                Sentence(
                    message: campaign.map { "\(name) triggers \($0)." }
                        ?? "\(name) triggers nothing."
                )
            )
        }
    }

    struct StopTrigger: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the pending trigger of one import task, for good."
        )

        @Argument(help: "The import task.") var task: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("trigger.stop", of: "task \(task)") { transaction in
                try ImportTriggerStore(session.workspace.id).stop(
                    TaskID(task),
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(try await session.view(TaskID(task)))
        }
    }
}

/// An automated import as the command line shows it.
struct ImportView: Shown {
    var id: Int64
    var name: String
    var source: String
    var frequency: String
    var isActive: Bool
    var lastRun: TaskView?
    var nextRun: String?

    init(_ automated: AutomatedImport, next: Instant?, last: TaskRecord?) {
        id = automated.id.value
        name = automated.definition.name
        source = "\(automated.definition.location):\(automated.definition.folder)"
        frequency = automated.definition.recurrence?.summary ?? "on request"
        isActive = automated.isActive
        lastRun = last.map { TaskView($0, now: $0.createdAt) }
        nextRun = automated.isActive ? next?.description : nil
    }

    var lines: [String] {
        var lines = ["\(name): \(source), \(frequency), \(isActive ? "active" : "inactive")"]
        if let lastRun { lines.append("  last: \(lastRun.summary.joined(separator: "  "))") }
        if let nextRun { lines.append("  next: \(nextRun)") }
        return lines
    }
}

extension Session {
    /// Switches an import's schedule.
    func setImport(_ name: String, active: Bool) async throws {
        let changed = try await change(active ? "import.activate" : "import.deactivate", of: name) {
            transaction in
            let store = AutomatedImportStore(workspace.id)
            let automated = try store.find(named: name, in: transaction)
            try store.setActive(automated.id, active, by: context, in: transaction)
            return try store.find(automated.id, in: transaction)
        }
        try output.show(ImportView(changed, next: nil, last: nil))
    }

    /// Binds an import to a campaign, or to none.
    func bind(_ name: String, to campaign: String?, at time: TimeOfDay?) async throws {
        try await change("import.trigger", of: name) { transaction in
            let automated = try AutomatedImportStore(workspace.id)
                .find(named: name, in: transaction)
            let bindings = ImportBindingStore(workspace.id)
            guard let campaign else { return try bindings.unbind(automated.id, in: transaction) }
            guard automated.definition.plan.customTable == nil else {
                throw ValidationError("rows of a custom table are no profiles to contact")
            }
            let table = try ProfileTableStore(workspace.id)
                .table(named: automated.definition.plan.table, in: transaction)
            let found = try CampaignStore(workspace.id).campaign(named: campaign, in: transaction)
            try bindings.bind(
                automated.id,
                over: (id: table.id, name: table.name),
                to: found,
                at: time,
                in: transaction
            )
        }
    }
}
