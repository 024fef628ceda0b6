// SPDX-License-Identifier: Apache-2.0
import Crypto
import Files
import Foundation

/// Compares a file with what its manifest says of it.
struct FileCheck {
    let folder: String
    let link: ChainLink

    /// What differs, in words.
    func gap() -> String? {
        let manifest = link.manifest
        guard !manifest.file.name.contains("/"),
            link.name == manifest.file.name + Manifest.suffix
        else { return "\(link.name) describes a file of another name: \(manifest.file.name)" }
        let path = "\(folder)/\(manifest.file.name)"
        guard FileManager.default.fileExists(atPath: path) else {
            return "\(manifest.file.name) is missing, but its manifest is there"
        }
        do {
            let words = "\(manifest.file.name) was changed after its delivery"
            let file = try raw(path)
            if let gap = compare(manifest.file, file, words) { return gap }
            let content = try content(path)
            return compare(
                manifest.content,
                content,
                "the content of \(manifest.file.name) is not what its manifest says"
            ) ?? compare(rows: content.records - 1)
        } catch {
            return "\(manifest.file.name) cannot be read: \(error)"
        }
    }

    /// The first record is the header.
    private func compare(rows: Int64) -> String? {
        guard rows != link.manifest.rows else { return nil }
        return "\(link.manifest.file.name) has \(rows) rows, but its manifest says"
            + " \(link.manifest.rows)"
    }

    private func compare(
        _ digest: Manifest.Digest,
        _ found: ContentSum,
        _ words: String
    ) -> String? {
        guard found.bytes == digest.bytes else {
            return "\(words): \(found.bytes) bytes instead of \(digest.bytes)"
        }
        return found.sha256 == digest.sha256 ? nil : "\(words): its hash differs"
    }

    private func raw(_ path: String) throws -> ContentSum {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = ContentHash()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            chunk.withUnsafeBytes { hash.add($0) }
        }
        return hash.result
    }

    private func content(_ path: String) throws -> ContentSum {
        guard link.manifest.compression != .none else { return try raw(path) }
        var hash = ContentHash()
        try Unpacker.read(path: path) { chunk in
            hash.add(chunk)
            return true
        }
        return hash.result
    }
}

/// What bytes come to.
private struct ContentSum {
    var bytes: Int64
    var sha256: String
    var records: Int64
}

/// Length, SHA-256 and records of bytes that come in chunks.
///
/// A field with a line end is quoted, and a quote in it doubled (``CSV/CSVWriter``): a line end
/// behind an even number of quotes ends a record, whatever stands between fields.
private struct ContentHash {
    private var hash = SHA256()
    private var bytes: Int64 = 0
    private var records: Int64 = 0
    private var isInside = false

    mutating func add(_ chunk: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: chunk)
        bytes += Int64(chunk.count)
        for byte in chunk {
            if byte == UInt8(ascii: "\"") {
                isInside.toggle()
            } else if byte == UInt8(ascii: "\n"), !isInside {
                records += 1
            }
        }
    }

    var result: ContentSum {
        let digits = hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }
        return ContentSum(bytes: bytes, sha256: digits.joined(), records: records)
    }
}
