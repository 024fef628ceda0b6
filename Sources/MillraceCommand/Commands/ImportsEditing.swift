// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Files
import Imports
import Millrace

extension ImportsCommand {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete an automated import; its runs stay in the history."
        )

        @Argument(help: "Its name.") var name: String
        @Flag(help: "Do it.") var yes = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard yes else { throw ValidationError("this cannot be undone; say --yes") }
            let session = try await common.session()
            try await session.change("import.delete", of: name) { transaction in
                let store = AutomatedImportStore(session.workspace.id)
                let automated = try store.find(named: name, in: transaction)
                try store.delete(automated.id, by: session.context, in: transaction)
            }
            try session.output.show(Sentence(message: "\(name) is deleted."))
        }
    }

    struct Clone: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy an automated import under another name; the copy is not active."
        )

        @Argument(help: "Its name.") var name: String
        @Argument(help: "The copy's name.") var copy: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let made = try await session.change("import.clone", of: name) { transaction in
                let store = AutomatedImportStore(session.workspace.id)
                let automated = try store.find(named: name, in: transaction)
                return try store.clone(
                    automated.id,
                    as: copy,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(ImportView(made, next: nil, last: nil))
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the file that would be taken now; show its header and first rows."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let installation = session.installation
            let automated = try await installation.database.read { connection in
                try AutomatedImportStore(session.workspace.id).find(named: name, in: connection)
            }
            let sample = try await installation.database.blocking {
                try ImportPreview.read(
                    automated.definition,
                    workspace: session.workspace.id,
                    spool: installation.spool,
                    locations: installation.locations,
                    database: installation.database
                )
            }
            try session.output.show(SampleView(sample.fileName, sample.preview))
        }
    }
}

/// A file's header and first rows, as the command line shows them.
struct SampleView: Shown {
    var file: String
    var header: [String]
    var targets: [String]
    var rows: [[String]]

    init(_ fileName: String, _ preview: ImportPreview) {
        file = fileName
        header = preview.header
        rows = preview.sample
        targets = preview.mapping.map { "\($0.header): \(Self.words($0.target))" }
    }

    var lines: [String] {
        ["\(file): \(header.count) columns"] + targets.map { "  \($0)" }
            + Columns.table(header, rows)
    }

    private static func words(_ target: ColumnTarget) -> String {
        switch target {
        case .attribute(let name): name
        case .list(let name): "list \(name)"
        case .ignored: "ignored"
        }
    }
}

extension Columns {
    /// A header and rows; line breaks inside a cell are shown as ⏎.
    static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        aligned(
            ([header] + rows).map { row in
                row.map { cell in
                    String(cell.map { $0.isNewline ? "⏎" : $0 })
                }
            }
        )
    }
}
