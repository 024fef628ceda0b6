// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads files that may be compressed (spec/imports.md: `.gz` and `.zip` are unpacked on the fly).
///
/// What a file is follows from its first bytes, never from its name. Memory stays flat.
public enum Unpacker {
    /// Reads a plain, gzip or zip file in chunks of unpacked bytes, at most 1 MB each, until the
    /// closure returns false or the content ends.
    ///
    /// The bytes are valid during the call only. Damage may show only after chunks were given, so
    /// what was read counts once the call has returned.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limits: How far it may grow.
    ///   - body: Takes a chunk; returns whether to go on.
    /// - Throws: ``FilesError/noSuchFile(_:)``, ``FilesError/truncated(_:)``,
    ///   ``FilesError/corrupt(_:reason:)``, ``FilesError/entryCount(_:count:)``,
    ///   ``FilesError/encrypted(_:)``, ``FilesError/tooLarge(_:reason:)``, what the system said,
    ///   or what the closure throws.
    public static func read(
        path: String,
        limits: UnpackLimits = .standard,
        _ body: (UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = try OpenFile(path, O_RDONLY, subject: name)
        switch try compression(of: file) {
        case .none: try FileStream.each(file, body)
        case .gzip: try GzipReader(file, limits: limits).read(body)
        case .zip: try ZipReader(file, limits: limits).read(body)
        }
    }

    /// What a file's first bytes say that it is.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)``, or what the system said.
    public static func compression(ofFileAt path: String) throws -> Compression {
        try compression(of: OpenFile(path, O_RDONLY))
    }

    private static func compression(of file: OpenFile) throws -> Compression {
        let head = try file.head(4)
        try file.rewind()
        return head.withUnsafeBytes { Compression.detected(from: $0) }
    }
}
