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
        try allFiles.get().filter { $0.path.hasPrefix(path + "/") }
    }

    /// The files of `Sources` and `Tests`, read once for all tests.
    private static let allFiles = Result { try read("Sources") + read("Tests") }

    private static func read(_ path: String) throws -> [SourceFile] {
        let names = FileManager.default.enumerator(atPath: url.appending(path: path).path)
        let files = (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
        return try files.sorted().map { name in
            SourceFile(path: "\(path)/\(name)", text: try text("\(path)/\(name)"))
        }
    }
}

/// One Swift file.
struct SourceFile: Sendable {
    /// Its path from the package's folder.
    let path: String
    let text: String
    let lines: [Substring]
    /// The lines without their indentation, and without those that are comments.
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = lines.map { line in line.drop { $0 == " " } }.filter { !$0.hasPrefix("//") }
    }

    /// The `import` declarations, of whole modules and of single declarations.
    var imports: [Import] { code.compactMap(Import.init) }

    /// One `import` declaration.
    struct Import {
        var module: String
        var isPublic: Bool

        init?(_ line: Substring) {
            guard line.contains("import ") else { return nil }
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
