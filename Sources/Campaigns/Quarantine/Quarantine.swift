// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// Why an address or number is in quarantine (spec/campaigns.md, "Eligibility").
public enum QuarantineCause: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// A mail came back for good.
    case hardBounce
    /// A mail came back for now.
    case softBounce
    /// The recipient called a mail spam.
    case complaint
    /// The recipient answered STOP to a text message, or the operator said so.
    case stop
    /// The operator does not know the number.
    case unknownNumber

    /// Whether the quarantine lasts until a person lifts it.
    public var isPermanent: Bool { self != .softBounce }
}

/// One cause for which an address or number is in quarantine.
///
/// The address itself is not kept, only a digest of it: the quarantine must hold when the person was
/// erased and comes again with an old file. The interaction tells the address as long as it may.
public struct Quarantine: Sendable, Hashable {
    /// Its number.
    public var id: Int64
    /// By which way the address is reached.
    public var channel: ContactChannel
    /// Why.
    public var cause: QuarantineCause
    /// How often it came about; a soft bounce while the quarantine holds does not count again.
    public var occurrences: Int
    /// When it came about last.
    public var since: Instant
    /// Until when it holds; nil until a person lifts it.
    public var until: Instant?
    /// The contact that brought it about last.
    public var interaction: InteractionID?

    /// Whether it holds at a moment.
    public func holds(at moment: Instant) -> Bool { until.map { moment < $0 } ?? true }
}

/// How long a quarantine lasts.
///
/// Pure.
public enum QuarantineRule {
    /// The weeks of a quarantine by how often it came about: 1, 2, 4, 8, then 16.
    public static func weeks(occurrence: Int) -> Int {
        1 << min(max(occurrence, 1) - 1, 4)
    }

    /// What a cause comes to that is noted at a moment.
    ///
    /// Mails that were on their way when the quarantine began come back too: while it holds, a soft
    /// bounce makes it no longer.
    ///
    /// - Parameters:
    ///   - cause: The cause.
    ///   - present: How often it came about, and until when it holds; nil for never.
    ///   - moment: When it is noted.
    /// - Returns: How often it came about now and until when it holds; nil when nothing changes.
    public static func next(
        _ cause: QuarantineCause,
        after present: (occurrences: Int, until: Instant?)?,
        at moment: Instant
    ) -> (occurrences: Int, until: Instant?)? {
        let occurrence = (present?.occurrences ?? 0) + 1
        if cause.isPermanent { return present == nil ? (occurrence, nil) : nil }
        if let until = present?.until, moment < until { return nil }
        return (occurrence, moment + .days(Int64(7 * weeks(occurrence: occurrence))))
    }
}
