// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Database
internal import Foundation
public import Messaging

/// Kannel, as an account of a workspace.
public struct KannelSettings: Sendable, Hashable, Codable {
    /// The address of `sendsms`, such as `http://127.0.0.1:13013/cgi-bin/sendsms`.
    public var url: String
    /// The name of the `sendsms-user`; its password is the account's secret.
    public var user: String
    /// The `smsc-id` to send by; nil for the one that Kannel chooses.
    public var route: String?

    /// Settings of Kannel.
    public init(url: String, user: String, route: String? = nil) {
        self.url = url
        self.user = user
        self.route = route
    }
}

/// Who carries a workspace's text messages, by kind.
public enum SMSProvider: Sendable, Hashable {
    /// Kannel's `sendsms`.
    case kannel(KannelSettings)
    /// A provider with an HTTP interface of its own.
    case http(HTTPProviderDescription)

    /// The words for the kinds.
    public static let kinds = ["kannel", "http"]

    /// The kind in a word.
    public var kind: String {
        switch self {
        case .kannel: "kannel"
        case .http: "http"
        }
    }

    /// The user of the gateway, where it has one.
    var user: String? {
        switch self {
        case .kannel(let settings): settings.user
        case .http: nil
        }
    }

    /// Where requests go.
    public var url: String {
        switch self {
        case .kannel(let settings): settings.url
        case .http(let description): description.url
        }
    }
}

/// A gateway that carries a workspace's text messages; the active one with the lowest id is used.
public struct SMSAccount: Sendable, Hashable {
    /// Its id.
    public var id: SMSAccountID
    /// Its name, unique.
    public var name: String
    /// Who it is.
    public var provider: SMSProvider
    /// How many connections are used at once, 1 to 16.
    public var connections: Int
    /// Whether it is used.
    public var isActive: Bool
    /// When it was made.
    public var createdAt: Instant

    /// The name under which its password or API key is kept.
    public var secretName: String { "sms account \(id)" }

    /// Whether its secret would go to another place or for another user than before.
    func leadsElsewhere(than before: SMSAccount) -> Bool {
        let (now, then) = (provider, before.provider)
        return (now.kind, now.url, now.user) != (then.kind, then.url, then.user)
    }
}

/// What an account's fields may be.
///
/// Pure.
enum SMSAccountRule {
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    static func check(_ account: SMSAccount) throws {
        guard account.name == (try? FieldRule.name(account.name)) else {
            throw refusal("name", "a name has 1 to 255 characters without blanks around it")
        }
        guard (1...16).contains(account.connections) else {
            throw refusal("connections", "must be a number from 1 to 16")
        }
        try check(url: account.provider.url)
        switch account.provider {
        case .kannel(let settings): try check(settings)
        case .http(let description): try check(description)
        }
    }

    private static func check(_ settings: KannelSettings) throws {
        let texts = [settings.user, settings.route ?? "x"]
        guard texts.allSatisfy({ (1...255).contains($0.count) && !$0.utf8.contains(0) }) else {
            throw refusal("settings", "user and route have 1 to 255 characters")
        }
        guard !settings.url.contains("?") else {
            throw refusal("settings", "the url must have no query")
        }
    }

    private static func check(_ description: HTTPProviderDescription) throws {
        let size =
            description.url.utf8.count + (description.body?.utf8.count ?? 0)
            + description.headers.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= 20_000, description.headers.count <= 50 else {
            throw refusal("settings", "url, headers and body have at most 20,000 bytes")
        }
        do {
            _ = try HTTPProvider(description, secret: "")
        } catch {
            throw refusal("settings", "\(error)")
        }
    }

    /// Where the host lies is judged at each connection.
    private static func check(url: String) throws {
        let plain = url.replacing(#/\{\{[^}]*\}\}/#, with: "x")
        guard url.utf8.count <= 2_000, let parts = URLComponents(string: plain),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.fragment == nil
        else {
            let words = "the url must be an https or http address without user and fragment"
            throw refusal("settings", words)
        }
    }

    private static func refusal(_ attribute: String, _ reason: String) -> CampaignError {
        .refused(attribute: attribute, reason: reason)
    }
}

extension SMSProvider {
    /// The column `settings`, whose shape the column `kind` tells.
    var json: SQLValue {
        switch self {
        case .kannel(let settings): JSONColumn(settings).sql
        case .http(let description): JSONColumn(description).sql
        }
    }

    init(_ row: Row) throws {
        switch try row.get("kind", as: String.self) {
        case "kannel": self = .kannel(try row.json("settings"))
        default: self = .http(try row.json("settings"))
        }
    }
}
