// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Tasks

/// Finds an automated import's file and brings it into the spool.
struct FileFetch {
    let run: TaskRun
    let automated: AutomatedImport
    let access: any LocationAccess
    let spool: Spool

    /// What came of looking.
    enum Outcome {
        case fetched(SpoolFile, RemoteFile)
        case notReady(until: Instant, reason: String)
    }

    /// Looks for the file, checks that it no longer grows, and copies it.
    ///
    /// - Parameters:
    ///   - wanted: One named file, or whichever the definition picks.
    ///   - keep: Called, when several files are to be imported, with the one that is this run's,
    ///     in the transaction that enqueues the others: a later look must not enqueue them again.
    func fetch(
        _ wanted: String?,
        keep: (String, Transaction) throws -> Void
    ) throws -> Outcome {
        let definition = automated.definition
        let files = try access.list(folder: definition.folder)
        let chosen = try choose(wanted, among: files)
        guard let file = chosen.first else {
            throw ImportError.noFile(pattern: wanted ?? definition.selector.pattern, folder: definition.folder)
        }
        if wanted == nil, chosen.count > 1 {
            try run.database.writeBlocking { transaction in
                try enqueue(chosen.dropFirst().map(\.name), in: transaction)
                try keep(file.name, transaction)
            }
        }
        let readiness = try readiness(of: file, among: files)
        if case .wait(let until) = readiness {
            return .notReady(until: until, reason: "\(file.name) may still be growing")
        }
        return .fetched(try copy(file), file)
    }

    private func choose(_ wanted: String?, among files: [RemoteFile]) throws -> [RemoteFile] {
        guard let wanted else { return try automated.definition.selector.select(from: files) }
        return files.filter { $0.name == wanted }
    }

    private func readiness(of file: RemoteFile, among files: [RemoteFile]) throws -> FileReadiness {
        let claims = FileClaims(workspace: run.task.workspace, importID: automated.id)
        let last = try run.database.writeBlocking { transaction in
            try claims.sighting(of: file.name, size: file.size, in: transaction)
        }
        return FileReadiness.decide(
            previousSize: last?.size,
            previousSeen: last?.seen,
            size: file.size,
            now: run.database.time.now(),
            pause: .seconds(automated.definition.stablePause),
            hasCompanion: FileSelector.hasCompanion(file.name, among: files)
        )
    }

    private func copy(_ file: RemoteFile) throws -> SpoolFile {
        let writer = try spool.create(.fetched, name: "\(run.task.workspace)-\(run.task.id)")
        do {
            try access.fetch(automated.definition.path(of: file.name), into: writer)
            return try writer.finish()
        } catch {
            writer.abandon()
            throw error
        }
    }

    /// Each further file is a task of its own, with a trigger of its own.
    private func enqueue(_ names: [String], in transaction: Transaction) throws {
        let store = AutomatedImportStore(run.task.workspace)
        for name in names {
            try TaskStore(run.task.workspace).enqueue(
                try store.newTask(automated, file: name),
                by: run.context.at(transaction.moment),
                in: transaction
            )
        }
    }

    /// Does with the file what the definition says, once it was imported.
    ///
    /// - Throws: ``ImportError/fileReplaced(_:)`` when another file has its name by now.
    func dispose(of imported: RemoteFile) throws {
        guard automated.definition.aftermath != .leave else { return }
        let files = try access.list(folder: automated.definition.folder)
        if let file = files.first(where: { $0.name == imported.name }) {
            guard file == imported else { throw ImportError.fileReplaced(file.name) }
            try putAway(file.name)
        }
        if FileSelector.hasCompanion(imported.name, among: files) {
            try access.delete(automated.definition.path(of: FileSelector.companion(of: imported.name)))
        }
    }

    private func putAway(_ name: String) throws {
        guard automated.definition.aftermath == .move else {
            return try access.delete(automated.definition.path(of: name))
        }
        let target = automated.definition.path(of: "processed/\(name)")
        let isTaken = try access.exists(target)
        try access.move(automated.definition.path(of: name), to: isTaken ? "\(target).\(run.task.id)" : target)
    }
}
