// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writes a file beside its place and then renames it there.
///
/// The temporary name is hidden and follows from the file's name, so that a put that is repeated
/// after a crash takes over what the crash left. The lock keeps two writers apart.
struct AtomicPut {
    let file: OpenFile
    private let place: FolderTree.Place
    private let temporaryName: String
    private let path: String

    init(_ place: FolderTree.Place, mode: mode_t, path: String) throws {
        self.place = place
        self.path = path
        temporaryName = AtomicPut.temporaryName(for: place.name)
        file = try AtomicPut.open(temporaryName, in: place.folder, mode: mode, path: path)
        guard ftruncate(file.number, 0) == 0 else { throw FilesError.last(path, "written") }
    }

    /// The name that a file has until it is whole; always short enough for the file system.
    static func temporaryName(for name: String) -> String {
        ".\(ContentHash(of: Array(name.utf8)).sha256.prefix(16)).part"
    }

    /// Gives the file its name, replacing one that is there.
    func publish() throws {
        let folder = place.folder
        guard renameat(folder.number, temporaryName, folder.number, place.name) == 0 else {
            throw FilesError.last(path, "named")
        }
        try folder.sync()
    }

    /// Removes what was written, unless it has its name already.
    func abandon() {
        guard let status = try? FileStatus.of(temporaryName, in: place.folder),
            let own = try? file.status(), status.isSame(as: own)
        else { return }
        unlinkat(place.folder.number, temporaryName, 0)
    }

    private static func open(
        _ name: String,
        in folder: OpenFile,
        mode: mode_t,
        path: String
    ) throws -> OpenFile {
        while true {
            let file = try OpenFile(
                name,
                in: folder,
                O_RDWR | O_CREAT | O_NOFOLLOW,
                mode: mode,
                subject: path
            )
            guard file.lock(whereUnsupported: true) else { throw FilesError.beingWritten(path) }
            // The former holder may have renamed or removed it before the lock was taken.
            if let named = try FileStatus.of(name, in: folder),
                named.isSame(as: try file.status())
            {
                return file
            }
        }
    }
}
