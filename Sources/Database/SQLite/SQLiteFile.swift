// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import GRDB

/// Makes the file of a new database.
enum SQLiteFile {
    /// Makes the file and its folder with permissions for the owner alone, if it is missing.
    ///
    /// `auto_vacuum` has to be set before the first page is written. A file that holds a database
    /// is not opened here: closing any descriptor of it would drop the locks that SQLite holds in
    /// this process (sqlite.org/howtocorrupt.html, 2.2).
    static func create(_ path: String) throws {
        var present = stat()
        guard stat(path, &present) != 0 || present.st_size == 0 else { return }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try? FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw DatabaseError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size == 0 else { return }
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try queue.close()
    }
}
