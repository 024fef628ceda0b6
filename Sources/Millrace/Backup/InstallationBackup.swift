// SPDX-License-Identifier: Apache-2.0
public import Common
import Database
import Files
import Foundation

/// Takes a backup of a whole installation while it works: the database, the files between two steps,
/// transferboxes and outbox, and the key of sealed secrets (design/protocols.md, "Restore").
///
/// Files are copied before the database and once more after it: what the database names is then in
/// one of the copies, unless it came and went in between. The witness stays where it is. The folder
/// has its name when everything is in it.
public struct InstallationBackup: Sendable {
    /// What a backup holds; lies in it as `backup.json`.
    public struct Report: Sendable, Hashable, Codable {
        /// The version of the program that made it.
        public var program: String
        /// The installation's id.
        public var installation: String
        /// The epoch of its change clock.
        public var epoch: Int64
        /// When it was begun.
        public var begun: Instant
        /// The name of the database's copy: `database.sqlite`, or `database.dump` of pg_dump.
        public var database: String
        /// The length of this copy.
        public var databaseBytes: Int64
        /// The SHA-256 of this copy.
        public var databaseSHA256: String
        /// How many files lie in `data`.
        public var files: Int
    }

    private let installation: Installation
    private let configuration: Configuration

    /// Prepares a backup of an installation.
    public init(_ installation: Installation) {
        self.installation = installation
        configuration = installation.configuration
    }

    /// Takes the backup; blocks.
    ///
    /// - Parameters:
    ///   - folder: Where it goes; nothing may be there.
    ///   - token: Makes the name unique that it has until it is whole.
    /// - Returns: What it holds.
    /// - Throws: ``BackupError``, or what a room says of its part.
    public func take(to folder: String, token: String) throws -> Report {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw BackupError.exists(folder)
        }
        let beside = "\(folder).part-\(token.prefix(8))"
        try makeFolder(beside)
        do {
            let report = try fill(beside)
            try FileManager.default.moveItem(atPath: beside, toPath: folder)
            return report
        } catch {
            try? FileManager.default.removeItem(atPath: beside)
            throw error
        }
    }

    private func fill(_ folder: String) throws -> Report {
        let database = installation.database
        let begun = database.time.now()
        let standing = try database.readBlocking { try ChangeClock.standing(in: $0) }
        let data = folder + "/data"
        try makeFolder(data)
        try copyFiles(to: data)
        let name = databaseName
        try database.backUp(to: "\(folder)/\(name)")
        try copyFiles(to: data)
        try copyKey(to: data)
        let hash = try ContentHash(ofFileAt: "\(folder)/\(name)")
        let report = Report(
            program: Installation.version,
            installation: standing.installation,
            epoch: standing.epoch,
            begun: begun,
            database: name,
            databaseBytes: hash.bytes,
            databaseSHA256: hash.sha256,
            files: FileManager.default.enumerator(atPath: data)?.reduce(0) { count, path in
                var isFolder: ObjCBool = false
                let exists = FileManager.default
                    .fileExists(atPath: "\(data)/\(path)", isDirectory: &isFolder)
                return count + (exists && !isFolder.boolValue ? 1 : 0)
            } ?? 0
        )
        let text = try JSONText.encode(report, pretty: true) + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/backup.json"))
        return report
    }

    private var databaseName: String {
        if case .postgres = configuration.database { return "database.dump" }
        return "database.sqlite"
    }

    /// A spool in the database is in its copy; what lies beside is a copy of that.
    private func copyFiles(to data: String) throws {
        let spool = configuration.spool.folder(configuration)
        let folders =
            [
                (configuration.transferboxFolder, "transferbox"),
                (configuration.outboxFolder, "outbox"),
            ] + (spool.map { [($0, "spool")] } ?? [])
        for (from, name) in folders where FileManager.default.fileExists(atPath: from) {
            _ = try FolderCopy(from: from, to: "\(data)/\(name)", isInUse: true).run()
        }
    }

    private func copyKey(to data: String) throws {
        let key = configuration.keyFile
        guard FileManager.default.fileExists(atPath: key) else { return }
        try FileManager.default.copyItem(atPath: key, toPath: data + "/secret.key")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: data + "/secret.key"
        )
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }
}

/// What keeps a backup from being taken.
public enum BackupError: Error, Hashable, CustomStringConvertible {
    /// Something has the name already.
    case exists(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .exists(let path): "\(path) is there already; name a folder that is not"
        }
    }
}
