// SPDX-License-Identifier: Apache-2.0
import Common

/// A period over which opens and clicks are shown, and the hours or days that it falls into.
///
/// Pure.
enum ActivityPeriod: String, CaseIterable, Sendable {
    case twoDays = "2d"
    case week = "7d"
    case month = "30d"
    case year = "365d"

    var label: String {
        switch self {
        case .twoDays: "2 days"
        case .week: "7 days"
        case .month: "30 days"
        case .year: "A year"
        }
    }

    /// One point of the chart: when it begins, and how it is called.
    struct Bucket: Sendable, Hashable {
        var start: Instant
        var label: String
    }

    /// The points up to now, by the hour for a week at most, else by the day of a zone.
    func buckets(_ now: Instant, in zone: Zone) -> [Bucket] {
        switch self {
        case .twoDays: hours(48, now, zone)
        case .week: hours(168, now, zone)
        case .month: days(30, now, zone)
        case .year: days(365, now, zone)
        }
    }

    private func hours(_ count: Int64, _ now: Instant, _ zone: Zone) -> [Bucket] {
        let last = Instant(seconds: now.seconds / 3_600 * 3_600)
        return (0..<count).map { index in
            let start = last - .hours(count - 1 - index)
            let local = zone.local(start)
            let day = local.day.components
            let hour = local.secondOfDay / 3_600
            let minute = local.secondOfDay / 60 % 60
            let clock = "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
            return Bucket(start: start, label: "\(day.day)/\(day.month) \(clock)")
        }
    }

    private func days(_ count: Int64, _ now: Instant, _ zone: Zone) -> [Bucket] {
        let today = zone.local(now).day
        guard let midnight = TimeOfDay("00:00") else { return [] }
        return (0..<count).map { index in
            let day = Day(number: today.number - (count - 1 - index))
            let parts = day.components
            return Bucket(
                start: zone.instant(of: midnight, on: day),
                label: "\(parts.day)/\(parts.month)"
            )
        }
    }

    /// The sums of counts by hour in each bucket; what lies before the first is left out.
    ///
    /// An hour by UTC belongs to the bucket in which it begins.
    static func sums(_ counts: [(hour: Instant, total: Int)], in buckets: [Bucket]) -> [Int] {
        var sums = [Int](repeating: 0, count: buckets.count)
        var index = 0
        for count in counts.sorted(by: { $0.hour < $1.hour }) {
            while index + 1 < buckets.count, buckets[index + 1].start <= count.hour { index += 1 }
            guard let bucket = buckets.indices.contains(index) ? buckets[index] : nil,
                bucket.start <= count.hour
            else { continue }
            sums[index] += count.total
        }
        return sums
    }
}
