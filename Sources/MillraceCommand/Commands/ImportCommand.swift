// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Files
import Foundation
import Imports
import Millrace
import Tasks

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Import a file of profiles or rows, or replay a corrected rejects file into its task.",
        discussion:
            "Columns are mapped by name, alias and display name unless --map says otherwise."
    )

    @Argument(help: "The CSV file; .gz and .zip are unpacked.")
    var file: String

    @Flag(help: "Do everything but write; says what would happen.")
    var dryRun = false

    @Option(help: "The import task whose corrected rejects file this is.")
    var replay: Int64?

    @Option(help: "The profile table.")
    var table = "profiles"

    @Option(help: "The custom table, when the file has its rows.")
    var customTable: String?

    @Option(help: "Identifier attributes in order of preference; the business key by default.")
    var identifier: [String] = []

    @Option(help: "HEADER=ATTRIBUTE or HEADER=list:NAME; repeatable. Other columns are proposed.")
    var map: [String] = []

    @Flag(help: "Let an opt-in count for someone who opted out earlier.")
    var mayResubscribe = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try await common.session(.manualImport)
        let name = (file as NSString).lastPathComponent
        let spooled = try await session.spool(file, name: name)
        if let replay {
            let id = try await enqueueReplay(spooled, name, replay, session)
            return try await session.finish(id, replaying: TaskID(replay))
        }
        let plan = try await plan(session, spooled)
        let id = try await session.installation.database.write { [dryRun] transaction in
            try ImportStarter(session.workspace.id).upload(
                spooled,
                name: name,
                plan: plan,
                isDryRun: dryRun,
                by: session.context,
                in: transaction
            )
        }
        try await session.finish(id)
    }

    private func enqueueReplay(
        _ spooled: SpoolFile,
        _ name: String,
        _ task: Int64,
        _ session: Session
    ) async throws -> TaskID {
        try await session.installation.database.write { transaction in
            let original = try TaskStore(session.workspace.id).task(TaskID(task), in: transaction)
            return try ImportStarter(session.workspace.id).replay(
                spooled,
                name: name,
                into: original,
                by: session.context,
                in: transaction
            )
        }
    }

    private func plan(_ session: Session, _ spooled: SpoolFile) async throws -> ImportPlan {
        var plan = ImportPlan(
            table: table,
            identifiers: identifier,
            mayResubscribe: mayResubscribe
        )
        plan.customTable = customTable
        guard !map.isEmpty else { return plan }
        plan.mapping = try await MappingOption(map).mapping(of: spooled, plan, session)
        return plan
    }
}

/// `--map` options held against the file's header.
struct MappingOption {
    private let targets: [(header: String, target: ColumnTarget)]

    init(_ texts: [String]) throws {
        targets = try texts.map { text in
            guard let split = text.firstIndex(of: "=") else {
                throw ValidationError("\(text) is no mapping; use HEADER=ATTRIBUTE")
            }
            let name = String(text[text.index(after: split)...])
            let list = name.hasPrefix("list:") ? String(name.dropFirst(5)) : nil
            let target: ColumnTarget =
                list.map { .list($0) } ?? (name.isEmpty ? .ignored : .attribute(name))
            return (String(text[..<split]), target)
        }
    }

    /// The proposal for the header, with the given columns mapped as they say.
    func mapping(
        of file: SpoolFile,
        _ plan: ImportPlan,
        _ session: Session
    ) async throws
        -> [ColumnMapping]
    {
        let preview = try await session.installation.database.blocking {
            try session.installation.spool.withLocalPath(of: file) { path in
                try ImportPreview.read(
                    path: path,
                    plan: plan,
                    workspace: session.workspace.id,
                    database: session.installation.database
                )
            }
        }
        for given in targets where !preview.header.contains(given.header) {
            throw ValidationError("the file has no column \(given.header)")
        }
        return preview.mapping.map { column in
            let given = targets.first { $0.header == column.header }
            let isTaken = targets.contains {
                $0.target == column.target && $0.header != column.header
            }
            if let given { return ColumnMapping(column.header, to: given.target) }
            return isTaken ? ColumnMapping(column.header, to: .ignored) : column
        }
    }
}

extension Session {
    /// Copies a file into the spool.
    func spool(_ path: String, name: String) async throws -> SpoolFile {
        try await installation.database.blocking {
            guard let file = FileHandle(forReadingAtPath: path) else {
                throw CommandFailure("\(path) cannot be read")
            }
            defer { try? file.close() }
            let token = SystemRandomness().token()
            let writer = try installation.spool.create(
                .upload,
                name: "\(workspace.id)-\(token)"
            )
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
                try chunk.withUnsafeBytes { try writer.write($0) }
            }
            return try writer.finish()
        }
    }
}
