// SPDX-License-Identifier: Apache-2.0
public import Database

/// What a token may be used for; its user's role limits it further (spec/api.md).
public enum Scope: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Reading anything that the user may see.
    case read
    /// Writing profiles, lists, subscriptions, searches and bans.
    case audience
    /// Writing messages, campaigns and scheduled sends.
    case sends
    /// Writing imports, running them, and sending members in bulk.
    case imports
    /// Writing exports and running them.
    case exports
    /// Stopping and retrying tasks.
    case tasks
    /// Users, tokens, entities, settings and locations.
    case administer
    /// Reading the server's metrics.
    case metrics

    /// What a token has unless scopes are named: all that concerns data, no administration.
    public static let standard: Set<Scope> = [
        .read, .audience, .sends, .imports, .exports, .tasks,
    ]

    /// The scopes in the order of their declaration, separated by blanks (RFC 6749, 3.3).
    static func text(_ scopes: Set<Scope>) -> String {
        allCases.filter(scopes.contains).map(\.rawValue).joined(separator: " ")
    }

    /// Reads ``text(_:)``; words that are no scope any more are left out.
    static func set(_ text: String) -> Set<Scope> {
        Set(text.split(separator: " ").compactMap { Scope(rawValue: String($0)) })
    }
}
