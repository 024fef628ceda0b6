// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Who carries messages on: a relay, a gateway.
///
/// Number 0 of a kind is the one that the configuration names, or the built-in outbox.
public struct Provider: Sendable, Hashable {
    /// What it carries.
    public enum Kind: String, Sendable, Hashable, CaseIterable, SQLConvertible {
        /// Mails.
        case relay
        /// Text messages.
        case gateway
        /// Contacts, in a file.
        case file
    }

    /// What it carries.
    public var kind: Kind
    /// Its number within the workspace.
    public var number: Int64

    /// Names a provider.
    public init(_ kind: Kind, _ number: Int64) {
        self.kind = kind
        self.number = number
    }

    /// A relay of a workspace.
    public static func relay(_ id: RelayID) -> Provider { Provider(.relay, id.value) }
}

/// How a provider stands: what it may carry, how much it carried, and whether it works.
public struct ProviderState: Sendable, Hashable {
    /// Messages in any 60 minutes at most, of all tasks and nodes; nil for no limit.
    public var cap: Int?
    /// How much of it is used.
    public var usage = Pace.Usage()
    /// How many messages in a row it failed to take.
    public var failures = 0
    /// How often in a row it was paused for that.
    public var pauses = 0
    /// When it was paused; nil when it is not.
    public var pausedAt: Instant?
    /// When it is tried again; nil for when a person says so.
    public var pausedUntil: Instant?
    /// Why it is paused, in its own words.
    public var reason: String?

    /// A provider that works and has no limit.
    public init() {}

    /// Whether nothing goes to it at a moment.
    public func isPaused(at now: Instant) -> Bool {
        guard pausedAt != nil else { return false }
        return pausedUntil.map { now < $0 } ?? true
    }

    /// Whether its pause is over and nothing has shown yet that it works: one message tries.
    public func isOnTrial(at now: Instant) -> Bool { pausedAt != nil && !isPaused(at: now) }
}
