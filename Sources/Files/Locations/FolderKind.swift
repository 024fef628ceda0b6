// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
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
    /// Folders and files that no location may hold, and in which none may lie: the spool, the data
    /// folder, the database.
    public var refusedRoots: [String]
    /// Whether folders may be locations at present; it is asked when one is stored and when one is
    /// used.
    public var permission: FolderPermission

    /// Makes the kind.
    public init(
        allowedRoots: [String] = ["/"],
        refusedRoots: [String] = [],
        permission: FolderPermission = .always
    ) {
        self.allowedRoots = allowedRoots
        self.refusedRoots = refusedRoots
        self.permission = permission
    }

    /// `folder`.
    public var name: String { "folder" }

    /// Checks that the path is absolute and where folders are allowed.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func check(_ location: Location) throws { _ = try path(of: location) }

    /// Checks besides that folders may be locations at present.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func check(_ location: Location, in connection: Connection) throws {
        try check(location)
        guard try permission.isGranted(connection) else { throw refusal(permission.refusal) }
    }

    /// Access with the program's permissions; files that are put follow its umask.
    ///
    /// The call may read the database.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func access(
        to location: Location,
        workspace: WorkspaceID,
        secrets: LocationSecrets
    ) throws
        -> any LocationAccess
    {
        guard try permission.isGrantedNow() else { throw refusal(permission.refusal) }
        return FolderAccess(root: try path(of: location))
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

/// Whether folders may be locations at all, by what the database says at the moment.
public struct FolderPermission: Sendable {
    /// They may.
    public static let always = FolderPermission(refusal: "", isGranted: { _ in true }) { true }

    let refusal: String
    let isGranted: @Sendable (Connection) throws -> Bool
    let isGrantedNow: @Sendable () throws -> Bool

    /// Makes a permission.
    ///
    /// - Parameters:
    ///   - database: What is read when a location is used.
    ///   - refusal: What is said when folders may not be locations.
    ///   - isGranted: Whether they may.
    public init(
        _ database: Database,
        refusal: String,
        isGranted: @escaping @Sendable (Connection) throws -> Bool
    ) {
        self.init(refusal: refusal, isGranted: isGranted) {
            try database.readBlocking { try isGranted($0) }
        }
    }

    private init(
        refusal: String,
        isGranted: @escaping @Sendable (Connection) throws -> Bool,
        isGrantedNow: @escaping @Sendable () throws -> Bool
    ) {
        self.refusal = refusal
        self.isGranted = isGranted
        self.isGrantedNow = isGrantedNow
    }
}
