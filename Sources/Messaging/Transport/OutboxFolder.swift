// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// One day's folder of the outbox.
final class OutboxFolder {
    private let path: String
    private let descriptor: Int32
    private var count = 0

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

    /// Writes a file beside its name and gives it its name; false when the name is taken.
    func keep(_ content: [UInt8], as name: String) throws -> Bool {
        count += 1
        let draft = ".\(name).\(getpid()).\(UInt32.random(in: .min ... .max)).\(count)"
        defer { unlinkat(descriptor, draft, 0) }
        try write(content, to: draft)
        // Unlike renaming, linking fails when the name is taken, whoever took it.
        if linkat(descriptor, draft, descriptor, name, 0) == 0 { return true }
        guard errno == EEXIST else { throw OutboxError(doing: "naming a mail") }
        return false
    }

    /// Makes the names in the folder durable.
    func makeDurable() throws {
        guard fsync(descriptor) == 0 else { throw OutboxError(doing: "saving its folder") }
    }

    private func write(_ content: [UInt8], to name: String) throws {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw OutboxError(doing: "making a file") }
        defer { close(file) }
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
