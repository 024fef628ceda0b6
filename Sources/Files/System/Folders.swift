// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Folders by their paths.
enum Folders {
    /// Makes a folder and those above it that are missing, for the owner alone.
    ///
    /// A folder that was there keeps its permissions.
    static func make(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let parent = parent(of: path) else {
            throw FilesError.last(path, "made")
        }
        try make(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FilesError.last(path, "made")
        }
    }

    /// Makes a folder that is for the owner alone, also when it was there before.
    static func makePrivate(_ path: String) throws {
        try make(path)
        guard chmod(path, 0o700) == 0 else { throw FilesError.last(path, "protected") }
    }

    /// The names in an open folder, in byte order, without `.` and `..`.
    static func names(in folder: OpenFile) throws -> [String] {
        // A descriptor of its own: fdopendir takes it over, and its offset is shared by dup.
        let number = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard number >= 0, let stream = fdopendir(number) else {
            throw FilesError.last(folder.subject, "listed")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The names in a folder that are not hidden, in byte order; none when there is no folder.
    static func visibleNames(at path: String) throws -> [String] {
        do {
            let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
            return try names(in: folder).filter { !$0.hasPrefix(".") }
        } catch FilesError.noSuchFile {
            return []
        }
    }

    /// The path with all links followed; nil when it leads nowhere.
    static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The folder that a path lies in; nil at the root.
    static func parent(of path: String) -> String? {
        let trimmed = path.hasSuffix("/") ? path.dropLast() : path[...]
        guard let slash = trimmed.lastIndex(of: "/"), slash != trimmed.startIndex else {
            return nil
        }
        return String(trimmed[..<slash])
    }
}
