// SPDX-License-Identifier: Apache-2.0

extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC, with as many decimals as needed: `2026-03-29T01:00:00Z`.
    public var description: String {
        let day = Day(utc: self)
        let micros = microseconds - day.number * 86_400_000_000
        let second = micros / 1_000_000
        let clock = [second / 3_600, second / 60 % 60, second % 60]
            .map { padded(Int($0), 2) }.joined(separator: ":")
        let fraction = Int(micros % 1_000_000)
        guard fraction != 0 else { return "\(day)T\(clock)Z" }
        var decimals = padded(fraction, 6)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(day)T\(clock).\(decimals)Z"
    }

    /// Reads ISO 8601 with `T` or a space, optional seconds, decimals and offset (UTC when absent).
    ///
    /// A date alone is midnight UTC. Nil for anything else.
    public init?(iso8601 text: String) {
        var scanner = MomentScanner(text)
        guard let day = scanner.day() else { return nil }
        guard let micros = scanner.isAtEnd ? 0 : scanner.timeOfDay() else { return nil }
        guard let offset = scanner.isAtEnd ? 0 : scanner.offset(), scanner.isAtEnd else {
            return nil
        }
        microseconds = day.number * 86_400_000_000 + micros - offset * 1_000_000
    }
}

extension Day: CustomStringConvertible {
    /// `YYYY-MM-DD`.
    public var description: String {
        let date = components
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    /// Reads `YYYY-MM-DD`; nil for anything else.
    public init?(iso8601 text: String) {
        var scanner = MomentScanner(text)
        guard let day = scanner.day(), scanner.isAtEnd else { return nil }
        self = day
    }
}

/// Reads the parts of an ISO 8601 moment from ASCII digits.
private struct MomentScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func day() -> Day? {
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"),
            let day = digits(2)
        else { return nil }
        return Day(year: year, month: month, day: day)
    }

    /// Microseconds since midnight.
    mutating func timeOfDay() -> Int64? {
        guard skip("T") || skip("t") || skip(" "), let hour = digits(2), hour < 24, skip(":"),
            let minute = digits(2), minute < 60
        else { return nil }
        var micros = Int64(hour * 3_600 + minute * 60) * 1_000_000
        guard skip(":") else { return micros }
        guard let second = digits(2), second < 60 else { return nil }
        micros += Int64(second) * 1_000_000
        guard skip(".") else { return micros }
        guard let fraction = decimals() else { return nil }
        return micros + fraction
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hour = digits(2), hour < 24 else { return nil }
        let hasColon = skip(":")
        let minute = isAtEnd && !hasColon ? 0 : digits(2)
        guard let minute, minute < 60 else { return nil }
        return sign * Int64(hour * 3_600 + minute * 60)
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(count)
        return value
    }

    /// One to any number of decimals, as microseconds; those past the sixth are dropped.
    private mutating func decimals() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let byte = rest.first, byte >= 48, byte <= 57 {
            if count < 6 { value = value * 10 + Int64(byte - 48) }
            count += 1
            rest = rest.dropFirst()
        }
        guard count > 0 else { return nil }
        for _ in count..<max(6, count) { value *= 10 }
        return value
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }
}
