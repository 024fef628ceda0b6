// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// Everything that a node must keep between steps: uploads, fetched files, sealed exports, reports
/// (design/architecture.md, "Storage").
///
/// A folder for the owner alone, with a folder for each kind. Files appear whole or not at all.
/// All calls block.
public struct Spool: Sendable {
    /// The folder.
    public let root: String
    private let scratch: ScratchFolder
    private let randomness: any Randomness

    /// Opens a spool, making its folder (permissions 0700) when it is missing.
    ///
    /// - Throws: ``FilesError`` when the folder cannot be made, protected or written to.
    public init(root: String) throws {
        try self.init(root: root, randomness: SystemRandomness())
    }

    init(root: String, randomness: any Randomness) throws {
        try Folders.makePrivate(root)
        self.root = root
        self.randomness = randomness
        scratch = try ScratchFolder(spool: root, token: randomness.token)
    }

    /// Starts a file; a finished one of the same name stays until the new one is finished.
    ///
    /// - Parameters:
    ///   - kind: What the file is for.
    ///   - name: Unique within the kind, at most 200 bytes, not hidden.
    /// - Returns: The writer.
    /// - Throws: ``FilesError/badName(_:)``, or what the system said.
    public func create(_ kind: SpoolKind, name: String) throws -> SpoolWriter {
        _ = try SpoolFile(kind: kind, name: name, bytes: 0, sha256: "")
        let path = "\(root)/\(kind.rawValue)"
        try Folders.make(path)
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        return try SpoolWriter(kind: kind, name: name, folder: folder, token: randomness.token)
    }

    /// Where a file is; other programs must not change it there.
    public func path(of file: SpoolFile) -> String {
        "\(root)/\(file.kind.rawValue)/\(file.name)"
    }

    /// Whether a file is still there, with the length that it had.
    public func exists(_ file: SpoolFile) -> Bool {
        var status = stat()
        return lstat(path(of: file), &status) == 0 && Int64(status.st_size) == file.bytes
    }

    /// Whether a file is there and still has the hash that it had when it was finished.
    ///
    /// - Throws: What the system said.
    public func isIntact(_ file: SpoolFile) throws -> Bool {
        guard exists(file) else { return false }
        return try ContentHash(ofFileAt: path(of: file)).sha256 == file.sha256
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// - Throws: What the system said.
    public func remove(_ file: SpoolFile) throws {
        guard unlink(path(of: file)) == 0 || errno == ENOENT else {
            throw FilesError.last(file.name, "removed")
        }
    }

    /// Reads a file in chunks of a megabyte until the closure returns false or the file ends.
    ///
    /// The bytes are valid during the call only.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)``, what the system said, or what the closure throws.
    public func read(
        _ file: SpoolFile,
        chunk: (UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let open = try OpenFile(path(of: file), O_RDONLY, subject: file.name)
        try FileStream.each(open, chunk)
    }

    /// The names of the finished files of a kind, in byte order.
    ///
    /// - Throws: What the system said.
    public func names(of kind: SpoolKind) throws -> [String] {
        try kind.check()
        do {
            let folder = try OpenFile("\(root)/\(kind.rawValue)", O_RDONLY | O_DIRECTORY)
            return try Folders.names(in: folder).filter { !$0.hasPrefix(".") }
        } catch FilesError.noSuchFile {
            return []
        }
    }

    /// A path for a temporary file of the caller's own, such as a sort run; nothing is made there.
    ///
    /// The same arguments give the same path. The caller removes the file; what a process leaves
    /// behind is removed by ``sweep()`` once the process is dead, so a task that is resumed after
    /// a crash has to make it again.
    ///
    /// - Throws: ``FilesError/badName(_:)``, or what the system said.
    public func scratchPath(_ kind: SpoolKind, _ name: String) throws -> String {
        try kind.check()
        try FileName.check(name)
        let folder = "\(scratch.path)/\(kind.rawValue)"
        try Folders.make(folder)
        return "\(folder)/\(name)"
    }

    /// Removes half-written files and scratch files of processes that are dead.
    ///
    /// Living writers hold a lock, also in this process; so it may run at any time.
    ///
    /// - Returns: How many files were removed.
    /// - Throws: What the system said.
    @discardableResult
    public func sweep() throws -> Int {
        try SpoolSweep(root: root).run()
    }
}
