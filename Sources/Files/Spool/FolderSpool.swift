// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Glibc

/// A spool in a folder for the owner alone, with a folder for each kind.
struct FolderSpool: SpoolBackend {
    let root: String
    /// Where scratch folders lie; the root itself unless it is shared.
    let scratchRoot: String
    private let randomness: any Randomness

    init(root: String, scratchRoot: String? = nil, randomness: any Randomness) {
        self.root = root
        self.scratchRoot = scratchRoot ?? root
        self.randomness = randomness
    }

    func create(_ kind: SpoolKind, name: String) throws -> SpoolWriter {
        let path = "\(root)/\(kind.rawValue)"
        try Folders.make(path)
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        return try SpoolWriter(
            kind: kind,
            name: name,
            folder: folder,
            token: randomness.token
        ) { unnamed, file in
            try unnamed.file.sync()
            try unnamed.rename(to: file.name)
            try unnamed.folder.sync()
        }
    }

    func open(_ file: SpoolFile) throws -> LocalFile {
        let open = try OpenFile(path(of: file), O_RDONLY, subject: file.name)
        // Another length is another file, which has taken the name.
        guard try open.status().size == file.bytes else { throw FilesError.noSuchFile(file.name) }
        return LocalFile(path: path(of: file), file: open)
    }

    func exists(_ file: SpoolFile, in connection: Connection?) -> Bool {
        var status = stat()
        return lstat(path(of: file), &status) == 0 && Int64(status.st_size) == file.bytes
    }

    func isIntact(_ file: SpoolFile) throws -> Bool {
        guard exists(file, in: nil) else { return false }
        return try ContentHash(ofFileAt: path(of: file)).sha256 == file.sha256
    }

    func remove(_ file: SpoolFile) throws {
        guard unlink(path(of: file)) == 0 || errno == ENOENT else {
            throw FilesError.last(file.name, "removed")
        }
    }

    func remove(_ file: SpoolFile, in transaction: Transaction) throws { try remove(file) }

    func names(of kind: SpoolKind, in connection: Connection?) throws -> [String] {
        try Folders.visibleNames(at: "\(root)/\(kind.rawValue)")
    }

    func kinds() throws -> [SpoolKind] {
        let open = try OpenFile(root, O_RDONLY | O_DIRECTORY)
        return try Folders.names(in: open).filter { name in
            try !name.hasPrefix(".") && FileStatus.of(name, in: open)?.isFolder == true
        }.map { SpoolKind(rawValue: $0) }
    }

    /// The folder knows no hash, so the file is read.
    func file(_ kind: SpoolKind, name: String) throws -> SpoolFile? {
        do {
            let hash = try ContentHash(ofFileAt: "\(root)/\(kind.rawValue)/\(name)")
            return try SpoolFile(kind: kind, name: name, bytes: hash.bytes, sha256: hash.sha256)
        } catch FilesError.noSuchFile {
            return nil
        }
    }

    func sweep() throws -> Int {
        try SpoolSweep(root: root, scratchRoot: scratchRoot).run()
    }

    private func path(of file: SpoolFile) -> String { "\(root)/\(file.kind.rawValue)/\(file.name)" }
}
