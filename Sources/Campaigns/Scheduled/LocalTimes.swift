// SPDX-License-Identifier: Apache-2.0
internal import Common

/// The moments at which a time of day comes to recipients in many zones: the first at or after a
/// start (spec/api.md, "recipienttime").
///
/// Pure; remembers each zone, since a send has few of them and many recipients.
struct LocalTimes: Sendable {
    private let wanted: RecipientTime
    private let start: Instant
    private var known: [String: Instant] = [:]

    init(_ wanted: RecipientTime, from start: Instant) {
        self.wanted = wanted
        self.start = start
    }

    /// The moment in a zone by its IANA name; in the other zone when there is none of the name.
    mutating func moment(in name: String?) -> Instant {
        let name = name ?? wanted.zone.name
        if let moment = known[name] { return moment }
        let zone = Zone(name) ?? wanted.zone
        let before = start - Span(microseconds: 1)
        let moment = wanted.time.firstOccurrence(after: before, in: zone)
        known[name] = moment
        return moment
    }
}
