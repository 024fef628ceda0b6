// SPDX-License-Identifier: Apache-2.0
public import Common

/// How a send that keeps to a number of messages an hour spreads them.
///
/// Pure. Time is cut into slots of about ten seconds, or one message each when there are fewer than
/// that many. A slot's messages leave in ``slack`` and the claim's deadline from its beginning, so
/// that what leaves in any 60 minutes belongs to the slots of ``window``; slots are so far apart that
/// these hold no more than the rate. That costs one message in 360 at most.
public struct Pace: Sendable, Hashable {
    /// Messages in any 60 minutes, at most.
    public let rate: Int

    /// Makes a pace; a rate below 1 counts as 1.
    public init(rate: Int) {
        self.rate = max(1, rate)
    }

    /// How many messages a slot has.
    public var share: Int { max(1, rate / Pace.slotsAnHour) }

    /// How far the beginnings of two slots are apart.
    ///
    /// A half-open window holds at most window/spacing slots, rounded up.
    public var spacing: Span {
        let open = Pace.hour.microseconds + Delivery.claimDeadline.microseconds
        // A slot of several messages may be used until the next one begins.
        let slots = Int64(rate / share)
        return share == 1
            ? Span(microseconds: Pace.quotient(open + Pace.lateness.microseconds, slots))
            : Span(microseconds: Pace.quotient(open, slots - 1))
    }

    /// How late a slot may begin to be used without moving those behind it.
    var slack: Span { share == 1 ? min(Pace.lateness, spacing) : spacing }

    /// What was used of a rate so far.
    public struct Usage: Sendable, Hashable {
        /// When the present slot began; nil before the first.
        public var slot: Instant?
        /// How many messages it has used.
        public var taken: Int

        /// Makes a usage; nothing is used unless given.
        public init(slot: Instant? = nil, taken: Int = 0) {
            self.slot = slot
            self.taken = taken
        }
    }

    /// Whether messages may leave now.
    public enum Allowance: Sendable, Hashable {
        /// So many may leave.
        case messages(Int)
        /// None before a moment.
        case until(Instant, rate: Int)
    }

    /// What may leave at a moment.
    public func allowance(_ usage: Usage, at now: Instant) -> Allowance {
        guard let slot = usage.slot, now < slot + spacing else { return .messages(share) }
        // A clock that was put back must not stop a send for as long.
        guard slot <= now + spacing else { return .messages(share) }
        let left = share - usage.taken
        return left > 0 ? .messages(left) : .until(slot + spacing, rate: rate)
    }

    /// The usage once messages have been claimed at a moment; none change nothing.
    public func use(_ usage: Usage, _ count: Int, at now: Instant) -> Usage {
        guard count > 0 else { return usage }
        guard let slot = usage.slot, slot <= now + spacing else {
            return Usage(slot: now, taken: count)
        }
        guard now >= slot + spacing else { return Usage(slot: slot, taken: usage.taken + count) }
        return Usage(slot: max(slot + spacing, now - slack), taken: count)
    }

    /// When the last of some messages leaves when the first may leave at a moment.
    public func last(of count: Int, from start: Instant) -> Instant {
        let slots = Int64(max(0, (count - 1) / share))
        return start + spacing * slots
    }

    private static let hour = Span.hours(1)
    private static let slotsAnHour = 360
    /// Workers look for due tasks each second.
    private static let lateness = Span.seconds(3)

    private static func quotient(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        (dividend + divisor - 1) / divisor
    }
}
