// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Exports
import Files
import Millrace

extension ExportCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an incremental or full export and activate it."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "A date pattern behind the name of each execution.") var nameSuffix = ""
        @Option(
            help: "What it exports, such as profile.updated or profile.full; see `export types`."
        )
        var type: String
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "The custom table, for types that are about its rows.")
        var customTable: String?
        @Option(help: "The saved search that profile.full is limited to.") var search: String?
        @Option(help: "A source of changes, or internal or external, that counts; all by default.")
        var source: [String] = []
        @Option(help: "A column to add or keep, in order, or COLUMN=HEADER; all by default.")
        var column: [String] = []
        @OptionGroup(title: "Format") var formats: ExportFormatOptions
        @OptionGroup(title: "Transfer") var transfer: ExportTransferOptions
        @OptionGroup(title: "Schedule (daily at 04:00 without one)") var schedule: ScheduleOptions
        @Flag(help: "Run once, at once; for full exports.") var once = false
        @Option(help: "Run once, at a moment, ISO 8601; for full exports.") var at: String?
        @Flag(help: "Begin with everything instead of the last 24 hours.") var everything = false
        @Option(help: "Begin at a moment, ISO 8601, instead.") var since: String?
        @Option(help: "An address that gets a report of every run.") var report: [String] = []
        @Flag(help: "Leave it a draft.") var draft = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let made = try await session.change("export.create", of: name) { transaction in
                let definition = try definition(session, transaction)
                let made = try session.exports
                    .create(definition, by: session.context, in: transaction)
                guard !draft else { return made }
                try session.exports.activate(made.id, by: session.context, in: transaction)
                return try session.exports.export(made.id, in: transaction)
            }
            try session.output.show(ExportView(made))
        }

        private func recurrence(now: Instant) throws -> Recurrence {
            if let recurrence = try schedule.recurrence(now: now) {
                guard !once, at == nil else {
                    throw ValidationError("give a schedule, or --once, or --at")
                }
                return recurrence
            }
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
        ) throws -> ExportDefinition {
            guard let pair = ExportPair(rawValue: type) else {
                throw ValidationError("\(type) is no export type; see `millrace export types`")
            }
            let location = try session.installation.locations.find(
                named: transfer.location,
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
                transfer: try transfer.transfer(location.id),
                recurrence: try recurrence(now: session.context.moment)
            )
            definition.customTable = try customTable.map { name in
                try CustomTableStore(session.workspace.id).table(named: name, in: connection).id
            }
            definition.search = try search.map { name in
                try SearchStore(session.workspace.id, SearchCompiler())
                    .search(named: name, in: connection).id
            }
            definition.once = try oneShot()
            definition.nameSuffix = nameSuffix
            definition.sourceFilter = try sources()
            definition.columns = column.isEmpty ? nil : column.map(Self.column)
            definition.subscriptions = try formats.form()
            definition.formats = try formats.formats()
            definition.emptyWindow = transfer.noEmptyFile ? .noFile : .headerOnly
            definition.firstRun = try firstRun()
            definition.reportRecipients = report
            return definition
        }

        private func firstRun() throws -> FirstRun {
            guard let since else { return everything ? .everything : .dayBefore }
            guard !everything else { throw ValidationError("give --since or --everything") }
            guard let moment = Instant(iso8601: since) else {
                throw ValidationError("\(since) is no moment such as 2026-03-02T08:00:00Z")
            }
            return .from(moment)
        }

        private func oneShot() throws -> OneShot? {
            guard let at else { return once ? .now : nil }
            guard !once else { throw ValidationError("give --once or --at") }
            guard let moment = Instant(iso8601: at) else {
                throw ValidationError("\(at) is no moment such as 2026-03-02T08:00:00Z")
            }
            return .at(moment)
        }

        private func sources() throws -> SourceFilter {
            guard !source.isEmpty else { return .off }
            var filter = SourceFilter.only([])
            for word in source {
                if let group = SourceFilter.Group(rawValue: word) {
                    filter.groups.insert(group)
                } else if let source = ChangeSource(rawValue: word) {
                    filter.sources.insert(source)
                } else {
                    throw ValidationError("\(word) is no source of changes")
                }
            }
            return filter
        }

        private static func column(_ text: String) -> ExportColumn {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return ExportColumn(
                String(parts[0]),
                header: parts.count == 2 ? String(parts[1]) : nil
            )
        }
    }
}
