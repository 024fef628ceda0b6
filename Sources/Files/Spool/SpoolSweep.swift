// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The folder for the temporary files of one process; its lock is held as long as it is in use.
final class ScratchFolder: Sendable {
    static let parent = ".scratch"

    let path: String
    private let lock: OpenFile

    init(spool: String, token: () -> String) throws {
        let parent = "\(spool)/\(ScratchFolder.parent)"
        try Folders.make(parent)
        let folder = try OpenFile(parent, O_RDONLY | O_DIRECTORY)
        // The lock comes first: a sweep in between finds no folder without a living owner.
        let name: String
        (lock, name) = try OpenFile.makeLocked(in: folder, subject: parent) { "\(token()).lock" }
        path = "\(parent)/\(name.dropLast(5))"
        try Folders.make(path)
    }

    deinit {
        _ = SpoolSweep.removeAll(at: path)
        unlink("\(path).lock")
    }
}

/// Removes what dead processes left in a spool.
struct SpoolSweep {
    let root: String
    let scratchRoot: String

    func run() throws -> Int {
        let open = try OpenFile(root, O_RDONLY | O_DIRECTORY)
        var removed = try sweepUnfinished(in: root)
        for kind in try Folders.names(in: open) where !kind.hasPrefix(".") {
            guard try FileStatus.of(kind, in: open)?.isFolder == true else { continue }
            removed += try sweepUnfinished(in: "\(root)/\(kind)")
        }
        return removed + (try sweepScratch(in: "\(scratchRoot)/\(ScratchFolder.parent)"))
    }

    private func sweepUnfinished(in path: String) throws -> Int {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        let unfinished = try Folders.names(in: folder).filter {
            $0.hasPrefix(".") && $0.hasSuffix(".part")
        }
        return unfinished.count { name in
            guard isAbandoned("\(path)/\(name)") else { return false }
            return unlinkat(folder.number, name, 0) == 0
        }
    }

    private func sweepScratch(in path: String) throws -> Int {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        var removed = 0
        for name in try Folders.names(in: folder) where name.hasSuffix(".lock") {
            guard isAbandoned("\(path)/\(name)") else { continue }
            removed += SpoolSweep.removeAll(at: "\(path)/\(name.dropLast(5))")
            unlink("\(path)/\(name)")
        }
        return removed
    }

    /// Whether nobody holds a file's lock.
    private func isAbandoned(_ path: String) -> Bool {
        guard let file = try? OpenFile(path, O_RDWR | O_NOFOLLOW) else { return false }
        return file.lock(whereUnsupported: false)
    }

    /// Removes a folder with all it holds, following no links.
    ///
    /// - Returns: How many files were removed.
    static func removeAll(at path: String) -> Int {
        guard let folder = try? OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
            return unlink(path) == 0 ? 1 : 0
        }
        let names = (try? Folders.names(in: folder)) ?? []
        let removed = names.reduce(0) { $0 + removeAll(at: "\(path)/\($1)") }
        rmdir(path)
        return removed
    }
}
