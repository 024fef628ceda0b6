// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A folder that paths cannot leave.
///
/// A path is first resolved with all its links; the result, which has none, is then walked from
/// the root's descriptor with `O_NOFOLLOW`. So a link that is put in place between the check and
/// the use leads nowhere.
struct FolderTree: Sendable {
    let root: String

    /// A name in an open folder.
    struct Place {
        let folder: OpenFile
        let name: String
    }

    /// The folder itself.
    func open() throws -> OpenFile {
        try OpenFile(root, O_RDONLY | O_DIRECTORY)
    }

    /// Opens a folder inside.
    func folder(_ path: String) throws -> OpenFile {
        let parts = try FileName.components(of: path)
        let open = try open()
        return try parts.isEmpty ? open : walk(resolve(parts, path), from: open, path)
    }

    /// The place of a file whose folder exists; a link at its end is not followed.
    func place(of path: String) throws -> Place {
        let parts = try FileName.components(of: path)
        guard let name = parts.last else { throw FilesError.badName(path) }
        let resolved = try resolve(parts.dropLast(), path)
        return Place(folder: try walk(resolved, from: open(), path), name: name)
    }

    /// The place of a file, making the folders that are missing.
    func placeMakingFolders(of path: String, mode: mode_t) throws -> Place {
        let parts = try FileName.components(of: path)
        for count in 1..<max(parts.count, 1) {
            let place = try place(of: parts[..<count].joined(separator: "/"))
            if mkdirat(place.folder.number, place.name, mode) == 0 {
                try place.folder.sync()
            } else if errno != EEXIST {
                throw FilesError.last(path, "made")
            }
        }
        return try place(of: path)
    }

    /// The place of a file that exists, with a link at its end followed.
    func target(of path: String) throws -> Place {
        let place = try place(of: path)
        guard try FileStatus.of(place.name, in: place.folder)?.isLink == true else {
            return place
        }
        let resolved = try resolve(FileName.components(of: path), path)
        guard let name = resolved.last else { throw FilesError.outside(path: path) }
        return Place(folder: try walk(resolved.dropLast(), from: open(), path), name: name)
    }

    /// The components below the root of a path with its links followed.
    private func resolve(
        _ parts: some Collection<String>,
        _ path: String
    ) throws
        -> ArraySlice<String>
    {
        guard let base = Folders.canonical(root) else {
            throw FilesError.last(root, "opened")
        }
        let full = ([base] + parts).joined(separator: "/")
        guard let canonical = Folders.canonical(full) else {
            throw FilesError.last(path, "opened")
        }
        guard FileName.isInside(canonical, base) else { throw FilesError.outside(path: path) }
        return FileName.split(canonical)[FileName.split(base).count...]
    }

    private func walk(
        _ parts: ArraySlice<String>,
        from root: OpenFile,
        _ path: String
    ) throws
        -> OpenFile
    {
        try parts.reduce(root) { folder, name in
            try OpenFile(name, in: folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, subject: path)
        }
    }
}
