// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Exports
import Millrace
import Tasks

extension ExportCommand {
    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an export run when it is due; its next file covers a pause."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.session().changeExport("activate", name) {
                store,
                export,
                context,
                transaction in
                try store.activate(export.id, by: context, in: transaction)
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop an export until it is activated again; nothing is lost."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.session().changeExport("pause", name) {
                store,
                export,
                context,
                transaction in
                try store.pause(export.id, by: context, in: transaction)
            }
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show up to ten of the newest rows as a file would hold them."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let preview = try await session.installation.database.read { connection in
                let export = try session.export(named: name, in: connection)
                return try ExportPreview(
                    of: export.definition,
                    in: session.exports,
                    at: session.context.moment,
                    connection: connection
                )
            }
            try session.output.show(PreviewView(preview))
        }
    }

    struct DeliverAgain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring a delivered file once more, byte for byte, while it is kept."
        )

        @Argument(help: "The export's name.") var name: String
        @Argument(help: "The file's number in the chain.") var seq: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let task = try await session.change("export.deliverAgain", of: name) { transaction in
                let export = try session.export(named: name, in: transaction)
                return try session.exports.deliverAgain(
                    export.id,
                    seq: seq,
                    by: session.context,
                    in: transaction
                )
            }
            guard let task else { throw CommandFailure("the export is running already") }
            try await session.finish(task)
        }
    }
}

/// The rows of a preview, as the command line shows them.
struct PreviewView: Shown {
    var headers: [String]
    var rows: [[String]]

    init(_ preview: ExportPreview) {
        headers = preview.headers
        rows = preview.rows
    }

    var lines: [String] {
        rows.isEmpty
            ? ["No row yet; columns: \(headers.joined(separator: ", "))"]
            : Columns.table(headers, rows)
    }
}

extension Session {
    /// The exports of the workspace.
    var exports: ExportStore {
        ExportStore(workspace.id, locations: installation.locations)
    }

    /// An export by its name, ignoring case.
    func export(named name: String, in connection: Connection) throws -> ExportRecord {
        let all = try exports.all(in: connection)
        let found = all.first { $0.definition.name.lowercased() == name.lowercased() }
        guard let found else { throw CommandFailure("there is no export \(name)") }
        return found
    }

    /// Changes an export and shows it.
    func changeExport(
        _ verb: String,
        _ name: String,
        _ body: @escaping @Sendable (ExportStore, ExportRecord, Context, Transaction) throws -> Void
    ) async throws {
        let changed = try await change("export.\(verb)", of: name) { transaction in
            let export = try export(named: name, in: transaction)
            try body(exports, export, context, transaction)
            return try exports.export(export.id, in: transaction)
        }
        try output.show(ExportView(changed))
    }
}
