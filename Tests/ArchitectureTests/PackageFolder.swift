// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The folder of this package, as the tests read it.
enum PackageFolder {
    static let url = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The text of a file.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: url.appending(path: path), encoding: .utf8)
    }

    /// The names of the folders in a folder, sorted.
    static func folders(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: url.appending(path: path),
            includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent)
        .sorted()
    }

    /// The Swift files of a folder and the folders in it, by path.
    static func swiftFiles(in path: String) throws -> [SourceFile] {
        let folder = url.appending(path: path)
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        return try (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().map { name in
            SourceFile(path: "\(path)/\(name)", text: try text("\(path)/\(name)"))
        }
    }
}

/// One Swift file.
struct SourceFile {
    /// Its path from the package's folder.
    var path: String
    var text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines without those that are comments.
    var code: [String] {
        lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("//") }
    }

    /// The `import` declarations, of whole modules and of single declarations.
    var imports: [Import] { code.compactMap(Import.init) }

    /// One `import` declaration.
    struct Import {
        var module: String
        var isPublic: Bool

        init?(_ line: String) {
            let declaration =
                #/((@\w+(\([^)]*\))?|public|package|internal|fileprivate|private)\s+)*import\s+/#
            guard let match = line.prefixMatch(of: declaration) else { return nil }
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let"]
            let words = line[match.range.upperBound...].split(separator: " ").map(String.init)
            let name = words.first { !kinds.contains($0) } ?? ""
            module = String(name.prefix { $0 != "." })
            isPublic = line[match.range].contains("public")
        }
    }
}
