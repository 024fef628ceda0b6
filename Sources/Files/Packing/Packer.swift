// SPDX-License-Identifier: Apache-2.0
public import Common

/// Writes one file into the spool, compressed if wanted (spec/exports.md, "Transfer").
///
/// Equal input and moment give equal bytes, on one machine; in zip the time of day is in the
/// machine's own zone, as the format has it. For use by one thread at a time; all calls block.
public final class Packer {
    /// What went in and what came out.
    public struct Result: Sendable, Hashable, Codable {
        /// The finished file, compressed.
        public let file: SpoolFile
        /// The length of the content in bytes.
        public let contentBytes: Int64
        /// The SHA-256 of the content, 64 hexadecimal digits.
        public let contentSHA256: String
    }

    private let target: SpoolWriter
    private let sink: any PackingSink
    private var hash = ContentHash()
    private var result: Result?

    /// How many bytes of content were written so far.
    public var contentBytes: Int64 { hash.bytes }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - target: Where the packed bytes go.
    ///   - compression: How they are packed.
    ///   - innerName: The file's name inside: zip's entry, gzip's stored name.
    ///   - moment: The file's time inside.
    /// - Throws: ``FilesError/badName(_:)`` for an inner name that is no file name;
    ///   ``FilesError/packing(_:reason:)``.
    public init(
        to target: SpoolWriter,
        compression: Compression,
        innerName: String,
        moment: Instant
    ) throws {
        try FileName.check(innerName)
        self.target = target
        sink =
            switch compression {
            case .none: PlainSink(target)
            case .gzip: try GzipSink(target, innerName: innerName, moment: moment)
            case .zip: try ZipSink(target, innerName: innerName, moment: moment)
            }
    }

    /// Appends content.
    ///
    /// - Throws: ``FilesError/packing(_:reason:)``, or what the writer throws.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        hash.update(bytes)
        try sink.write(bytes)
    }

    /// Appends content.
    ///
    /// - Throws: ``FilesError/packing(_:reason:)``, or what the writer throws.
    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Appends content that the caller hashes, such as on another thread.
    ///
    /// All content of a file comes so, or none; ``finish(_:)`` then takes the hash.
    ///
    /// - Throws: As ``write(_:)-(UnsafeRawBufferPointer)``.
    public func pack(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try sink.write(bytes)
    }

    /// Ends the content and finishes the file; a second call returns the same.
    ///
    /// - Parameter content: The hash of content that came by ``pack(_:)``.
    /// - Returns: The file, and length and hash of its content.
    /// - Throws: ``FilesError/packing(_:reason:)``, or what the writer throws; the file is given
    ///   up then.
    public func finish(_ content: ContentHash? = nil) throws -> Result {
        if let result { return result }
        let hash = content ?? hash
        do {
            try sink.finish()
            let result = Result(
                file: try target.finish(),
                contentBytes: hash.bytes,
                contentSHA256: hash.sha256
            )
            self.result = result
            return result
        } catch {
            abandon()
            throw error
        }
    }

    /// Gives the file up; nothing of it stays.
    public func abandon() { target.abandon() }
}

/// Takes content and writes it packed.
protocol PackingSink: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws
    func finish() throws
}

/// Writes content as it is.
private final class PlainSink: PackingSink {
    private let target: SpoolWriter

    init(_ target: SpoolWriter) { self.target = target }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try target.write(bytes) }

    func finish() throws {}
}
