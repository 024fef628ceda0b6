// SPDX-License-Identifier: Apache-2.0

/// Which names and paths are allowed.
enum FileName {
    /// Checks that a name is one component of a path.
    ///
    /// - Throws: ``FilesError/badName(_:)`` for an empty name, `.`, `..`, more than 200 bytes, or
    ///   `/` or NUL anywhere. 200 leaves room for what a writer adds below the system's 255.
    static func check(_ name: String) throws {
        let bytes = name.utf8
        guard !bytes.isEmpty, bytes.count <= 200, name != ".", name != "..",
            !bytes.contains(0), !bytes.contains(UInt8(ascii: "/"))
        else { throw FilesError.badName(name) }
    }

    /// The components of a path inside a location; empty for the location itself.
    ///
    /// - Throws: ``FilesError/outside(path:)`` for an absolute path or one with `..`;
    ///   ``FilesError/badName(_:)`` for a NUL.
    static func components(of path: String) throws -> [String] {
        guard !path.hasPrefix("/") else { throw FilesError.outside(path: path) }
        guard !path.utf8.contains(0) else { throw FilesError.badName(path) }
        let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !parts.contains("..") else { throw FilesError.outside(path: path) }
        return parts
    }

    /// Whether a name belongs to a file that is hidden or still being written.
    static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasSuffix(".part") || name.hasSuffix(".new")
    }
}
