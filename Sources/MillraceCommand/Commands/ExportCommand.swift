// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Millrace
import Tasks

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Incremental exports: create, preview, run, list, verify.",
        subcommands: [
            Create.self, Preview.self, Run.self, DeliverAgain.self, Pause.self, Activate.self,
            List.self, Verify.self, Types.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an incremental export and activate it."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "What it exports, such as profile.updated; see `export types`.")
        var type: String
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "The custom table, for types that are about its rows.")
        var customTable: String?
        @Option(help: "The file's name, with date patterns such as $yyyyMMdd.") var file: String
        @Option(help: "The location.") var location = "transferbox"
        @Option(help: "none, zip or gzip.") var compression = "none"
        @OptionGroup(title: "Schedule (daily at 04:00 without one)") var schedule: ScheduleOptions
        @Flag(help: "Begin with everything instead of the last 24 hours.") var everything = false
        @Option(help: "A column to add or keep, in order; all when none is given.")
        var column: [String] = []
        @Option(help: "An address that gets a report of every run.") var report: [String] = []
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let made = try await session.change("export.create", of: name) { transaction in
                let definition = try definition(session, transaction)
                let store = ExportStore(
                    session.workspace.id,
                    locations: session.installation.locations
                )
                let made = try store.create(definition, by: session.context, in: transaction)
                try store.activate(made.id, by: session.context, in: transaction)
                return try store.export(made.id, in: transaction)
            }
            try session.output.show(ExportView(made))
        }

        private func recurrence(now: Instant) throws -> Recurrence {
            if let recurrence = try schedule.recurrence(now: now) { return recurrence }
            var standard = schedule
            standard.daily = "04:00"
            guard let recurrence = try standard.recurrence(now: now) else {
                throw ValidationError("an export needs a schedule")
            }
            return recurrence
        }

        private func definition(
            _ session: Session,
            _ connection: Connection
        ) throws
            -> ExportDefinition
        {
            guard let pair = ExportPair(rawValue: type) else {
                throw ValidationError("\(type) is no export type; see `millrace export types`")
            }
            let recurrence = try recurrence(now: session.context.moment)
            guard let packing = Compression(rawValue: compression) else {
                throw ValidationError("\(compression) is none of none, zip, gzip")
            }
            let location = try session.installation.locations.find(
                named: location,
                session.workspace.id,
                in: connection
            )
            let isAboutRows = pair.facts.exportType.rowKind != nil
            let people = try ProfileTableStore(session.workspace.id)
                .table(named: table, in: connection)
            var definition = ExportDefinition(
                name: name,
                pair: pair,
                table: isAboutRows ? nil : people.id,
                transfer: Transfer(
                    fileName: file,
                    location: location.id,
                    compression: packing
                ),
                recurrence: recurrence
            )
            definition.customTable = try customTable.map { name in
                try CustomTableStore(session.workspace.id).table(named: name, in: connection).id
            }
            definition.firstRun = everything ? .everything : .dayBefore
            definition.columns = column.isEmpty ? nil : column.map { ExportColumn($0) }
            definition.reportRecipients = report
            return definition
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run an export now.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let task = try await session.change("export.run", of: name) { transaction in
                let export = try session.export(named: name, in: transaction)
                return try session.exports
                    .runNow(export.id, by: session.context, in: transaction)
            }
            guard let task else { throw CommandFailure("the export \(name) runs already") }
            try await session.finish(task)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List exports.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let all = try await session.installation.database.read { connection in
                try ExportStore(session.workspace.id, locations: session.installation.locations)
                    .all(in: connection)
            }
            try session.output.show(all.map { ExportView($0) }, empty: "There is no export.")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the chains of manifests in a folder; names the first gap."
        )

        @Argument(help: "The folder.") var folder: String
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let report = try ExportVerifier().verify(folder: folder)
            try Output(isJSON: json).show(VerifyView(report))
            guard report.gap == nil else { throw ExitCodes.checkFailed }
        }
    }

    struct Types: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what can be exported.")

        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let views = ExportPair.allCases.map { PairView($0) }
            guard !json else { return try Output(isJSON: true).show(views, empty: "") }
            for line in Columns.aligned(views.map(\.cells)) { print(line) }
        }
    }
}

/// An export type as the command line shows it.
struct PairView: Shown {
    var type: String
    var exportType: String
    var eventType: String
    var isAvailable: Bool

    init(_ pair: ExportPair) {
        type = pair.rawValue
        exportType = pair.facts.exportType.rawValue
        eventType = pair.facts.eventType
        isAvailable = pair.isAvailable
    }

    var cells: [String] { [type, exportType, eventType, isAvailable ? "" : "not yet available"] }
    var lines: [String] { [cells.joined(separator: "  ")] }
}

/// An export as the command line shows it.
struct ExportView: Shown {
    var id: Int64
    var name: String
    var type: String
    var state: String
    var lastFile: Int64
    var frequency: String

    init(_ export: ExportRecord) {
        id = export.id.value
        name = export.definition.name
        type = export.definition.pair.rawValue
        state = export.state.rawValue
        lastFile = export.lastSeq
        frequency = export.definition.recurrence.summary
    }

    var lines: [String] { ["\(name): \(type), \(frequency), \(state), \(lastFile) files"] }
}

/// What a verification found, as the command line shows it.
struct VerifyView: Shown {
    var manifests: Int
    var rows: Int64
    var chains: [String]
    var gap: String?

    init(_ report: ExportVerifier.Report) {
        manifests = report.manifests
        rows = report.rows
        chains = report.chains
        gap = report.gap
    }

    var lines: [String] {
        chains + [
            "\(manifests) manifests, \(rows) rows: \(gap ?? "no gap, no overlap, every file as it was sealed.")"
        ]
    }
}
