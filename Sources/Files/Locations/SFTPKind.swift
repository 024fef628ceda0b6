// SPDX-License-Identifier: Apache-2.0
public import Common

extension Location {
    /// A folder on an SFTP server.
    ///
    /// - Parameters:
    ///   - host: The server's name or address.
    ///   - port: Its port; 22 by default.
    ///   - user: Who logs in; password or key are secrets.
    ///   - path: The folder: from the root with a leading `/`, else from where the login begins.
    ///   - hostKey: The fingerprint of the server's key; nil as long as nobody has compared it.
    /// - Returns: The location.
    public static func sftp(
        host: String,
        port: Int = 22,
        user: String,
        path: String = "",
        hostKey: String? = nil
    ) -> Location {
        var settings = ["host": host, "port": String(port), "user": user, "path": path]
        settings[SFTPKind.hostKeySetting] = hostKey
        return Location(kind: "sftp", settings: settings)
    }
}

/// Folders on SFTP servers (spec/exports.md, "Locations").
///
/// The server proves itself by its key, whose fingerprint is pinned when somebody has compared it:
/// before that, and after it changed, nothing is sent. Several fingerprints may stand in the setting,
/// separated by blanks, for a server whose key is about to change.
public struct SFTPKind: LocationKind {
    /// The setting with the server's fingerprints.
    public static let hostKeySetting = "hostKey"

    private let ways: RemoteWays

    /// Makes the kind.
    ///
    /// - Parameters:
    ///   - allowedHosts: The servers that are allowed.
    ///   - limits: How long is waited, unless a location says so itself.
    ///   - randomness: For the names of files that are being written.
    ///   - failpoints: Places where tests can stop the program.
    public init(
        allowedHosts: AllowedHosts = .all,
        limits: RemoteLimits = RemoteLimits(),
        randomness: any Randomness = SystemRandomness(),
        failpoints: Failpoints = .none
    ) {
        ways = RemoteWays(
            allowedHosts: allowedHosts,
            limits: limits,
            randomness: randomness,
            failpoints: failpoints
        )
    }

    /// `sftp`.
    public var name: String { "sftp" }

    /// A password, or a private key with the passphrase that opens it.
    public var secretNames: [String] { ["password", "privateKey", "passphrase"] }

    /// Another server, port or user.
    public func leadsElsewhere(_ old: Location, _ new: Location) -> Bool {
        ["host", "port", "user"].contains { old.settings[$0] != new.settings[$0] }
    }

    /// Checks the settings.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    public func check(_ location: Location) throws {
        _ = try server(location, .none)
        _ = try settings(location).base()
    }

    /// Access with a connection of its own.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``,
    ///   ``FilesError/noSecret(location:secret:)``.
    public func access(
        to location: Location,
        workspace: WorkspaceID,
        secrets: LocationSecrets
    ) throws -> any LocationAccess {
        let server = try server(location, secrets)
        guard server.proof.password != nil || server.proof.privateKey != nil else {
            throw FilesError.noSecret(location: server.name, secret: "password or private key")
        }
        return try ways.access(to: server, settings(location))
    }

    private func settings(_ location: Location) -> RemoteSettings {
        RemoteSettings(kind: name, settings: location.settings)
    }

    private func server(_ location: Location, _ secrets: LocationSecrets) throws -> RemoteServer {
        let settings = settings(location)
        try settings.check(known: [
            "host", "port", "user", "path", SFTPKind.hostKeySetting, "connectSeconds",
            "stallSeconds",
        ])
        return RemoteServer(
            dialect: SFTPDialect(),
            host: try settings.host(ways.allowedHosts),
            port: try settings.number("port", 1...65_535, standard: 22),
            user: try settings.user(),
            proof: LoginProof(
                password: secrets["password"],
                privateKey: secrets["privateKey"],
                passphrase: secrets["passphrase"]
            ),
            hostKeys: try hostKeys(settings),
            limits: try settings.limits(ways.limits)
        )
    }

    private func hostKeys(_ settings: RemoteSettings) throws -> [String] {
        let setting = SFTPKind.hostKeySetting
        let keys = (settings.settings[setting] ?? "").split(separator: " ").map(String.init)
        for key in keys {
            let isFingerprint = key.hasPrefix("SHA256:") && key.utf8.count == 50
            guard isFingerprint else {
                throw settings.refusal(
                    setting,
                    "a fingerprint is needed as ssh-keygen -l prints it: SHA256: and 43 characters"
                )
            }
        }
        return keys
    }
}
