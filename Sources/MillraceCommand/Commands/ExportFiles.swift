// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Exports
import Files
import Foundation
import Millrace

extension ExportCommand {
    struct Columns: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the columns that an export can have now; * marks the chosen ones."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let offer = try await session.installation.database.read { connection in
                let export = try session.export(named: name, in: connection)
                return try session.exports.offer(for: export.definition, in: connection)
            }
            let views = offer.columns.map { OfferedColumnView($0, offer.chosen) }
            try session.output.show(views, empty: "There is no column.")
        }
    }

    struct Runs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the files of an export, newest first."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let runs = try await session.installation.database.read { connection in
                let export = try session.export(named: name, in: connection)
                return try session.exports.runs(of: export.id, in: connection)
            }
            try session.output.show(runs.map { ExportRunView($0) }, empty: "There is no file yet.")
        }
    }

    struct Download: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a kept file of an export into a folder, under its own name."
        )

        @Argument(help: "The export's name.") var name: String
        @Argument(help: "The file's number in the chain.") var seq: Int64
        @Option(help: "The folder.") var folder = "."
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let run = try await session.installation.database.read { connection in
                let export = try session.export(named: name, in: connection)
                return try session.exports.run(seq, of: export.id, in: connection)
            }
            guard let sealed = run.sealed, run.isFileKept else {
                throw CommandFailure("the file of run \(seq) is no longer kept")
            }
            let spool = session.installation.spool
            let target = URL(fileURLWithPath: folder).appendingPathComponent(run.fileName)
            try await session.installation.database.blocking {
                try spool.withLocalPath(of: sealed.packed.file) { path in
                    try FileManager.default.copyItem(
                        at: URL(fileURLWithPath: path),
                        to: target
                    )
                }
            }
            try session.output.show(ExportRunView(run))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an export; delivered files stay where they are."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let removed = try await session.change("export.delete", of: name) { transaction in
                let export = try session.export(named: name, in: transaction)
                try session.exports.delete(export.id, by: session.context, in: transaction)
                return export
            }
            try session.output.show(ExportView(removed))
        }
    }
}

/// A column that can be chosen, as the command line shows it.
struct OfferedColumnView: Shown {
    var key: String
    var label: String
    var type: String
    var isChosen: Bool

    init(_ column: AvailableColumn, _ chosen: Set<String>) {
        key = column.key
        label = column.label
        type = column.type.rawValue
        isChosen = chosen.contains(column.key)
    }

    var lines: [String] { ["\(isChosen ? "*" : " ") \(key)  \(type)  \(label)"] }
}

/// A file of an export as the command line shows it.
struct ExportRunView: Shown {
    var seq: Int64
    var file: String
    var state: String
    var rows: Int64?
    var bytes: Int64?
    var sha256: String?
    var from: String
    var to: String
    var isFull: Bool
    var isKept: Bool

    init(_ run: ExportRun) {
        seq = run.seq
        file = run.fileName
        state = run.state.rawValue
        rows = run.sealed?.rows
        bytes = run.sealed?.packed.file.bytes
        sha256 = run.sealed?.packed.file.sha256
        from = run.plan.window.from.moment.description
        to = run.plan.window.to.moment.description
        isFull = run.plan.isFull
        isKept = run.isFileKept
    }

    var lines: [String] {
        [
            "\(seq)  \(file)  \(state)  \(rows ?? 0) rows  "
                + (isFull ? "as of \(to)" : "\(from) to \(to)")
                + (isKept ? "" : "  (no longer kept)")
        ]
    }
}
