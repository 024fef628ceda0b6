// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Glibc

/// Fetches a file from the database, one chunk a transaction.
struct SpoolDownload {
    let spool: DatabaseSpool
    let entry: SpoolEntry

    /// Fetches the file, verifies it and keeps it as the copy on this machine.
    ///
    /// - Returns: The copy; nil when it was dropped at once.
    /// - Throws: ``FilesError/corrupt(_:reason:)``, or what system or database said.
    func run() throws -> LocalFile? {
        let folder = try spool.cacheFolder(of: entry.file.kind)
        let (file, temporaryName) = try OpenFile.makeLocked(
            in: folder,
            subject: entry.file.name
        ) { ".\(spool.randomness.token()).part" }
        do {
            let hash = try each { chunk in try chunk.withUnsafeBytes { try file.write($0) } }
            guard hash.bytes == entry.file.bytes, hash.sha256 == entry.file.sha256 else {
                throw FilesError.corrupt(
                    entry.file.name,
                    reason: "its content in the database does not have the hash that it had"
                )
            }
            try UnnamedFile(file: file, folder: folder, temporaryName: temporaryName)
                .rename(to: entry.content)
        } catch {
            unlinkat(folder.number, temporaryName, 0)
            throw error
        }
        try file.rewind()
        let path = spool.cache.path(of: entry)
        guard try spool.cache.pin(file, at: path) else { return nil }
        return LocalFile(path: path, file: file)
    }

    /// The hash of what the database holds.
    func hash() throws -> ContentHash { try each { _ in } }

    private func each(_ body: ([UInt8]) throws -> Void) throws -> ContentHash {
        var hash = ContentHash()
        var position = 0
        while hash.bytes < entry.file.bytes {
            let chunk = try spool.database.readBlocking { connection in
                try spool.rows.chunk(position, of: entry.content, in: connection)
            }
            guard let chunk, !chunk.isEmpty else {
                throw FilesError.corrupt(
                    entry.file.name,
                    reason: "a part of it is missing in the database"
                )
            }
            chunk.withUnsafeBytes { hash.update($0) }
            try body(chunk)
            position += 1
        }
        return hash
    }
}
