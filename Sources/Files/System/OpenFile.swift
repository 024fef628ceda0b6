// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// An open file or folder that is closed when it is let go.
final class OpenFile: Sendable {
    /// The descriptor's number.
    let number: Int32
    /// How errors name the file.
    let subject: String

    /// Opens a file, relative to an open folder or to the working folder.
    init(
        _ path: String,
        in folder: OpenFile? = nil,
        _ flags: Int32,
        mode: mode_t = 0o600,
        subject: String? = nil
    ) throws {
        self.subject = subject ?? path
        number = openat(folder?.number ?? AT_FDCWD, path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw FilesError.last(self.subject, "opened") }
    }

    /// Takes over a file that is open already.
    init(number: Int32, subject: String) {
        self.number = number
        self.subject = subject
    }

    deinit { close(number) }

    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(number, start, rest.count)
            if count < 0 {
                guard errno == EINTR else { throw FilesError.last(subject, "written") }
            } else {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: How many bytes were read; fewer than fit only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count, let start = buffer.baseAddress {
            let count = Glibc.read(number, start + filled, buffer.count - filled)
            if count == 0 { break }
            if count > 0 { filled += count; continue }
            guard errno == EINTR else { throw FilesError.last(subject, "read") }
        }
        return filled
    }

    /// The next bytes, as many as there are up to a count.
    func head(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let filled = try bytes.withUnsafeMutableBytes { try read(into: $0) }
        return Array(bytes.prefix(filled))
    }

    /// Goes back to the beginning.
    func rewind() throws {
        guard lseek(number, 0, SEEK_SET) == 0 else { throw FilesError.last(subject, "read") }
    }

    /// Waits until what was written is on the disk.
    func sync() throws {
        // Some file systems cannot sync a folder (EINVAL); they keep names in order by themselves.
        guard fsync(number) == 0 || errno == EINVAL else {
            throw FilesError.last(subject, "synced")
        }
    }

    /// What the system knows of the open file.
    func status() throws -> FileStatus {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw FilesError.last(subject, "examined") }
        return FileStatus(status)
    }

    /// Waits for a share of the lock of the file; it is let go with the file.
    ///
    /// A file system without locks grants it.
    func share() {
        while flock(number, LOCK_SH) != 0 && errno == EINTR {}
    }

    /// Notes that the file is used now, in its time of modification.
    func touch() { _ = futimens(number, nil) }

    /// Tries to take the lock of the file; it is let go with the file.
    ///
    /// - Parameter isAssumed: What is answered where the file system has no locks.
    /// - Returns: False when another holds it.
    func lock(whereUnsupported isAssumed: Bool) -> Bool {
        flock(number, LOCK_EX | LOCK_NB) == 0 || (isAssumed && errno != EWOULDBLOCK)
    }
}

extension OpenFile {
    /// Makes a new file whose lock is held, which tells a sweep that its owner is alive.
    ///
    /// A sweep may take the lock, and so the file, between its making and its locking; then
    /// another name is tried.
    static func makeLocked(
        in folder: OpenFile,
        subject: String,
        name: () -> String
    ) throws
        -> (file: OpenFile, name: String)
    {
        while true {
            let name = name()
            let file = try OpenFile(
                name,
                in: folder,
                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
                subject: subject
            )
            if file.lock(whereUnsupported: true), let named = try FileStatus.of(name, in: folder),
                named.isSame(as: try file.status())
            {
                return (file, name)
            }
        }
    }
}

/// What is known of a file besides its content.
struct FileStatus: Equatable {
    let device: UInt
    let inode: UInt
    let size: Int64
    let modified: Instant
    let type: mode_t

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int64(status.st_size)
        modified = Instant(
            microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000
                + Int64(status.st_mtim.tv_nsec) / 1_000
        )
        type = status.st_mode & S_IFMT
    }

    var isRegular: Bool { type == S_IFREG }
    var isFolder: Bool { type == S_IFDIR }
    var isLink: Bool { type == S_IFLNK }

    /// Whether two names lead to one file.
    func isSame(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

    /// The status of a name, without following it when it is a link; nil when there is none.
    static func of(_ name: String, in folder: OpenFile) throws -> FileStatus? {
        var status = stat()
        guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) != 0 else {
            return FileStatus(status)
        }
        guard errno == ENOENT || errno == ENOTDIR else { throw FilesError.last(name, "examined") }
        return nil
    }
}
