// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The file by which a shared folder says whose it is.
struct InstallationMark {
    /// Hidden, so that no kind of files has its name.
    static let name = ".installation"

    let root: String
    let token: () -> String

    /// Writes the installation's id when there is none yet.
    ///
    /// - Throws: ``FilesError/foreignSpool(_:)`` when there is another.
    func claim(_ installation: String) throws {
        let folder = try OpenFile(root, O_RDONLY | O_DIRECTORY)
        if try FileStatus.of(InstallationMark.name, in: folder) == nil {
            try write(installation, in: folder)
        }
        let mark = try OpenFile(InstallationMark.name, in: folder, O_RDONLY, subject: root)
        guard String(decoding: try mark.head(1_000), as: UTF8.self) == installation + "\n" else {
            throw FilesError.foreignSpool(root)
        }
    }

    /// Of several nodes one succeeds: a link, unlike a renaming, replaces nothing, and the file is
    /// whole before it has its name.
    private func write(_ installation: String, in folder: OpenFile) throws {
        let (file, temporaryName) = try OpenFile.makeLocked(in: folder, subject: root) {
            "\(InstallationMark.name)-\(token()).part"
        }
        defer { unlinkat(folder.number, temporaryName, 0) }
        try Array("\(installation)\n".utf8).withUnsafeBytes { try file.write($0) }
        try file.sync()
        let result = linkat(
            folder.number,
            temporaryName,
            folder.number,
            InstallationMark.name,
            0
        )
        guard result == 0 || errno == EEXIST else { throw FilesError.last(root, "marked") }
        try folder.sync()
    }
}
