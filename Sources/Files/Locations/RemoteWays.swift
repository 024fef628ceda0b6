// SPDX-License-Identifier: Apache-2.0
import Common

/// What the kinds of locations on servers have in common: whom they may reach, and how.
struct RemoteWays: Sendable {
    /// The servers that are allowed.
    let allowedHosts: AllowedHosts
    /// How long is waited, unless a location says so itself.
    let limits: RemoteLimits
    let randomness: any Randomness
    let failpoints: Failpoints

    /// Access to a folder of a server, with a connection of its own.
    ///
    /// - Throws: ``FilesError/badSetting(kind:setting:reason:)``.
    func access(
        to server: RemoteServer,
        _ settings: RemoteSettings
    ) throws -> any LocationAccess {
        RemoteAccess(
            session: RemoteSession(server),
            base: try settings.base(),
            failpoints: failpoints,
            token: randomness.token()
        )
    }
}
