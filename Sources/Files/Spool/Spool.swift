// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Glibc

/// Everything that a node must keep between steps: uploads, fetched files, sealed exports, reports
/// (design/architecture.md, "Storage").
///
/// Files appear whole or not at all, and any node that shares the place can read them:
///
/// | place | for | made by |
/// |---|---|---|
/// | a folder of this machine | one node | ``init(root:)`` |
/// | a folder that nodes share | several nodes | ``init(sharedRoot:installation:scratchRoot:)`` |
/// | the database | several nodes | ``init(cacheRoot:in:cacheLimit:failpoints:)`` |
///
/// All calls block. Those without a connection may open transactions of their own, so they are
/// never made inside one; inside a transaction there are the variants that take it.
public struct Spool: Sendable {
    private let backend: any SpoolBackend
    private let scratch: ScratchFolder

    /// Opens a spool in a folder, making it (permissions 0700) when it is missing.
    ///
    /// - Throws: ``FilesError`` when the folder cannot be made, protected or written to.
    public init(root: String) throws {
        try self.init(root: root, randomness: SystemRandomness())
    }

    init(root: String, randomness: any Randomness) throws {
        try Folders.makePrivate(root)
        scratch = try ScratchFolder(spool: root, token: randomness.token)
        backend = FolderSpool(root: root, randomness: randomness)
    }

    /// Opens a spool in a folder that several nodes share, making it when it is missing.
    ///
    /// The first node writes the installation's id into it; nodes that start at once agree.
    ///
    /// - Parameters:
    ///   - sharedRoot: The shared folder; hard links and locks must work there.
    ///   - installation: The installation's id.
    ///   - scratchRoot: A folder of this machine for temporary files.
    /// - Throws: ``FilesError/foreignSpool(_:)`` when another installation's id is found there; or
    ///   as ``init(root:)``.
    public init(sharedRoot: String, installation: String, scratchRoot: String) throws {
        let randomness = SystemRandomness()
        try Folders.makePrivate(sharedRoot)
        try InstallationMark(root: sharedRoot, token: randomness.token).claim(installation)
        try Folders.makePrivate(scratchRoot)
        scratch = try ScratchFolder(spool: scratchRoot, token: randomness.token)
        backend = FolderSpool(root: sharedRoot, scratchRoot: scratchRoot, randomness: randomness)
    }

    /// Opens a spool in a database, with a folder of this machine for copies.
    ///
    /// - Parameters:
    ///   - cacheRoot: The folder for copies and temporary files; made when it is missing.
    ///   - database: The database, with the tables of ``FilesSchema``.
    ///   - cacheLimit: Beyond how many bytes the least recently used copies go; 4 GB unless given.
    ///   - failpoints: Places where tests can stop the program.
    /// - Throws: As ``init(root:)``.
    public init(
        cacheRoot: String,
        in database: Database,
        cacheLimit: Int64 = 4 << 30,
        failpoints: Failpoints = .none
    ) throws {
        let randomness = SystemRandomness()
        try Folders.makePrivate(cacheRoot)
        scratch = try ScratchFolder(spool: cacheRoot, token: randomness.token)
        backend = DatabaseSpool(
            database: database,
            cache: SpoolCache(root: cacheRoot, limit: cacheLimit),
            randomness: randomness,
            failpoints: failpoints
        )
    }

    /// Starts a file; a finished one of the same name stays until the new one is finished.
    ///
    /// Until then nothing is written but a file of this machine, so a writer may be used while a
    /// transaction is open; `finish()` may not.
    ///
    /// - Parameters:
    ///   - kind: What the file is for.
    ///   - name: Unique within the kind, at most 200 bytes, not hidden.
    /// - Returns: The writer.
    /// - Throws: ``FilesError/badName(_:)``, or what the system said.
    public func create(_ kind: SpoolKind, name: String) throws -> SpoolWriter {
        _ = try SpoolFile(kind: kind, name: name, bytes: 0, sha256: "")
        return try backend.create(kind, name: name)
    }

    /// Calls a closure with the path of a file on this machine, fetching the file when needed.
    ///
    /// The path is good during the call only, also when the file is removed meanwhile by a node
    /// other than this; nothing may be changed there.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)``, ``FilesError/corrupt(_:reason:)``, what system or
    ///   database said, or what the closure throws.
    public func withLocalPath<Result>(
        of file: SpoolFile,
        _ body: (String) throws -> Result
    ) throws -> Result {
        let copy = try backend.open(file)
        return try withExtendedLifetime(copy) { try body(copy.path) }
    }

