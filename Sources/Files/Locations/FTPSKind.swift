// SPDX-License-Identifier: Apache-2.0
public import Common

extension Location {
    /// A folder on an FTP server with TLS.
    ///
    /// - Parameters:
    ///   - host: The server's name, as its certificate has it.
    ///   - port: Its port; nil for the usual one, 21, or 990 when TLS is implicit.
    ///   - user: Who logs in; the password is a secret.
    ///   - path: The folder: from the root with a leading `/`, else from where the login begins.
    ///   - isImplicit: Whether TLS begins with the first byte.
    ///   - authority: Certificates in PEM that vouch for the server instead of the system's.
    /// - Returns: The location.
    public static func ftps(
        host: String,
        port: Int? = nil,
        user: String,
        path: String = "",
        isImplicit: Bool = false,
        authority: String? = nil
    ) -> Location {
        var settings = [
            "host": host, "user": user, "path": path,
            "mode": isImplicit ? "implicit" : "explicit",
        ]
        settings["port"] = port.map(String.init)
        settings["authority"] = authority
        return Location(kind: "ftps", settings: settings)
    }
}

/// Folders on FTP servers with TLS, explicit or implicit (spec/exports.md, "Locations").
///
/// The server's certificate is checked, for its name too; commands and data are protected by TLS
/// 1.2, or there is no login. With the setting `tls` 1.3, that is spoken where the server can, with a
/// connection of its own for each step.
public struct FTPSKind: LocationKind {
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

    /// `ftps`.
    public var name: String { "ftps" }

    /// A password.
    public var secretNames: [String] { ["password"] }

    /// Another server, port, user or authority.
    public func leadsElsewhere(_ old: Location, _ new: Location) -> Bool {
        ["host", "port", "user", "mode", "authority"].contains {
            old.settings[$0] != new.settings[$0]
        }
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
        guard server.proof.password != nil else {
            throw FilesError.noSecret(location: server.name, secret: "password")
        }
        return try ways.access(to: server, settings(location))
    }

    private func settings(_ location: Location) -> RemoteSettings {
        RemoteSettings(kind: name, settings: location.settings)
    }

    private func server(_ location: Location, _ secrets: LocationSecrets) throws -> RemoteServer {
        let settings = settings(location)
        try settings.check(known: [
            "host", "port", "user", "path", "mode", "tls", "authority", "connectSeconds",
            "stallSeconds",
        ])
        let isImplicit = try isImplicit(settings)
        return RemoteServer(
            dialect: FTPSDialect(isImplicit: isImplicit, isNewest: try isNewest(settings)),
            host: try settings.host(ways.allowedHosts),
            port: try settings.number("port", 1...65_535, standard: isImplicit ? 990 : 21),
            user: try settings.user(),
            proof: LoginProof(password: secrets["password"]),
            authority: try authority(settings),
            limits: try settings.limits(ways.limits)
        )
    }

    private func isImplicit(_ settings: RemoteSettings) throws -> Bool {
        switch settings.settings["mode"] ?? "explicit" {
        case "explicit": return false
        case "implicit": return true
        default: throw settings.refusal("mode", "explicit or implicit is needed")
        }
    }

    private func isNewest(_ settings: RemoteSettings) throws -> Bool {
        switch settings.settings["tls"] ?? "1.2" {
        case "1.2": return false
        case "1.3": return true
        default: throw settings.refusal("tls", "1.2 or 1.3 is needed")
        }
    }

    private func authority(_ settings: RemoteSettings) throws -> String? {
        guard let text = settings.settings["authority"] else { return nil }
        guard text.contains("-----BEGIN CERTIFICATE-----"), !text.contains("PRIVATE KEY"),
            text.utf8.count <= 1 << 18
        else {
            throw settings.refusal("authority", "certificates in PEM are needed, up to 256 KB")
        }
        return text
    }
}
