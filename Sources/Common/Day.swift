// SPDX-License-Identifier: Apache-2.0

/// A calendar day of the proleptic Gregorian calendar, without a zone.
public struct Day: Hashable, Comparable, Sendable, Codable {
    /// Days since 1970-01-01; negative before it.
    public var number: Int64

    /// Makes a day from its count of days since 1970-01-01.
    public init(number: Int64) {
        self.number = number
    }

    /// Makes a day from year, month (1 to 12) and day of the month; nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: year)
        else { return nil }
        self.init(number: Day.number(year: Int64(year), month: Int64(month), day: Int64(day)))
    }

    /// The UTC day on which an instant lies.
    public init(utc instant: Instant) {
        let seconds = instant.seconds
        number = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// Year, month (1 to 12) and day of the month.
    public var components: (year: Int, month: Int, day: Int) {
        // Era arithmetic on 400-year cycles that start on 1 March.
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    /// The day of the week, 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Int {
        let remainder = (number + 3) % 7
        return Int(remainder >= 0 ? remainder : remainder + 7) + 1
    }

    /// Midnight UTC at the start of this day.
    public var utcMidnight: Instant { Instant(seconds: number * 86_400) }

    /// Orders days by time.
    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// The day that lies a number of days later.
    public static func + (day: Day, count: Int) -> Day { Day(number: day.number + Int64(count)) }

    /// How many days a month has.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
