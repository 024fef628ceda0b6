// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A named time zone of the IANA database, such as `Europe/Brussels`.
public struct Zone: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The IANA name.
    public let name: String

    /// Coordinated universal time.
    public static let utc = Zone(trusted: "UTC")

    /// Makes a zone from an IANA name; nil when the system knows no such zone.
    public init?(_ name: String) {
        guard name == "UTC" || Zone.knownNames.contains(name) || Zone.isOtherName(name) else {
            return nil
        }
        self.name = name
    }

    /// Reads the zone from its name; an unknown name is an error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let zone = Zone(name) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "unknown time zone \(name)"
            )
        }
        self = zone
    }

    /// Writes the zone as its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// The zone's name.
    public var description: String { name }

    private init(trusted name: String) {
        self.name = name
    }

    /// The zone's offset from UTC at an instant, in seconds, positive east of Greenwich.
    public func offset(at instant: Instant) -> Int64 {
        guard name != "UTC", let zone = TimeZone(identifier: name) else { return 0 }
        let date = Date(timeIntervalSince1970: Double(instant.seconds))
        return Int64(zone.secondsFromGMT(for: date))
    }

    /// The day on which an instant lies in this zone, and the time of that day in seconds.
    public func local(_ instant: Instant) -> (day: Day, secondOfDay: Int64) {
        let local = Instant(seconds: instant.seconds + offset(at: instant))
        let day = Day(utc: local)
        return (day, local.seconds - day.number * 86_400)
    }

    /// The instant of a local time on a day.
    ///
    /// When clocks go forward over that time, it is the first instant after the gap; when they go
    /// back and the time stands twice, it is the first of the two (spec/imports.md).
    public func instant(of time: TimeOfDay, on day: Day) -> Instant {
        let local = day.number * 86_400 + Int64(time.secondOfDay)
        let before = offset(at: Instant(seconds: local - 86_400))
        let after = offset(at: Instant(seconds: local + 86_400))
        let candidates = [local - before, local - after].sorted()
        for second in candidates where offset(at: Instant(seconds: second)) == local - second {
            return Instant(seconds: second)
        }
        return transition(between: local - 86_400, and: local + 86_400)
    }

    /// The second at which the offset changes between two moments, found by halving.
    private func transition(between start: Int64, and end: Int64) -> Instant {
        let before = offset(at: Instant(seconds: start))
        var low = start
        var high = end
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: Instant(seconds: middle)) == before {
                low = middle
            } else {
                high = middle
            }
        }
        return Instant(seconds: high)
    }

    private static let knownNames = Set(TimeZone.knownTimeZoneIdentifiers)

    /// Whether a name that the system does not list is one of the database all the same.
    ///
    /// Foundation lists Asia/Calcutta and not Asia/Kolkata, but knows both. Names without a slash
    /// are left out: it also takes `GMT+2`, which is no name of the database.
    private static func isOtherName(_ name: String) -> Bool {
        name.contains("/") && TimeZone(identifier: name)?.identifier == name
    }
}
