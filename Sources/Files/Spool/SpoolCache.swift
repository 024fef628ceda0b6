// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// Copies of files of a spool in the database, on this machine.
///
/// A copy is named by its content's id, so the copy of a file that was replaced is never taken for
/// the new one. Copies are not synced: each is verified by length and SHA-256 whenever it is
/// opened, and fetched anew when power loss or anything else has changed it. An open copy holds a
/// share of its lock, and is not dropped.
struct SpoolCache: Sendable {
    let root: String
    /// The bytes beyond which the least recently used copies go.
    let limit: Int64

    func folder(of kind: SpoolKind) -> String { "\(root)/\(kind.rawValue)" }

    func path(of entry: SpoolEntry) -> String { "\(folder(of: entry.file.kind))/\(entry.content)" }

    /// Opens the copy of a file; nil when there is none that is as it should be.
    func open(_ entry: SpoolEntry) throws -> LocalFile? {
        let path = path(of: entry)
        guard let file = try? OpenFile(path, O_RDONLY, subject: entry.file.name),
            try pin(file, at: path), try file.status().size == entry.file.bytes
        else { return nil }
        var hash = ContentHash()
        try FileStream.each(file) { chunk in
            hash.update(chunk)
            return true
        }
        guard hash.sha256 == entry.file.sha256 else { return nil }
        try file.rewind()
        file.touch()
        return LocalFile(path: path, file: file)
    }

    /// Keeps an open file from being dropped.
    ///
    /// - Returns: False when it was dropped before.
    func pin(_ file: OpenFile, at path: String) throws -> Bool {
        file.share()
        let own = try file.status()
        let folder = try OpenFile(root, O_RDONLY | O_DIRECTORY)
        return try FileStatus.of(path, in: folder)?.isSame(as: own) ?? false
    }

    func remove(_ kind: SpoolKind, _ content: String) {
        unlink("\(folder(of: kind))/\(content)")
    }
}

extension SpoolCache {
    private struct Copy {
        let path: String
        let status: FileStatus
    }

    /// Drops the least recently used copies until the rest keeps the limit.
    func evict() throws {
        let copies = try kinds().flatMap { try self.copies(of: $0) }
        var total = copies.reduce(0) { $0 + $1.status.size }
        for copy in copies.sorted(by: { $0.status.modified < $1.status.modified }) {
            guard total > limit else { return }
            if drop(copy.path) { total -= copy.status.size }
        }
    }

    /// Drops the copies of files that are gone.
    ///
    /// Copies are listed before the closure is asked: a copy is made after its file's row.
    ///
    /// - Returns: How many there were.
    func dropStale(contents: (SpoolKind) throws -> Set<String>) throws -> Int {
        try kinds().reduce(0) { count, kind in
            let names = try Folders.visibleNames(at: folder(of: kind))
            guard !names.isEmpty else { return count }
            let kept = try contents(kind)
            let stale = names.filter { !kept.contains($0) }
            return count + stale.count { drop("\(folder(of: kind))/\($0)") }
        }
    }

    private func kinds() throws -> [SpoolKind] {
        try Folders.visibleNames(at: root).map(SpoolKind.init).filter { kind in
            var status = stat()
            return lstat(folder(of: kind), &status) == 0 && FileStatus(status).isFolder
        }
    }

    private func copies(of kind: SpoolKind) throws -> [Copy] {
        try Folders.visibleNames(at: folder(of: kind)).compactMap { name in
            let path = "\(folder(of: kind))/\(name)"
            var status = stat()
            return lstat(path, &status) == 0 ? Copy(path: path, status: FileStatus(status)) : nil
        }
    }

    /// Removes a copy that nobody has open.
    private func drop(_ path: String) -> Bool {
        guard let file = try? OpenFile(path, O_RDWR | O_NOFOLLOW),
            file.lock(whereUnsupported: true)
        else { return false }
        return unlink(path) == 0
    }
}
