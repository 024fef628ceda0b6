// SPDX-License-Identifier: Apache-2.0

/// A wall-clock time without a day or a zone, to the second.
public struct TimeOfDay: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Seconds since local midnight, 0 to 86,399.
    public let secondOfDay: Int

    /// Makes a time of day; nil when there is no such time.
    public init?(hour: Int, minute: Int, second: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        secondOfDay = hour * 3_600 + minute * 60 + second
    }

    /// Reads `HH:mm` or `HH:mm:ss`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.count == 2 && part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil
        }
        guard numbers.count == parts.count, (2...3).contains(numbers.count) else { return nil }
        self.init(hour: numbers[0], minute: numbers[1], second: numbers.count == 3 ? numbers[2] : 0)
    }

    /// Reads the time from `HH:mm` or `HH:mm:ss`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = TimeOfDay(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "no time of day: \(text)"
            )
        }
        self = time
    }

    /// Writes the time as `HH:mm`, with seconds when there are any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// `HH:mm`, with `:ss` when the seconds are not zero.
    public var description: String {
        let seconds = secondOfDay % 60
        let head = "\(padded(secondOfDay / 3_600, 2)):\(padded(secondOfDay / 60 % 60, 2))"
        return seconds == 0 ? head : "\(head):\(padded(seconds, 2))"
    }

    /// Orders times within a day.
    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.secondOfDay < right.secondOfDay
    }

    /// The first instant strictly after another at which a zone's clocks show this time.
    public func firstOccurrence(after instant: Instant, in zone: Zone) -> Instant {
        var day = zone.local(instant).day + -1
        while true {
            let candidate = zone.instant(of: self, on: day)
            if candidate > instant { return candidate }
            day = day + 1
        }
    }
}

/// A number with leading zeros up to a width.
public func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
