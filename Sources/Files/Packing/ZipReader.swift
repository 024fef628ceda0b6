// SPDX-License-Identifier: Apache-2.0
import CArchive

/// Unpacks the one file of a zip archive.
final class ZipReader {
    private let file: OpenFile
    private let limits: UnpackLimits

    init(_ file: OpenFile, limits: UnpackLimits) {
        self.file = file
        self.limits = limits
    }

    func read(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        // The entries are counted first, so that nothing is read of an archive that is refused.
        let count = try entryCount()
        guard count == 1 else { throw FilesError.entryCount(file.subject, count: count) }
        let archive = try open()
        while let entry = try archive.next() {
            guard ZipReader.isContent(entry) else { continue }
            guard archive_entry_is_encrypted(entry) == 0 else {
                throw FilesError.encrypted(file.subject)
            }
            return try data(of: archive, body)
        }
    }

    private func entryCount() throws -> Int {
        // An archive without files is an end record alone, which libarchive does not recognize.
        guard try !startsWithEndRecord() else { return 0 }
        let archive = try open()
        var count = 0
        while let entry = try archive.next() {
            if ZipReader.isContent(entry) { count += 1 }
        }
        return count
    }

    private func data(
        of archive: ArchiveReader,
        _ body: (UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let packed = try file.status().size
        var unpacked: Int64 = 0
        while let block = try archive.block() {
            unpacked += Int64(block.count)
            try limits.check(unpacked: unpacked, packed: packed, name: file.subject)
            if !block.isEmpty, try !body(block) { return }
        }
    }

    private func open() throws -> ArchiveReader {
        try file.rewind()
        return try ArchiveReader(file)
    }

    private func startsWithEndRecord() throws -> Bool {
        try file.rewind()
        return try file.head(4).elementsEqual([0x50, 0x4b, 5, 6])
    }

    /// Whether an entry is a file, and not one of those that macOS adds beside each file.
    private static func isContent(_ entry: OpaquePointer) -> Bool {
        guard archive_entry_filetype(entry) == ArchiveType.regular else { return false }
        guard let name = archive_entry_pathname(entry) else { return true }
        return !String(cString: name).hasPrefix("__MACOSX/")
    }
}

/// Types of archive entries.
enum ArchiveType {
    /// A regular file; libarchive's macro `AE_IFREG` has a cast that Swift does not import.
    static let regular: UInt32 = 0o100000
}

/// libarchive's reader for zip archives.
private final class ArchiveReader {
    private let file: OpenFile
    private let archive: OpaquePointer

    init(_ file: OpenFile) throws {
        self.file = file
        guard let archive = archive_read_new() else {
            throw FilesError.corrupt(file.subject, reason: "there is no memory to read it")
        }
        self.archive = archive
        // Through the directory at the end: it knows what an entry's own header may leave out.
        archive_read_support_format_zip_seekable(archive)
        try check(archive_read_open_fd(archive, file.number, AlignedBuffer.size))
    }

    deinit { archive_read_free(archive) }

    /// The next entry; nil at the end.
    func next() throws -> OpaquePointer? {
        var entry: OpaquePointer?
        let code = archive_read_next_header(archive, &entry)
        if code == ARCHIVE_EOF { return nil }
        // A name that does not fit the locale is a warning, and names do not matter here.
        if code != ARCHIVE_WARN { try check(code) }
        return entry
    }

    /// The next bytes of the present entry; nil at its end.
    ///
    /// libarchive reports a wrong checksum or length as a warning; here it is damage.
    func block() throws -> UnsafeRawBufferPointer? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        let code = archive_read_data_block(archive, &start, &count, &offset)
        if code == ARCHIVE_EOF { return nil }
        try check(code)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    private func check(_ code: Int32) throws {
        guard code != ARCHIVE_OK else { return }
        let words = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        // The first bytes were those of a zip: unrecognized means that its directory, which
        // stands at the end, is missing.
        let isShort = ["truncated", "unrecognized"].contains { words.lowercased().contains($0) }
        throw isShort
            ? FilesError.truncated(file.subject) : .corrupt(file.subject, reason: words)
    }
}
