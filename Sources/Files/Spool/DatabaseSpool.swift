// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Glibc

/// A spool in the database, with copies on this machine.
///
/// No connection is held while a file is read or written: a file is written on this machine first
/// and goes into the database when it is finished, some chunks a transaction; it is fetched one
/// chunk a transaction.
struct DatabaseSpool: SpoolBackend {
    /// How many chunks are deleted in one transaction.
    static let clearedAtOnce = 8
    /// The silence after which the writing of a file is given up.
    ///
    /// By age, since nodes share nothing but the database, and the liveness of nodes is known to
    /// the Tasks room only. Chunks come within seconds; one that comes later is refused, so a wrong
    /// guess costs another try and never a damaged file.
    static let patience = Span.hours(1)

    let database: Database
    let cache: SpoolCache
    let randomness: any Randomness
    let failpoints: Failpoints

    var rows: SpoolRows { SpoolRows() }

    func create(_ kind: SpoolKind, name: String) throws -> SpoolWriter {
        let upload = SpoolUpload(spool: self, content: randomness.token())
        return try SpoolWriter(
            kind: kind,
            name: name,
            folder: try cacheFolder(of: kind),
            token: randomness.token
        ) { unnamed, file in
            try upload.run(unnamed, SpoolEntry(file: file, content: upload.content))
        }
    }

    func open(_ file: SpoolFile) throws -> LocalFile {
        while true {
            let entry = try entry(of: file)
            if let copy = try cache.open(entry) { return copy }
            do {
                guard let copy = try SpoolDownload(spool: self, entry: entry).run() else {
                    continue
                }
                try cache.evict()
                return copy
            } catch let error as FilesError {
                // The file may have been removed or replaced while it was fetched.
                guard try self.entry(of: file) == entry else { continue }
                throw error
            }
        }
    }

    func exists(_ file: SpoolFile, in connection: Connection?) throws -> Bool {
        let entry = try reading(connection) { try rows.entry(file.kind, file.name, in: $0) }
        return entry?.file == file
    }

    func isIntact(_ file: SpoolFile) throws -> Bool {
        guard let entry = try? entry(of: file) else { return false }
        do {
            let hash = try SpoolDownload(spool: self, entry: entry).hash()
            return hash.bytes == file.bytes && hash.sha256 == file.sha256
        } catch FilesError.corrupt {
            return false
        }
    }

    func remove(_ file: SpoolFile) throws {
        let content = try database.writeBlocking(.guarded) { transaction in
            try rows.remove(file.kind, file.name, in: transaction)
        }
        guard let content else { return }
        cache.remove(file.kind, content)
        try failpoints.pass("spool.removed")
        try clear(content)
    }

    func remove(_ file: SpoolFile, in transaction: Transaction) throws {
        guard let content = try rows.remove(file.kind, file.name, in: transaction) else { return }
        // Large files would make the transaction long. What a crash leaves is the sweep's.
        transaction.afterCommit {
            cache.remove(file.kind, content)
            try? clear(content)
        }
    }

    func names(of kind: SpoolKind, in connection: Connection?) throws -> [String] {
        try reading(connection) { try rows.names(of: kind, in: $0) }
    }

    func kinds() throws -> [SpoolKind] {
        try database.readBlocking { try rows.kinds(in: $0) }
    }

    func file(_ kind: SpoolKind, name: String) throws -> SpoolFile? {
        try database.readBlocking { try rows.entry(kind, name, in: $0) }?.file
    }

    func sweep() throws -> Int {
        let limit = database.time.now() - DatabaseSpool.patience
        let lost = try database.readBlocking { try rows.lost(since: limit, in: $0) }
        let given = try lost.filter { content in
            try database.writeBlocking(.guarded) { try rows.giveUp(content, since: limit, in: $0) }
        }
        for content in given { try clear(content) }
        let stale = try cache.dropStale { kind in
            try database.readBlocking { try rows.contents(of: kind, in: $0) }
        }
        let local = try SpoolSweep(root: cache.root, scratchRoot: cache.root).run()
        return given.count + stale + local
    }
}

extension DatabaseSpool {
    /// The folder for copies of a kind.
    func cacheFolder(of kind: SpoolKind) throws -> OpenFile {
        try Folders.make(cache.folder(of: kind))
        return try OpenFile(cache.folder(of: kind), O_RDONLY | O_DIRECTORY)
    }

    /// Deletes the chunks of an abandoned content, some at a time.
    func clear(_ content: String) throws {
        var position: Int? = 0
        while let start = position {
            position = try database.writeBlocking(.bulk) { transaction in
                try rows.clear(
                    content,
                    from: start,
                    count: DatabaseSpool.clearedAtOnce,
                    in: transaction
                )
            }
        }
    }

    private func entry(of file: SpoolFile) throws -> SpoolEntry {
        let entry = try database.readBlocking { try rows.entry(file.kind, file.name, in: $0) }
        guard let entry, entry.file == file else { throw FilesError.noSuchFile(file.name) }
        return entry
    }

    private func reading<T>(
        _ connection: Connection?,
        _ body: (Connection) throws -> T
    ) throws -> T {
        guard let connection else { return try database.readBlocking(body) }
        return try body(connection)
    }
}
