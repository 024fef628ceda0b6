// SPDX-License-Identifier: Apache-2.0
public import Common
import Glibc

extension Location {
    /// A folder of this machine, by its absolute path.
    public static func folder(path: String) -> Location {
        Location(kind: "folder", settings: ["path": path])
    }
}

/// Folders of this machine.
///
/// Whoever may set up locations reads and writes there with the program's own permissions, so an
/// operator names the folders below which locations may lie; everywhere by default.
public struct FolderKind: LocationKind {
    /// The folders below which locations may lie.
    public var allowedRoots: [String]
    /// Folders that are never a location: the spool, the transferbox root, the database's folder.
    public var refusedRoots: [String]

    /// Makes the kind.
    public init(allowedRoots: [String] = ["/"], refusedRoots: [String] = []) {
        self.allowedRoots = allowedRoots
        self.refusedRoots = refusedRoots
    }

    /// `folder`.
    public var name: String { "folder" }

    /// Checks that the path is absolute and where folders are allowed.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func check(_ location: Location) throws { _ = try path(of: location) }

    /// Access with the program's permissions; files that are put follow its umask.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func access(
        to location: Location,
        workspace: WorkspaceID,
        secrets: LocationSecrets
    ) throws
        -> any LocationAccess
    {
        FolderAccess(root: try path(of: location))
    }

    private func path(of location: Location) throws -> String {
        guard let path = location.settings["path"], path.hasPrefix("/"), !path.utf8.contains(0)
        else { throw refusal("an absolute path is needed") }
        // A folder that does not exist yet is judged by its words.
        let canonical = FolderKind.canonical(path)
        guard !FileName.split(canonical).contains("..") else {
            throw refusal("the path must not contain ..")
        }
        guard
            allowedRoots.contains(where: { FileName.isInside(canonical, FolderKind.canonical($0)) })
        else {
            throw refusal("it lies outside the folders that the operator allows")
        }
        guard !refusedRoots.contains(where: { FolderKind.overlap(canonical, $0) })
        else { throw refusal("it overlaps with a folder of the program's own") }
        return canonical
    }

    private static func overlap(_ path: String, _ folder: String) -> Bool {
        let folder = canonical(folder)
        return FileName.isInside(path, folder) || FileName.isInside(folder, path)
    }

    private static func canonical(_ path: String) -> String { Folders.canonical(path) ?? path }

    private func refusal(_ reason: String) -> FilesError {
        .badSetting(kind: name, setting: "path", reason: reason)
    }
}
