// SPDX-License-Identifier: Apache-2.0
import Database
import Files
import Foundation

/// A file that is answered piece by piece; it has no name any more, so nothing is left behind.
final class TemporaryDownload: @unchecked Sendable {
    // One thread at a time: first it is written, then it is answered.
    private let handle: FileHandle

    private init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// Makes an empty file without a name.
    convenience init() throws {
        let path = FileManager.default.temporaryDirectory.path + "/millrace-" + UUID().uuidString
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw Problem(507, "no temporary file could be made") }
        unlink(path)
        self.init(FileHandle(fileDescriptor: number, closeOnDealloc: true))
    }

    /// A file of the spool.
    static func spooled(
        _ file: SpoolFile,
        _ services: APIServices
    ) async throws
        -> TemporaryDownload
    {
        try await services.database.blocking {
            guard try services.spool.exists(file) else {
                throw Problem(404, "the file is no longer kept")
            }
            return try services.spool.withLocalPath(of: file) { path in
                let number = open(path, O_RDONLY | O_CLOEXEC)
                guard number >= 0 else { throw Problem(404, "the file is no longer kept") }
                return TemporaryDownload(
                    FileHandle(fileDescriptor: number, closeOnDealloc: true)
                )
            }
        }
    }

    func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

    /// The file as an answer.
    func answer(name: String, mediaType: String) -> Answer {
        try? handle.seek(toOffset: 0)
        return Answer(
            status: 200,
            mediaType: mediaType,
            headers: [("Content-Disposition", "attachment; filename=\"\(name)\"")],
            body: .pieces { [self] in
                guard let data = try handle.read(upToCount: 1 << 18), !data.isEmpty else {
                    return nil
                }
                return Array(data)
            }
        )
    }
}
