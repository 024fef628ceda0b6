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
            !bytes.contains(0), !bytes.contains(slash)
        else { throw FilesError.badName(name) }
    }

    /// The components of a path inside a location; empty for the location itself.
    ///
    /// - Throws: ``FilesError/outside(path:)`` for an absolute path or one with `..`;
    ///   ``FilesError/badName(_:)`` for a NUL.
    static func components(of path: String) throws -> [String] {
        guard path.utf8.first != slash else { throw FilesError.outside(path: path) }
        guard !path.utf8.contains(0) else { throw FilesError.badName(path) }
        let parts = split(path).filter { $0 != "." }
        guard !parts.contains("..") else { throw FilesError.outside(path: path) }
        return parts
    }

    /// The components of a path, by its bytes.
    ///
    /// By characters, `/` with a combining mark behind it would be no `/` to Swift, but one to
    /// the system: a way out of a location.
    static func split(_ path: String) -> [String] {
        path.utf8.split(separator: slash).map { String(Substring($0)) }
    }

    /// Whether a path is a folder's or lies below it, by their bytes.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        let base = split(folder)
        return split(path).prefix(base.count).elementsEqual(base) {
            $0.utf8.elementsEqual($1.utf8)
        }
    }

    private static let slash = UInt8(ascii: "/")

    /// Whether a name belongs to a file that is hidden or still being written.
    static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasSuffix(".part") || name.hasSuffix(".new")
    }
}
