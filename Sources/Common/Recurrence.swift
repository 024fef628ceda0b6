// SPDX-License-Identifier: Apache-2.0

/// When something is due again and again, in the local time of a zone (spec/imports.md).
///
/// On a day when the local time does not exist it is due at the next instant that does; when it
/// exists twice, at the first.
public struct Recurrence: Hashable, Sendable, Codable {
    /// The pattern of due times.
    public enum Pattern: Hashable, Sendable, Codable {
        /// Every day at a time.
        case daily(at: TimeOfDay)
        /// On some days of the week, 1 for Monday to 7 for Sunday.
        case weekly(days: Set<Int>, at: TimeOfDay)
        /// On a day of the month; in a shorter month, on its last day.
        case monthly(day: Int, at: TimeOfDay)
        /// On the last day of each month.
        case lastDayOfMonth(at: TimeOfDay)
        /// Every so many elapsed hours, counted from an anchor.
        case hourly(every: Int, from: Instant)
    }

    /// The pattern of due times.
    public let pattern: Pattern
    /// The zone whose clocks count.
    public let zone: Zone

    private static let anchors: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Makes a recurrence; nil when the pattern names no day at all, a count of hours
    /// below 1 or beyond a year, or an anchor beyond the years 1 to 9999.
    public init?(_ pattern: Pattern, in zone: Zone) {
        switch pattern {
        case .weekly(let days, _):
            guard !days.isEmpty, days.allSatisfy((1...7).contains) else { return nil }
        case .monthly(let day, _):
            guard (1...31).contains(day) else { return nil }
        case .hourly(let hours, let anchor):
            guard (1...8_784).contains(hours), Recurrence.anchors.contains(anchor.seconds) else {
                return nil
            }
        case .daily, .lastDayOfMonth:
            break
        }
        self.pattern = pattern
        self.zone = zone
    }

    /// Reads a recurrence; a pattern that is never due is an error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let pattern = try container.decode(Pattern.self, forKey: .pattern)
        let zone = try container.decode(Zone.self, forKey: .zone)
        guard let recurrence = Recurrence(pattern, in: zone) else {
            throw DecodingError.dataCorruptedError(
                forKey: .pattern,
                in: container,
                debugDescription: "a pattern that is never due"
            )
        }
        self = recurrence
    }

    /// The first due instant strictly after another.
    public func next(after instant: Instant) -> Instant {
        guard case .hourly(let hours, let anchor) = pattern else {
            return nextLocal(after: instant)
        }
        guard instant >= anchor else { return anchor }
        let step = Span.hours(Int64(hours))
        let passed = (instant - anchor).microseconds / step.microseconds
        return anchor + step * (passed + 1)
    }

    /// The due instants in a half-open range `(after, until]`, oldest first, at most `limit`.
    public func occurrences(
        after start: Instant,
        until end: Instant,
        limit: Int = 1_000
    )
        -> [Instant]
    {
        var found: [Instant] = []
        var last = start
        while found.count < limit {
            last = next(after: last)
            guard last <= end else { break }
            found.append(last)
        }
        return found
    }

    /// The pattern in words, such as `daily at 03:00 Europe/Brussels`.
    public var summary: String {
        switch pattern {
        case .daily(let time): "daily at \(time) \(zone)"
        case .weekly(let days, let time):
            "weekly on \(days.sorted().map { Recurrence.dayNames[$0 - 1] }.joined(separator: ", "))"
                + " at \(time) \(zone)"
        case .monthly(let day, let time): "monthly on day \(day) at \(time) \(zone)"
        case .lastDayOfMonth(let time): "monthly on the last day at \(time) \(zone)"
        case .hourly(let hours, _): "every \(hours) h"
        }
    }

    private func nextLocal(after instant: Instant) -> Instant {
        // One day back: a local day may have started before the instant's own UTC day.
        var day = zone.local(instant).day + -1
        while true {
            if let time = time(on: day) {
                let candidate = zone.instant(of: time, on: day)
                if candidate > instant { return candidate }
            }
            day = day + 1
        }
    }

    /// The time at which this is due on a day, if it is.
    private func time(on day: Day) -> TimeOfDay? {
        let date = day.components
        let last = Day.length(ofMonth: date.month, year: date.year)
        switch pattern {
        case .daily(let time): return time
        case .weekly(let days, let time): return days.contains(day.weekday) ? time : nil
        case .monthly(let wanted, let time): return date.day == min(wanted, last) ? time : nil
        case .lastDayOfMonth(let time): return date.day == last ? time : nil
        case .hourly: return nil
        }
    }

    private enum CodingKeys: CodingKey { case pattern, zone }

    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}
