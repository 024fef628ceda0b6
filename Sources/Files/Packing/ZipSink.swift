// SPDX-License-Identifier: Apache-2.0
import CArchive
import Common

/// Writes content as the one file of a zip archive, deflated, with 64-bit lengths.
final class ZipSink: PackingSink {
    private let target: SpoolWriter
    private let archive: OpaquePointer
    private let passage: Passage

    /// What libarchive's callback gets: where bytes go, and what went wrong there.
    private final class Passage {
        let target: SpoolWriter
        var failure: (any Error)?

        init(_ target: SpoolWriter) { self.target = target }

        func write(_ bytes: UnsafeRawBufferPointer) -> Int {
            do {
                try target.write(bytes)
                return bytes.count
            } catch {
                failure = error
                return -1
            }
        }
    }

    init(_ target: SpoolWriter, innerName: String, moment: Instant) throws {
        guard let archive = archive_write_new() else {
            throw FilesError.packing(target.name, reason: "there is no memory for it")
        }
        self.target = target
        self.archive = archive
        passage = Passage(target)
        try check(archive_write_set_format_zip(archive))
        let options =
            "compression=deflate,compression-level=\(Compression.level),hdrcharset=UTF-8"
        try check(archive_write_set_options(archive, options))
        // No padding to whole blocks at the end.
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        try open()
        try writeHeader(innerName, moment)
    }

    deinit { archive_write_free(archive) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    func finish() throws { try check(archive_write_close(archive)) }

    private func open() throws {
        // The archive never outlives the passage: both belong to this object.
        let context = Unmanaged.passUnretained(passage).toOpaque()
        try check(
            archive_write_open(
                archive,
                context,
                nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    return Unmanaged<Passage>.fromOpaque(context).takeUnretainedValue()
                        .write(UnsafeRawBufferPointer(start: bytes, count: count))
                },
                nil
            )
        )
    }

    private func writeHeader(_ name: String, _ moment: Instant) throws {
        guard let entry = archive_entry_new() else {
            throw FilesError.packing(target.name, reason: "there is no memory for it")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname_utf8(entry, name)
        archive_entry_set_filetype(entry, ArchiveType.regular)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, Int(moment.seconds), 0)
        try check(archive_write_header(archive, entry))
    }

    private func check(_ code: Int32) throws {
        guard code == ARCHIVE_OK else { throw failure() }
    }

    private func failure() -> any Error {
        if let failure = passage.failure { return failure }
        let words = archive_error_string(archive).map { String(cString: $0) }
        return FilesError.packing(target.name, reason: words ?? "no reason given")
    }
}
