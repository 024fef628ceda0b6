// SPDX-License-Identifier: Apache-2.0
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
            let file = try ContentHash(ofFileAt: path)
            let words = "\(manifest.file.name) was changed after its delivery"
            if let gap = compare(manifest.file, file, words) { return gap }
            let content = try content(path)
            return compare(
                manifest.content,
                content.hash,
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
        _ found: ContentHash,
        _ words: String
    ) -> String? {
        guard found.bytes == digest.bytes else {
            return "\(words): \(found.bytes) bytes instead of \(digest.bytes)"
        }
        return found.sha256 == digest.sha256 ? nil : "\(words): its hash differs"
    }

    private func content(_ path: String) throws -> ContentSum {
        var sum = ContentSum()
        guard link.manifest.compression != .none else {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
                chunk.withUnsafeBytes { sum.add($0) }
            }
            return sum
        }
        try Unpacker.read(path: path) { chunk in
            sum.add(chunk)
            return true
        }
        return sum
    }
}

/// What content comes to that is read in chunks: length, hash, and records.
///
/// A field with a line end is quoted, and a quote in it doubled (``CSV/CSVWriter``): a line end
/// behind an even number of quotes ends a record, whatever stands between fields.
private struct ContentSum {
    var hash = ContentHash()
    var records: Int64 = 0
    private var isInside = false

    mutating func add(_ chunk: UnsafeRawBufferPointer) {
        hash.update(chunk)
        for byte in chunk {
            if byte == UInt8(ascii: "\"") {
                isInside.toggle()
            } else if byte == UInt8(ascii: "\n"), !isInside {
                records += 1
            }
        }
    }
}
