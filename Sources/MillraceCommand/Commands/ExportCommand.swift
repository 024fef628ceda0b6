// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
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
        abstract: "Exports, incremental and full: create, preview, run, download, verify.",
        subcommands: [
            Create.self, Preview.self, Columns.self, Run.self, Runs.self, Download.self,
            DeliverAgain.self, Pause.self, Activate.self, Delete.self, List.self, Verify.self,
            Types.self,
        ]
    )

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
            for line in MillraceCommand.Columns.aligned(views.map(\.cells)) { print(line) }
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
        frequency = export.definition.frequency
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
