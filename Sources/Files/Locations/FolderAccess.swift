// SPDX-License-Identifier: Apache-2.0
import Common
import Glibc

/// Works with the files of a folder of this machine.
struct FolderAccess: LocationAccess {
    let tree: FolderTree
    /// Permissions of files that are put, before the process's umask.
    let mode: mode_t
    let failpoints: Failpoints

    init(root: String, mode: mode_t = 0o666, failpoints: Failpoints = .none) {
        tree = FolderTree(root: root)
        self.mode = mode
        self.failpoints = failpoints
    }

    func openingSteps() -> [OpeningStep] {
        [OpeningStep(name: "open") { _ = try tree.open() }]
    }

    func list(folder path: String) throws -> [RemoteFile] {
        let folder = try tree.folder(path)
        return try Folders.names(in: folder).compactMap { name in
            guard var status = try FileStatus.of(name, in: folder) else { return nil }
            if status.isLink {
                guard let followed = try? statusBehindLink("\(path)/\(name)") else { return nil }
                status = followed
            }
            guard status.isRegular else { return nil }
            return RemoteFile(name: name, size: status.size, modified: status.modified)
        }
    }

    func fetch(_ path: String, into writer: SpoolWriter) throws {
        let place = try tree.target(of: path)
        // Without O_NONBLOCK, opening a pipe would wait for its other end for ever.
        let file = try OpenFile(
            place.name,
            in: place.folder,
            O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
            subject: path
        )
        guard try file.status().isRegular else { throw FilesError.noSuchFile(path) }
        try FileStream.each(file) { chunk in
            try writer.write(chunk)
            return true
        }
    }

    func put(from sourcePath: String, to path: String) throws {
        let source = try OpenFile(sourcePath, O_RDONLY)
        try put(to: path) { file in
            try FileStream.each(source) { chunk in
                try file.write(chunk)
                try failpoints.pass("put.chunk")
                return true
            }
        }
    }

    func putData(_ data: [UInt8], to path: String) throws {
        try put(to: path) { file in try data.withUnsafeBytes { try file.write($0) } }
    }

    func move(_ source: String, to target: String) throws {
        let old = try tree.place(of: source)
        let new = try tree.placeMakingFolders(of: target, mode: folderMode)
        let isSameFolder = try old.folder.status().isSame(as: new.folder.status())
        guard !isSameFolder || old.name != new.name else { throw FilesError.exists(target) }
        // A hard link, unlike a rename, never replaces what is there.
        if linkat(old.folder.number, old.name, new.folder.number, new.name, 0) == 0 {
            try new.folder.sync()
            return try remove(old, source)
        }
        switch errno {
        case EEXIST:
            guard try isSame(old, new) else { throw FilesError.exists(target) }
            try remove(old, source)
        case EPERM, EOPNOTSUPP, EMLINK:
            try rename(old, to: new, source, target)
        default:
            throw FilesError.last(source, "moved")
        }
    }

    func delete(_ path: String) throws {
        do {
            try remove(try tree.place(of: path), path)
        } catch FilesError.noSuchFile {
            return
        }
    }

    func exists(_ path: String) throws -> Bool {
        do {
            let place = try tree.target(of: path)
            return try FileStatus.of(place.name, in: place.folder)?.isRegular == true
        } catch FilesError.noSuchFile {
            return false
        }
    }

    private func put(to path: String, _ write: (OpenFile) throws -> Void) throws {
        let place = try tree.placeMakingFolders(of: path, mode: folderMode)
        let put = try AtomicPut(place, mode: mode, path: path)
        do {
            try write(put.file)
            try failpoints.pass("put.written")
            try put.file.sync()
            try failpoints.pass("put.synced")
            try put.publish()
        } catch {
            put.abandon()
            throw error
        }
    }

    /// Folders can be entered by whoever can read the files.
    private var folderMode: mode_t { mode | (mode & 0o444) >> 2 | 0o300 }

    private func statusBehindLink(_ path: String) throws -> FileStatus? {
        let place = try tree.target(of: path.hasPrefix("/") ? String(path.dropFirst()) : path)
        return try FileStatus.of(place.name, in: place.folder)
    }

    private func remove(_ place: FolderTree.Place, _ path: String) throws {
        guard unlinkat(place.folder.number, place.name, 0) == 0 else {
            throw FilesError.last(path, "removed")
        }
        try place.folder.sync()
    }

    /// For file systems without hard links: they leave a moment between the look and the rename.
    private func rename(
        _ old: FolderTree.Place,
        to new: FolderTree.Place,
        _ source: String,
        _ target: String
    ) throws {
        guard try FileStatus.of(new.name, in: new.folder) == nil else {
            throw FilesError.exists(target)
        }
        guard renameat(old.folder.number, old.name, new.folder.number, new.name) == 0 else {
            throw FilesError.last(source, "moved")
        }
        try new.folder.sync()
        try old.folder.sync()
    }

    /// Whether two names are links to one file: a move that was cut off between its two steps.
    private func isSame(_ first: FolderTree.Place, _ second: FolderTree.Place) throws -> Bool {
        guard let one = try FileStatus.of(first.name, in: first.folder),
            let other = try FileStatus.of(second.name, in: second.folder)
        else { return false }
        return one.isSame(as: other)
    }
}
