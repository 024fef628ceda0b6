// SPDX-License-Identifier: Apache-2.0
public import Common

/// How far a task was at some moments: what its pace over time is drawn from.
///
/// It has at most ``most`` samples, however long a task runs: when there are more, every other is left
/// out and the next ones come half as often. Pure.
public struct ProgressHistory: Sendable, Hashable, Codable {
    /// How far it was at a moment.
    public struct Sample: Sendable, Hashable {
        /// The moment.
        public var moment: Instant
        /// Units done by then.
        public var done: Int64
    }

    /// The pace between two samples.
    public struct Pace: Sendable, Hashable {
        /// The later of the two moments.
        public var moment: Instant
        /// Units a second.
        public var perSecond: Int
    }

    /// So many samples are kept.
    public static let most = 60

    /// The least time between two samples, in seconds.
    private var step: Int64 = 1
    /// Milliseconds since 1970.
    private var moments: [Int64] = []
    private var counts: [Int64] = []

    /// A history of nothing.
    public init() {}

    /// The samples, oldest first.
    public var samples: [Sample] {
        zip(moments, counts).map { moment, count in
            Sample(moment: Instant(microseconds: moment * 1_000), done: count)
        }
    }

    /// The pace over time; without what lies before a task began anew.
    public var paces: [Pace] {
        let all = samples
        return zip(all, all.dropFirst()).compactMap { before, after in
            let seconds = (after.moment - before.moment).inSeconds
            guard seconds > 0, after.done >= before.done else { return nil }
            let pace = Double(after.done - before.done) / seconds
            return Pace(moment: after.moment, perSecond: Int(pace.rounded()))
        }
    }

    /// Notes how far a task is, when the last sample is old enough.
    ///
    /// - Returns: Whether it was noted.
    public mutating func note(_ done: Int64, at moment: Instant) -> Bool {
        let now = moment.microseconds / 1_000
        if let last = moments.last, now - last < step * 1_000 { return false }
        moments.append(now)
        counts.append(done)
        if moments.count > ProgressHistory.most {
            moments = stride(from: 0, to: moments.count, by: 2).map { moments[$0] }
            counts = stride(from: 0, to: counts.count, by: 2).map { counts[$0] }
            step *= 2
        }
        return true
    }
}
