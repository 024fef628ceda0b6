// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Copies a folder with all below it into another one, file by file.
///
/// A copy that was cut is repeated: files that are there with the same content are left alone. Files
/// appear whole or not at all, for the owner alone. Links are not followed, and hidden files,
/// which are half-written ones here, stay behind.
///
/// Of a folder in use, files that go meanwhile are left out, and those that changed since an earlier
/// copy are copied again.
public struct FolderCopy: Sendable {
    let from: String
    let to: String
    let isInUse: Bool

    /// Prepares a copy; neither folder need be there.
    public init(from: String, to: String, isInUse: Bool = false) {
        self.from = from
        self.to = to
        self.isInUse = isInUse
    }

    /// Copies what is missing; blocks.
    ///
    /// - Returns: How many files were copied.
    /// - Throws: ``FilesError/exists(_:)`` when another file has the name, or what the system said.
    public func run() throws -> Int { try run("") }

    private func run(_ below: String) throws -> Int {
        var copied = 0
        for name in try Folders.visibleNames(at: from + below) {
            let path = "\(below)/\(name)"
            var status = stat()
            guard lstat(from + path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: copied += try run(path)
            case S_IFREG: copied += try copyUnlessGone(path) ? 1 : 0
            default: continue
            }
        }
        return copied
    }

    private func copyUnlessGone(_ path: String) throws -> Bool {
        do {
            return try copyFile(path)
        } catch FilesError.noSuchFile(let name) where isInUse && name == from + path {
            return false
        }
    }

    private func copyFile(_ path: String) throws -> Bool {
        let wanted = try ContentHash(ofFileAt: from + path)
        if access(to + path, F_OK) == 0 {
            let present = try ContentHash(ofFileAt: to + path)
            if present.sha256 == wanted.sha256 { return false }
            guard isInUse else { throw FilesError.exists(to + path) }
        }
        guard let parent = Folders.parent(of: to + path) else { return false }
        try Folders.make(parent)
        try write(path, beside: "\(parent)/.copy-\(getpid()).part", in: parent)
        return true
    }

    private func write(_ path: String, beside: String, in parent: String) throws {
        defer { unlink(beside) }
        let copy = try OpenFile(beside, O_WRONLY | O_CREAT | O_TRUNC, subject: beside)
        try FileStream.each(OpenFile(from + path, O_RDONLY | O_NOFOLLOW)) { chunk in
            try copy.write(chunk)
            return true
        }
        try copy.sync()
        guard rename(beside, to + path) == 0 else { throw FilesError.last(to + path, "named") }
        try OpenFile(parent, O_RDONLY | O_DIRECTORY).sync()
    }
}
