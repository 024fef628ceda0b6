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
            return try compare(
                manifest.file,
                try raw(path),
                "\(manifest.file.name) was changed after its delivery"
            )
                ?? compare(
                    manifest.content,
                    try content(path),
                    "the content of \(manifest.file.name) is not what its manifest says"
                )
        } catch {
            return "\(manifest.file.name) cannot be read: \(error)"
        }
    }

    private func compare(
        _ digest: Manifest.Digest,
        _ found: (bytes: Int64, sha256: String),
        _ words: String
    ) throws -> String? {
        guard found.bytes == digest.bytes else {
            return "\(words): \(found.bytes) bytes instead of \(digest.bytes)"
        }
        return found.sha256 == digest.sha256 ? nil : "\(words): its hash differs"
    }

    private func raw(_ path: String) throws -> (bytes: Int64, sha256: String) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = ContentHash()
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            chunk.withUnsafeBytes { hash.add($0) }
        }
        return hash.result
    }

    private func content(_ path: String) throws -> (bytes: Int64, sha256: String) {
        guard link.manifest.compression != .none else { return try raw(path) }
        var hash = ContentHash()
        try Unpacker.read(path: path) { chunk in
            hash.add(chunk)
            return true
        }
        return hash.result
    }
}

/// Length and SHA-256 of bytes that come in chunks.
private struct ContentHash {
    private var hash = SHA256()
    private var bytes: Int64 = 0

    mutating func add(_ chunk: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: chunk)
        bytes += Int64(chunk.count)
    }

    var result: (bytes: Int64, sha256: String) {
        let digits = hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }
        return (bytes, digits.joined())
    }
}