    /// Reads a file in chunks of a megabyte until the closure returns false or the file ends.
    ///
    /// The bytes are valid during the call only. A file that is replaced meanwhile is read to its
    /// end as it was.
    ///
    /// - Throws: As ``withLocalPath(of:_:)``.
    public func read(
        _ file: SpoolFile,
        chunk: (UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let copy = try backend.open(file)
        try FileStream.each(copy.file, chunk)
    }

    /// A path for a temporary file of the caller's own, such as a sort run; nothing is made there.
    ///
    /// The same arguments give the same path, always on this machine. The caller removes the file;
    /// what a process leaves behind is removed by ``sweep()`` once the process is dead, so a task
    /// that is resumed after a crash has to make it again.
    ///
    /// - Throws: ``FilesError/badName(_:)``, or what the system said.
    public func scratchPath(_ kind: SpoolKind, _ name: String) throws -> String {
        try kind.check()
        try FileName.check(name)
        let folder = "\(scratch.path)/\(kind.rawValue)"
        try Folders.make(folder)
        return "\(folder)/\(name)"
    }

    /// Removes half-written files and scratch files of processes that are dead, and copies of
    /// files that are gone; may run at any time, on each node.
    ///
    /// - Returns: How many files were removed.
    /// - Throws: What system or database said.
    @discardableResult
    public func sweep() throws -> Int { try backend.sweep() }
}

extension Spool {
    /// Whether a file is still there, with the length that it had.
    ///
    /// - Throws: What the database said.
    public func exists(_ file: SpoolFile) throws -> Bool { try backend.exists(file, in: nil) }

    /// The same, inside a transaction.
    ///
    /// - Throws: What the database said.
    public func exists(_ file: SpoolFile, in connection: Connection) throws -> Bool {
        try backend.exists(file, in: connection)
    }

    /// Whether a file is there and still has the hash that it had when it was finished.
    ///
    /// - Throws: What system or database said.
    public func isIntact(_ file: SpoolFile) throws -> Bool { try backend.isIntact(file) }

    /// Removes the file of a kind and name; one that is gone already is no error.
    ///
    /// - Throws: What system or database said.
    public func remove(_ file: SpoolFile) throws { try backend.remove(file) }

    /// The same, inside a transaction.
    ///
    /// In a folder the file is gone at once, even if the transaction is rolled back later.
    ///
    /// - Throws: What system or database said.
    public func remove(_ file: SpoolFile, in transaction: Transaction) throws {
        try backend.remove(file, in: transaction)
    }

    /// The names of the finished files of a kind, in byte order.
    ///
    /// - Throws: What system or database said.
    public func names(of kind: SpoolKind) throws -> [String] {
        try kind.check()
        return try backend.names(of: kind, in: nil)
    }

    /// The same, inside a transaction.
    ///
    /// - Throws: What system or database said.
    public func names(of kind: SpoolKind, in connection: Connection) throws -> [String] {
        try kind.check()
        return try backend.names(of: kind, in: connection)
    }
}

extension Spool {
    /// All finished files with their hashes, by kind and name; where the spool is a folder each is
    /// read for its hash.
    ///
    /// - Throws: What system or database said.
    public func files() throws -> [SpoolFile] {
        try backend.kinds().flatMap { kind in
            try backend.names(of: kind, in: nil).compactMap { name in
                try backend.file(kind, name: name)
            }
        }
    }

    /// Copies a file into another spool under the same name, unless it is there and intact.
    ///
    /// - Returns: Whether it was copied.
    /// - Throws: ``FilesError/corrupt(_:reason:)`` when what was read is not what it was, or what
    ///   system or database said.
    public func copy(_ file: SpoolFile, to other: Spool) throws -> Bool {
        if try other.isIntact(file) { return false }
        let writer = try other.create(file.kind, name: file.name)
        var hash = ContentHash()
        do {
            try read(file) { chunk in
                hash.update(chunk)
                try writer.write(chunk)
                return true
            }
            guard hash.bytes == file.bytes, hash.sha256 == file.sha256 else {
                throw FilesError.corrupt(file.name, reason: "it is not what it was when finished")
            }
        } catch {
            writer.abandon()
            throw error
        }
        _ = try writer.finish()
        return true
    }
}
