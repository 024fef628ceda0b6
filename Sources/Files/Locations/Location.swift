// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A place that files come from or go to: a kind and its settings, as a value.
///
/// Each kind is one file with a ``LocationKind`` and a factory: `.transferbox`, `.folder(path:)`,
/// `.sftp(host:port:user:path:hostKey:)`, `.ftps(host:port:user:path:isImplicit:authority:)`.
public struct Location: Codable, Sendable, Hashable {
    /// The kind's word, such as `folder`.
    public let kind: String
    /// The kind's settings by name; never a secret in clear.
    public let settings: [String: String]

    /// Makes a location of a kind; the kind checks the settings when it is opened or stored.
    public init(kind: String, settings: [String: String] = [:]) {
        self.kind = kind
        self.settings = settings
    }
}

/// A kind of location, the plug-in: one file in this room, and one entry in ``LocationStore``'s
/// list of kinds.
public protocol LocationKind: Sendable {
    /// The word that is stored.
    var name: String { get }
    /// Checks a location's settings without reaching out to it.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    func check(_ location: Location) throws
    /// The same in the transaction that stores it.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    func check(_ location: Location, in connection: Connection) throws
    /// The names of the secrets that it takes, such as `password`; they never stand in settings.
    var secretNames: [String] { get }
    /// Whether a change of settings leads to another server or user, which must not be shown the
    /// secrets that were given for the one before.
    func leadsElsewhere(_ old: Location, _ new: Location) -> Bool
    /// Makes access to a location for a workspace; a connection is made at the first call on it.
    ///
    /// - Throws: ``FilesError``.
    func access(
        to location: Location,
        workspace: WorkspaceID,
        secrets: LocationSecrets
    ) throws -> any LocationAccess
}

extension LocationKind {
    /// The settings are all that counts.
    public func check(_ location: Location, in connection: Connection) throws {
        try check(location)
    }

    /// None.
    public var secretNames: [String] { [] }
    /// There are no secrets that could be shown.
    public func leadsElsewhere(_ old: Location, _ new: Location) -> Bool { false }
}

/// A file in a location.
public struct RemoteFile: Sendable, Hashable, Codable {
    /// The name, without the folder.
    public var name: String
    /// The length in bytes.
    public var size: Int64
    /// When the content last changed, by the location's clock.
    public var modified: Instant

    /// Describes a file.
    public init(name: String, size: Int64, modified: Instant) {
        self.name = name
        self.size = size
        self.modified = modified
    }
}
