// SPDX-License-Identifier: Apache-2.0
import Common
import Exports

/// The fields of an export that may run once.
struct OnceFields: Codable, Sendable, Hashable {
    /// `again`, `now` or `at`.
    var choice = "again"
    var day = ""
    var time = ""

    init() {}

    init(_ once: OneShot?, in zone: Zone) {
        switch once {
        case nil: break
        case .now: choice = "now"
        case .at(let moment):
            let local = zone.local(moment)
            let minute = Int(local.secondOfDay / 60)
            let time = TimeOfDay(hour: minute / 60, minute: minute % 60)
            (choice, day) = ("at", local.day.description)
            self.time = time?.description ?? ""
        }
    }

    init(_ form: Form) {
        choice = form.text("once")
        day = form.text("onceDay")
        time = form.text("onceTime")
    }

    /// When it runs once; nil when it runs again and again.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    func read(in zone: Zone) throws -> OneShot? {
        switch choice {
        case "now": return .now
        case "at": break
        default: return nil
        }
        guard let day = Day(iso8601: day) else {
            throw FormErrors(fields: ["onceDay": "The day of the one run."])
        }
        guard let time = TimeOfDay(time) else {
            throw FormErrors(fields: ["onceTime": "A time of day such as 03:00."])
        }
        return .at(zone.instant(of: time, on: day))
    }

    /// The fields, in the order of the form.
    var fields: [Field] {
        [
            .radio(
                "once",
                "It runs",
                choice,
                [
                    .init("again", "Again and again, as chosen below"),
                    .init("now", "Once, as soon as it is active"),
                    .init("at", "Once, at a moment"),
                ]
            ), Field.text("onceDay", "On", day, "date").sized("narrow").optional,
            Field.text("onceTime", "At", time, "time").sized("narrow").optional
                .hinted("In the time zone that is chosen below."),
        ]
    }
}
