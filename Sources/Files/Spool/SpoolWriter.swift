// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Writes one file of the spool; until ``finish()`` nobody sees it.
///
/// ```swift
/// let writer = try spool.create(.report, name: "excluded-17.csv")
/// try writer.write(Array("id\n".utf8))
/// let file = try writer.finish()
/// ```
///
/// A writer that is let go without ``finish()`` is abandoned. It may be handed from thread to
/// thread; writes from two threads at once are kept apart but in no certain order. All calls block.
public final class SpoolWriter: Sendable {
    /// What the file is for.
    public let kind: SpoolKind
    /// Its name within the kind.
    public let name: String

    private let folder: OpenFile
    private let temporaryName: String
    private let keep: @Sendable (UnnamedFile, SpoolFile) throws -> Void
    private let state: Mutex<State>

    /// Small writes are gathered up to this many bytes.
    private static let bufferSize = 1 << 18

    private struct State {
        var file: OpenFile?
        var buffer: [UInt8] = []
        var hash = ContentHash()
        var finished: SpoolFile?

        mutating func flush() throws {
            guard !buffer.isEmpty else { return }
            let file = file
            try buffer.withUnsafeBytes { try file?.write($0) }
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// Starts a file in a folder.
    ///
    /// The closure makes the written file the spool's; what it throws abandons the writer.
    init(
        kind: SpoolKind,
        name: String,
        folder: OpenFile,
        token: () -> String,
        keep: @escaping @Sendable (UnnamedFile, SpoolFile) throws -> Void
    ) throws {
        self.kind = kind
        self.name = name
        self.folder = folder
        self.keep = keep
        let (file, temporaryName) = try OpenFile.makeLocked(in: folder, subject: name) {
            ".\(token()).part"
        }
        self.temporaryName = temporaryName
        state = Mutex(State(file: file))
    }

    deinit { abandon() }

    /// How many bytes were written so far.
    public var count: Int64 { state.withLock(\.hash.bytes) }

    /// Appends bytes; when it throws, the writer is abandoned.
    ///
    /// - Throws: ``FilesError/diskFull(_:)``, ``FilesError/writerEnded(_:)``, or what the system
    ///   said.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            try state.withLock { try append(bytes, to: &$0) }
        } catch {
            abandon()
            throw error
        }
    }

    /// Appends bytes.
    ///
    /// - Throws: As ``write(_:)-(UnsafeRawBufferPointer)``.
    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Brings the file to the disk or the database, then gives it its name; a file of that name is
    /// replaced.
    ///
    /// Not for use inside a transaction: a spool in the database needs several of its own. A second
    /// call returns the same file. When it throws, the writer is abandoned.
    ///
    /// - Throws: ``FilesError/diskFull(_:)``, ``FilesError/writerEnded(_:)``,
    ///   ``FilesError/uploadLost(_:)``, or what system or database said.
    public func finish() throws -> SpoolFile {
        do {
            return try state.withLock { try finish(&$0) }
        } catch {
            abandon()
            throw error
        }
    }

    /// Gives the file up and removes what was written; does nothing after ``finish()``.
    public func abandon() {
        state.withLock { state in
            guard state.file != nil else { return }
            unlinkat(folder.number, temporaryName, 0)
            state.file = nil
            state.buffer = []
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer, to state: inout State) throws {
        guard let file = state.file else { throw FilesError.writerEnded(name) }
        state.hash.update(bytes)
        if state.buffer.count + bytes.count > SpoolWriter.bufferSize { try state.flush() }
        if bytes.count > SpoolWriter.bufferSize {
            try file.write(bytes)
        } else {
            state.buffer.append(contentsOf: bytes)
        }
    }

    private func finish(_ state: inout State) throws -> SpoolFile {
        if let finished = state.finished { return finished }
        guard let file = state.file else { throw FilesError.writerEnded(name) }
        try state.flush()
        let hash = state.hash
        let finished = try SpoolFile(
            kind: kind,
            name: name,
            bytes: hash.bytes,
            sha256: hash.sha256
        )
        try keep(
            UnnamedFile(file: file, folder: folder, temporaryName: temporaryName),
            finished
        )
        state.file = nil
        state.finished = finished
        return finished
    }
}
