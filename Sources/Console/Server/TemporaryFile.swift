// SPDX-License-Identifier: Apache-2.0
import API
import Database
import Files
import Foundation

/// A file that is answered piece by piece; it has no name any more, so nothing is left behind.
final class TemporaryFile: @unchecked Sendable {
    // One thread at a time: first it is written, then it is answered.
    private let handle: FileHandle

    private init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// Makes an empty file without a name.
    convenience init() throws {
        let path = FileManager.default.temporaryDirectory.path + "/millrace-" + UUID().uuidString
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw FilesError.diskFull("the temporary folder") }
        unlink(path)
        self.init(FileHandle(fileDescriptor: number, closeOnDealloc: true))
    }

    /// A file of the spool.
    static func spooled(_ file: SpoolFile, _ visit: Visit) async throws -> TemporaryFile {
        let spool = visit.services.rooms.spool
        return try await visit.database.blocking {
            guard try spool.exists(file) else { throw FilesError.noSuchFile(file.name) }
            return try spool.withLocalPath(of: file) { path in
                let number = open(path, O_RDONLY | O_CLOEXEC)
                guard number >= 0 else { throw FilesError.noSuchFile(file.name) }
                return TemporaryFile(FileHandle(fileDescriptor: number, closeOnDealloc: true))
            }
        }
    }

    func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

    /// The file from its beginning, in pieces.
    var body: SiteAnswer.Body {
        try? handle.seek(toOffset: 0)
        return .pieces { [self] in
            guard let data = try handle.read(upToCount: 1 << 18), !data.isEmpty else { return nil }
            return Array(data)
        }
    }
}
