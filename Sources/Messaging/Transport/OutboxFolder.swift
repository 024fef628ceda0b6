// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// One day's folder of the outbox.
final class OutboxFolder {
    private let path: String
    private let descriptor: Int32
    private var count = 0
    /// O_TMPFILE of <fcntl.h>, which is not imported since it is not POSIX.
    private static let withoutName: Int32 = 0o20_200_000

    /// Opens the folder, making it and the outbox where needed (permissions 0700).
    init(_ name: String, in outbox: String) throws {
        path = outbox + "/" + name
        try Self.make(outbox)
        try Self.make(path)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutboxError(doing: "opening its folder") }
    }

    deinit {
        close(descriptor)
    }

    /// The name of the folder for a moment: its day in UTC, `yyyy-mm-dd`.
    static func name(for moment: Instant) -> String { Day(utc: moment).description }

    /// Writes a file without a name, then gives it its name; false when the name is taken.
    ///
    /// What a crash interrupts has no name and disappears by itself.
    func keep(_ content: [UInt8], as name: String) throws -> Bool {
        let file = openat(descriptor, ".", O_WRONLY | Self.withoutName | O_CLOEXEC, 0o600)
        guard file >= 0 else { return try keepBesideName(content, as: name) }
        defer { close(file) }
        try write(content, to: file)
        let source = "/proc/self/fd/\(file)"
        return try link(AT_FDCWD, source, AT_SYMLINK_FOLLOW, to: name)
    }

    /// For file systems without files without names.
    private func keepBesideName(_ content: [UInt8], as name: String) throws -> Bool {
        count += 1
        let draft = ".\(name).\(getpid()).\(UInt32.random(in: .min ... .max)).\(count)"
        let file = openat(descriptor, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw OutboxError(doing: "making a file") }
        defer {
            close(file)
            unlinkat(descriptor, draft, 0)
        }
        try write(content, to: file)
        return try link(descriptor, draft, 0, to: name)
    }

    /// Unlike renaming, linking fails when the name is taken, whoever took it.
    private func link(
        _ folder: Int32,
        _ source: String,
        _ flags: Int32,
        to name: String
    ) throws -> Bool {
        if linkat(folder, source, descriptor, name, flags) == 0 { return true }
        guard errno == EEXIST else { throw OutboxError(doing: "naming a mail") }
        return false
    }

    /// Makes the names in the folder durable.
    func makeDurable() throws {
        guard fsync(descriptor) == 0 else { throw OutboxError(doing: "saving its folder") }
    }

    private func write(_ content: [UInt8], to file: Int32) throws {
        var rest = content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { throw OutboxError(doing: "writing a mail") }
            rest = rest.dropFirst(max(written, 0))
        }
        guard fsync(file) == 0 else { throw OutboxError(doing: "saving a mail") }
    }

    /// Makes a folder and its entry in the parent durable, unless it is there.
    private static func make(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return try saveParent(of: path) }
        guard errno == EEXIST else { throw OutboxError(doing: "making its folder") }
    }

    private static func saveParent(of path: String) throws {
        let parent = open(path + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw OutboxError(doing: "opening its folder") }
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw OutboxError(doing: "saving its folder") }
    }
}

/// What the system said when the outbox failed.
struct OutboxError: Error, CustomStringConvertible {
    let description: String

    /// Describes the current `errno`.
    init(doing action: String) {
        description = "The outbox failed at \(action): \(String(cString: strerror(errno)))."
    }
}
