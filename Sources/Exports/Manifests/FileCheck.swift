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
            return try compare(
                manifest.file,
                try ContentHash(ofFileAt: path),
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
        _ found: ContentHash,
        _ words: String
    ) throws -> String? {
        guard found.bytes == digest.bytes else {
            return "\(words): \(found.bytes) bytes instead of \(digest.bytes)"
        }
        return found.sha256 == digest.sha256 ? nil : "\(words): its hash differs"
    }

    private func content(_ path: String) throws -> ContentHash {
        guard link.manifest.compression != .none else { return try ContentHash(ofFileAt: path) }
        var hash = ContentHash()
        try Unpacker.read(path: path) { chunk in
            hash.update(chunk)
            return true
        }
        return hash
    }
}
