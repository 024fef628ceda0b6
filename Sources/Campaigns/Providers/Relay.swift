// SPDX-License-Identifier: Apache-2.0
public import Common
public import Messaging

/// A relay of a workspace: an SMTP server that takes its mails.
public struct Relay: Sendable, Hashable {
    /// Its id.
    public var id: RelayID
    /// The name that people see, unique in the workspace.
    public var name: String
    /// Its host name or IP address.
    public var host: String
    /// Its port.
    public var port: Int
    /// How the connection is encrypted.
    public var security: SMTPOptions.Security
    /// The user name of its login; nil for none.
    ///
    /// The password is sealed elsewhere.
    public var login: String?
    /// The name that this side gives.
    public var clientName: String
    /// How many connections a node opens at most.
    public var connections: Int
    /// Its place in the order of preference: lower first, then by id.
    public var position: Int
    /// Whether it is used.
    public var isActive: Bool
    /// When it was made.
    public var createdAt: Instant

    /// Where its password is sealed.
    public var secretName: String { "relay.\(id)" }

    /// Whether its password would go to another server or for another user than before.
    func leadsElsewhere(than before: Relay) -> Bool {
        (host, port, login) != (before.host, before.port, before.login)
    }

    /// The options of its transport.
    func options(password: String?) -> SMTPOptions {
        SMTPOptions(
            host: host,
            port: port,
            clientName: clientName,
            security: security,
            login: login.map { SMTPOptions.Login(user: $0, password: password ?? "") },
            connections: connections
        )
    }
}

/// What a relay must be like.
///
/// Pure.
enum RelayRule {
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    static func check(_ relay: Relay) throws(CampaignError) {
        guard !relay.name.isEmpty, relay.name.count <= 255 else {
            throw .refused(attribute: "name", reason: "must have 1 to 255 characters")
        }
        guard (1...100).contains(relay.connections) else {
            throw .refused(attribute: "connections", reason: "must be 1 to 100")
        }
        guard (1...65_535).contains(relay.port) else {
            throw .refused(attribute: "port", reason: "must be 1 to 65535")
        }
        guard relay.login != "" else {
            throw .refused(attribute: "login", reason: "must have a name, or be left out")
        }
        do { _ = try SMTPTransport(relay.options(password: nil)) } catch {
            throw .refused(attribute: "host", reason: "is no host name or address")
        }
    }
}
