// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Glibc

/// Brings a file that was written on this machine into the database.
struct SpoolUpload: Sendable {
    /// How many chunks are written in one transaction, and held in memory.
    static let chunksAtOnce = 4

    let spool: DatabaseSpool
    /// The id of the new content.
    let content: String

    /// Uploads the file and makes it visible; then it becomes the copy on this machine.
    ///
    /// - Throws: ``FilesError/uploadLost(_:)``, or what system or database said.
    func run(_ unnamed: UnnamedFile, _ entry: SpoolEntry) throws {
        try spool.database.writeBlocking(.guarded) { try spool.rows.begin(content, in: $0) }
        try spool.failpoints.pass("spool.begun")
        try upload(unnamed.file)
        try spool.failpoints.pass("spool.uploaded")
        let replaced = try spool.database.writeBlocking(.guarded) {
            try spool.rows.publish(entry, in: $0)
        }
        try spool.failpoints.pass("spool.published")
        keepCopy(unnamed)
        guard let replaced else { return }
        spool.cache.remove(entry.file.kind, replaced)
        // The new file is there; what is left of the old one is the sweep's otherwise.
        try? spool.clear(replaced)
    }

    private func upload(_ file: OpenFile) throws {
        try file.rewind()
        let buffer = AlignedBuffer()
        var position = 0
        while true {
            // Read first, so that the transaction waits for no disk but the database's.
            var chunks: [[UInt8]] = []
            while chunks.count < SpoolUpload.chunksAtOnce {
                let count = try file.read(into: buffer.bytes)
                guard count > 0 else { break }
                chunks.append([UInt8](buffer.prefix(count)))
            }
            guard !chunks.isEmpty else { return }
            let isAlive = try spool.database.writeBlocking(.bulk) { transaction in
                try spool.rows.add(chunks, at: position, to: content, in: transaction)
            }
            guard isAlive else { throw FilesError.uploadLost(file.subject) }
            position += chunks.count
        }
    }

    /// A copy that cannot be kept is fetched when it is wanted.
    private func keepCopy(_ unnamed: UnnamedFile) {
        guard (try? unnamed.rename(to: content)) != nil else {
            unlinkat(unnamed.folder.number, unnamed.temporaryName, 0)
            return
        }
        try? spool.cache.evict()
    }
}
