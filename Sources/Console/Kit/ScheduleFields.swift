// SPDX-License-Identifier: Apache-2.0
import Common

/// The fields of a recurrence, for imports and exports alike.
struct ScheduleFields: Sendable, Codable, Hashable {
    var frequency = "daily"
    var time = "03:00"
    var days: Set<String> = ["1"]
    var day = "1"
    var hours = "6"
    var zone = "UTC"

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    init(zone: Zone) {
        self.zone = zone.name
    }

    /// The fields that a recurrence was made of.
    init(_ recurrence: Recurrence?, zone: Zone) {
        self.zone = recurrence?.zone.name ?? zone.name
        switch recurrence?.pattern {
        case .daily(let at): (frequency, time) = ("daily", at.description)
        case .weekly(let days, let at):
            (frequency, time) = ("weekly", at.description)
            self.days = Set(days.map(String.init))
        case .monthly(let day, let at):
            (frequency, time, self.day) = ("monthly", at.description, "\(day)")
        case .lastDayOfMonth(let at): (frequency, time) = ("last", at.description)
        case .hourly(let every, _): (frequency, hours) = ("hourly", "\(every)")
        case nil: frequency = "none"
        }
    }

    init(_ form: Form) {
        frequency = form.text("frequency")
        time = form.text("time")
        days = form.set("days")
        day = form.text("day")
        hours = form.text("hours")
        zone = form.text("zone")
    }

    /// The recurrence; nil for one that only starts by hand.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    func recurrence(now: Instant) throws -> Recurrence? {
        guard frequency != "none" else { return nil }
        guard let zone = Zone(zone) else {
            throw FormErrors(fields: ["zone": "Choose a time zone of the list."])
        }
        if frequency == "hourly" {
            guard let hours = Int(hours),
                let found = Recurrence(.hourly(every: hours, from: hour(now)), in: zone)
            else { throw FormErrors(fields: ["hours": "A whole number of hours from 1."]) }
            return found
        }
        guard let time = TimeOfDay(time) else {
            throw FormErrors(fields: ["time": "A time of day such as 03:00."])
        }
        guard let found = Recurrence(try pattern(time), in: zone) else {
            throw FormErrors(fields: ["days": "Choose at least one day."])
        }
        return found
    }

    /// The full hour before a moment, from which hours are counted.
    private func hour(_ now: Instant) -> Instant { Instant(seconds: now.seconds / 3_600 * 3_600) }

    private func pattern(_ time: TimeOfDay) throws -> Recurrence.Pattern {
        switch frequency {
        case "weekly": return .weekly(days: Set(days.compactMap { Int($0) }), at: time)
        case "monthly":
            guard let day = Int(day), (1...31).contains(day) else {
                throw FormErrors(fields: ["day": "A day from 1 to 31."])
            }
            return .monthly(day: day, at: time)
        case "last": return .lastDayOfMonth(at: time)
        default: return .daily(at: time)
        }
    }

    /// The fields; by hand alone only where that is possible.
    func fields(allowsByHand: Bool) -> [Field] {
        var choices = [
            Field.Option("daily", "Every day"), Field.Option("weekly", "Some days of the week"),
            Field.Option("monthly", "On a day of the month"),
            Field.Option("last", "On the last day of the month"),
            Field.Option("hourly", "Every so many hours"),
        ]
        if allowsByHand { choices.append(Field.Option("none", "Only by Run Now")) }
        return [
            Field.radio("frequency", "How often", frequency, choices),
            Field.text("time", "At", time, "time").sized("narrow")
                .hinted("Local time. Where clocks skip it, the next that exists."),
            Field.select("zone", "Time zone", zone, ZoneOptions.all(with: zone)).sized("narrow"),
            Field.text("day", "Day of the month", day, "number").sized("narrow").optional
                .hinted("For a day of the month; a shorter month has its last day."),
            Field.checks(
                "days",
                "Days of the week",
                days,
                ScheduleFields.weekdays.enumerated().map {
                    Field.Option("\($0.offset + 1)", $0.element)
                }
            ).hinted("For some days of the week."),
            Field.text("hours", "Hours between two runs", hours, "number").sized("narrow").optional
                .hinted("For every so many hours."),
        ]
    }
}

/// The next runs of a recurrence, as a list.
enum NextRuns {
    static func part(_ recurrence: Recurrence?, _ visit: Visit, count: Int = 5) -> any Part {
        guard let recurrence else {
            return "<p class=\"note\">It runs only when someone presses Run Now.</p>" as HTML
        }
        var moments: [Instant] = []
        var last = visit.now
        for _ in 0..<count {
            last = recurrence.next(after: last)
            moments.append(last)
        }
        let rows = moments.map { moment in
            """
            <li><time datetime="\(moment.description)">\(TimeText.moment(moment, in: recurrence.zone))</time>\
            <span>\(TimeText.span(moment - visit.now)) from now</span></li>
            """ as HTML
        }
        return
            "<p class=\"note\">\(recurrence.summary.capitalisedFirst)</p><ol class=\"log\">\(rows.joined())</ol>"
            as HTML
    }
}
