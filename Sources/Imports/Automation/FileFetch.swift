// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Files
internal import Tasks

/// Finds an automated import's file and brings it into the spool.
struct FileFetch {
    let run: TaskRun
    let automated: AutomatedImport
    let access: any LocationAccess
    let spool: Spool

    /// What came of looking.
    enum Outcome {
        case fetched(SpoolFile, name: String)
        case notReady(until: Instant, reason: String)
    }

    /// Looks for the file, checks that it no longer grows, and copies it.
    ///
    /// - Parameter wanted: One named file, or whichever the definition picks.
    func fetch(_ wanted: String?) throws -> Outcome {
        let definition = automated.definition
        let files = try access.list(folder: definition.folder)
        let chosen = try choose(wanted, among: files)
        guard let file = chosen.first else {
            throw ImportError.noFile(pattern: pattern, folder: definition.folder)
        }
        if wanted == nil, chosen.count > 1 { try enqueueOthers(chosen.dropFirst().map(\.name)) }
        let readiness = try readiness(of: file, among: files)
        if case .wait(let until) = readiness {
            return .notReady(until: until, reason: "\(file.name) may still be growing")
        }
        return .fetched(try copy(file), name: file.name)
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
            previousSize: last?.size, previousSeen: last?.seen, size: file.size,
            now: run.database.time.now(), pause: .seconds(automated.definition.stablePause),
            hasCompanion: FileSelector.hasCompanion(file.name, among: files))
    }

    private func copy(_ file: RemoteFile) throws -> SpoolFile {
        let writer = try spool.create(.fetched, name: "\(run.task.workspace)-\(run.task.id)")
        do {
            try access.fetch(path(file.name), into: writer)
            return try writer.finish()
        } catch {
            writer.abandon()
            throw error
        }
    }

    /// Each further file is a task of its own, with a trigger of its own.
    private func enqueueOthers(_ names: [String]) throws {
        let store = AutomatedImportStore(run.task.workspace)
        try run.database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            for name in names {
                try TaskStore(run.task.workspace).enqueue(
                    try store.newTask(automated, file: name),
                    by: run.context.at(transaction.moment), in: transaction)
            }
        }
    }

    /// Does with the file what the definition says, once it was imported.
    func dispose(of name: String) throws {
        switch automated.definition.aftermath {
        case .leave: return
        case .delete: try access.delete(path(name))
        case .move:
            guard try access.exists(path(name)) else { return }
            let target = path("processed/\(name)")
            let isTaken = try access.exists(target)
            try access.move(path(name), to: isTaken ? "\(target).\(run.task.id)" : target)
        }
        let companion = path(FileSelector.companion(of: name))
        if try access.exists(companion) { try access.delete(companion) }
    }

    private func path(_ name: String) -> String {
        let folder = automated.definition.folder
        return folder.isEmpty ? name : "\(folder)/\(name)"
    }

    private var pattern: String {
        switch automated.definition.selector.match {
        case .exact(let name): name
        case .expression(let text): text
        }
    }
}
