// SPDX-License-Identifier: Apache-2.0
import Common
import Files
import Foundation

/// Checks a folder of delivered files by their manifests: hashes, chains, windows that tile
/// (`millrace export verify`).
///
/// Works on files alone, without a database; the files of several exports may lie in one folder.
public struct ExportVerifier: Sendable {
    /// What was found.
    public struct Report: Sendable, Hashable {
        /// How many manifests were read.
        public var manifests = 0
        /// How many rows their files have.
        public var rows: Int64 = 0
        /// A sentence for each chain: its export, its first and last file, its window.
        public var chains: [String] = []
        /// What breaks first, in words; nil when everything holds.
        public var gap: String?
    }

    /// Makes a verifier.
    public init() {}

    /// Checks a folder; blocks.
    ///
    /// A chain may begin in the middle, since files are not kept for ever: the first manifest that
    /// is there is taken as the beginning.
    ///
    /// - Throws: What the system said, when the folder cannot be read.
    public func verify(folder: String) throws -> Report {
        var report = Report()
        var links: [ChainLink] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for name in names where name.hasSuffix(Manifest.suffix) {
            guard let link = ChainLink(folder: folder, name: name) else {
                report.gap = report.gap ?? "\(name) is not a manifest that can be read"
                continue
            }
            links.append(link)
        }
        report.manifests = links.count
        report.rows = links.reduce(0) { $0 + $1.manifest.rows }
        let chains = Dictionary(grouping: links, by: \.chain).sorted { $0.key < $1.key }
        for (_, links) in chains {
            let chain = Chain(links)
            report.chains.append(chain.summary)
            report.gap = try report.gap ?? chain.gap(folder: folder)
        }
        if links.isEmpty, report.gap == nil { report.gap = "there is no manifest in \(folder)" }
        return report
    }
}

/// One manifest as it lies in the folder.
struct ChainLink {
    let name: String
    let manifest: Manifest
    let hash: String

    init?(folder: String, name: String) {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            return nil
        }
        let text = String(decoding: data, as: UTF8.self)
        guard let manifest = try? JSONText.decode(Manifest.self, from: text) else { return nil }
        self.name = name
        self.manifest = manifest
        hash = Manifest.hash(text)
    }

    /// What the chain is known by.
    var chain: String {
        "\(manifest.installation) \(padded(Int(manifest.workspace), 19))"
            + " \(padded(Int(manifest.export), 19))"
    }
}
