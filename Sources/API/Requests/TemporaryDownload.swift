// SPDX-License-Identifier: Apache-2.0
import Database
public import Files
import Foundation

/// A file that is answered piece by piece; it has no name any more, so nothing is left behind.
public final class TemporaryDownload: @unchecked Sendable {
    // One thread at a time: first it is written, then it is answered.
    private let handle: FileHandle

    private init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// Makes an empty file without a name.
    ///
    /// - Throws: A refusal when the temporary folder takes none.
    public convenience init() throws {
        let path = FileManager.default.temporaryDirectory.path + "/millrace-" + UUID().uuidString
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw Problem(507, "no temporary file could be made") }
        unlink(path)
        self.init(FileHandle(fileDescriptor: number, closeOnDealloc: true))
    }

    /// A file of the spool.
    ///
    /// - Throws: A refusal when it is no longer kept, or what the spool says.
    public static func spooled(
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

    /// Writes the next bytes.
    ///
    /// - Throws: What the system says.
    public func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

    /// The file from its beginning: each call gives the next piece, nil at the end.
    public var pieces: @Sendable () throws -> [UInt8]? {
        try? handle.seek(toOffset: 0)
        return { [self] in
            guard let data = try handle.read(upToCount: 1 << 18), !data.isEmpty else { return nil }
            return Array(data)
        }
    }

    /// The file as an answer.
    func answer(name: String, mediaType: String) -> Answer {
        Answer(
            status: 200,
            mediaType: mediaType,
            headers: [("Content-Disposition", Markup.attachment(name))],
            body: .pieces(pieces)
        )
    }
}
