// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common

/// When something runs by itself: at most one of the four ways, in a zone.
struct ScheduleOptions: ParsableArguments {
    @Option(help: "Every day at HH:mm.") var daily: String?

    @Option(help: "On days of the week, such as mon,thu@HH:mm.") var weekly: String?

    @Option(help: "On a day of the month, such as 15@HH:mm or last@HH:mm.") var monthly: String?

    @Option(help: "Every so many hours, counted from midnight.") var everyHours: Int?

    @Option(help: "The time zone whose clocks count, such as Europe/Brussels.") var zone = "UTC"

    /// What was asked for; hours are counted from the midnight before `now`.
    ///
    /// - Parameter now: The present moment.
    /// - Returns: Nil when nothing was asked for.
    /// - Throws: `ValidationError` that names what is wrong.
    func recurrence(now: Instant) throws -> Recurrence? {
        let zone = try found(zone)
        let given = [daily, weekly, monthly, everyHours.map(String.init)].compactMap { $0 }
        guard given.count < 2 else {
            throw ValidationError("give one of --daily, --weekly, --monthly and --every-hours")
        }
        guard let pattern = try pattern(now: now, zone) else { return nil }
        guard let recurrence = Recurrence(pattern, in: zone) else {
            throw ValidationError("\(given[0]) is never due")
        }
        return recurrence
    }

    private func pattern(now: Instant, _ zone: Zone) throws -> Recurrence.Pattern? {
        if let daily { return .daily(at: try ScheduleText.time(daily)) }
        if let weekly { return try ScheduleText.weekly(weekly) }
        if let monthly { return try ScheduleText.monthly(monthly) }
        guard let everyHours else { return nil }
        guard everyHours >= 1 else { throw ValidationError("--every-hours must be 1 or more") }
        guard let midnight = TimeOfDay(hour: 0, minute: 0) else { return nil }
        return .hourly(
            every: everyHours,
            from: zone.instant(of: midnight, on: zone.local(now).day)
        )
    }

    private func found(_ name: String) throws -> Zone {
        guard let zone = Zone(name) else { throw ValidationError("\(name) is no time zone") }
        return zone
    }
}

/// Reads schedules as people type them, as pure functions.
enum ScheduleText {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `HH:mm`.
    static func time(_ text: String) throws -> TimeOfDay {
        guard let time = TimeOfDay(text) else {
            throw ValidationError("\(text) is no time of day; use HH:mm")
        }
        return time
    }

    /// Days of the week by their first three letters, such as `mon,thu@09:00`.
    static func weekly(_ text: String) throws -> Recurrence.Pattern {
        let (names, time) = try split(text, example: "mon,thu@09:00")
        let numbers = try names.lowercased().split(separator: ",", omittingEmptySubsequences: false)
            .map { name in
                guard let index = days.firstIndex(of: String(name)) else {
                    let words = days.joined(separator: ", ")
                    throw ValidationError("\(name) is no day of the week; use \(words)")
                }
                return index + 1
            }
        return .weekly(days: Set(numbers), at: time)
    }

    /// A day of the month, such as `15@09:00`, or `last@09:00`.
    static func monthly(_ text: String) throws -> Recurrence.Pattern {
        let (name, time) = try split(text, example: "15@09:00 or last@09:00")
        if name.lowercased() == "last" { return .lastDayOfMonth(at: time) }
        guard let day = Int(name), (1...31).contains(day) else {
            throw ValidationError("\(name) is no day of the month; use 1 to 31, or last")
        }
        return .monthly(day: day, at: time)
    }

    private static func split(
        _ text: String,
        example: String
    ) throws -> (days: String, time: TimeOfDay) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw ValidationError("\(text) is not like \(example)")
        }
        return (parts[0], try time(parts[1]))
    }
}
