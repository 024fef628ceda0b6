// SPDX-License-Identifier: Apache-2.0
import Common

/// Moments, spans and numbers as people read them.
enum TimeText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `30 Nov 2026, 14:41 UTC+1`.
    static func moment(_ moment: Instant, in zone: Zone) -> String {
        let local = zone.local(moment)
        let time = TimeOfDay(
            hour: Int(local.secondOfDay / 3_600),
            minute: Int(local.secondOfDay / 60 % 60)
        )
        let clock = time.map(\.description) ?? ""
        return "\(day(local.day)), \(clock) \(offset(zone.offset(at: moment)))"
    }

    /// `30 Nov 2026`.
    static func day(_ day: Day) -> String {
        let parts = day.components
        return "\(parts.day) \(months[parts.month - 1]) \(parts.year)"
    }

    /// `UTC`, `UTC+1` or `UTC−3:30`.
    static func offset(_ seconds: Int64) -> String {
        guard seconds != 0 else { return "UTC" }
        let minutes = abs(seconds) / 60
        let rest = minutes % 60 == 0 ? "" : ":\(padded(Int(minutes % 60), 2))"
        return "UTC\(seconds < 0 ? "−" : "+")\(minutes / 60)\(rest)"
    }

    /// `3 h 5 min`, `41 s` or `0.2 s`.
    static func span(_ span: Span) -> String {
        let seconds = span.inSeconds
        guard seconds >= 10 else {
            let tenths = Int((seconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(seconds.rounded())
        guard whole >= 60 else { return "\(whole) s" }
        guard whole >= 3_600 else { return "\(whole / 60) min \(whole % 60) s" }
        guard whole >= 172_800 else { return "\(whole / 3_600) h \(whole / 60 % 60) min" }
        return "\(whole / 86_400) days \(whole / 3_600 % 24) h"
    }

    /// `1 234 567` with narrow spaces, so that no language reads it as a fraction.
    static func count(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { text.append("\u{202F}") }
            text.append(digit)
        }
        return number < 0 ? "−" + text : text
    }

    /// `3.4 MB`.
    static func bytes(_ count: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1_000, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
        guard unit > 0 else { return "\(count) bytes" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `34.5 %` of a whole.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let tenths = Int((Double(part) * 1_000 / Double(whole)).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
