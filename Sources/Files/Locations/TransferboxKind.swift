// SPDX-License-Identifier: Apache-2.0
public import Common
import Glibc

extension Location {
    /// The workspace's own folder on this installation: built in, always there.
    public static let transferbox = Location(kind: "transferbox")
}

/// Transferboxes: one folder per workspace below a root, for the owner alone
/// (spec/exports.md, "Locations").
public struct TransferboxKind: LocationKind {
    /// The folder that holds the workspaces' folders.
    public let root: String
    private let failpoints: Failpoints

    /// Makes the kind; the folder is made when it is first used.
    ///
    /// - Parameters:
    ///   - root: The folder that holds the workspaces' folders.
    ///   - failpoints: Places inside a put where tests can stop the program.
    public init(root: String, failpoints: Failpoints = .none) {
        self.root = root
        self.failpoints = failpoints
    }

    /// `transferbox`.
    public var name: String { "transferbox" }

    /// There is nothing to set.
    public func check(_ location: Location) throws {}

    /// Access to the workspace's folder, which is made (0700) when it is missing.
    ///
    /// - Throws: What the system said.
    public func access(
        to location: Location,
        workspace: WorkspaceID,
        secrets: LocationSecrets
    ) throws
        -> any LocationAccess
    {
        try Folders.makePrivate(root)
        try Folders.makePrivate(folder(of: workspace))
        return FolderAccess(root: folder(of: workspace), mode: 0o600, failpoints: failpoints)
    }

    /// Removes the files of a workspace's transferbox that are older than an age
    /// (spec/exports.md: 5 days by default), in sub-folders too.
    ///
    /// The age counts from when a file was put or last changed. Folders stay.
    ///
    /// - Returns: The paths of the removed files.
    /// - Throws: What the system said.
    public func removeFiles(
        olderThan age: Span = .days(5),
        now: Instant,
        workspace: WorkspaceID
    ) throws -> [String] {
        try old(olderThan: age, now: now, workspace: workspace) { name, folder in
            unlinkat(folder.number, name, 0) == 0
        }
    }

    /// The paths of the files that ``removeFiles(olderThan:now:workspace:)`` would remove.
    ///
    /// - Throws: What the system said.
    public func oldFiles(
        olderThan age: Span = .days(5),
        now: Instant,
        workspace: WorkspaceID
    ) throws -> [String] {
        try old(olderThan: age, now: now, workspace: workspace) { _, _ in true }
    }

    private func old(
        olderThan age: Span,
        now: Instant,
        workspace: WorkspaceID,
        take: (String, OpenFile) -> Bool
    ) throws -> [String] {
        do {
            let folder = try OpenFile(folder(of: workspace), O_RDONLY | O_DIRECTORY)
            return try old(before: now - age, in: folder, path: "", take: take)
        } catch FilesError.noSuchFile {
            return []
        }
    }

    private func old(
        before moment: Instant,
        in folder: OpenFile,
        path: String,
        take: (String, OpenFile) -> Bool
    ) throws -> [String] {
        var found: [String] = []
        for name in try Folders.names(in: folder) {
            guard let status = try FileStatus.of(name, in: folder) else { continue }
            if status.isFolder {
                let inner = try OpenFile(name, in: folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                found += try old(before: moment, in: inner, path: "\(path)\(name)/", take: take)
            } else if status.modified < moment, take(name, folder) {
                found.append(path + name)
            }
        }
        return found
    }

    private func folder(of workspace: WorkspaceID) -> String { "\(root)/\(workspace)" }
}
