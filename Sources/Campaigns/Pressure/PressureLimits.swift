// SPDX-License-Identifier: Apache-2.0
public import Common

/// How many messages a profile table lets each profile get (spec/campaigns.md, COMMERCIAL_PRESSURE).
public struct PressureLimits: Sendable, Hashable {
    /// At most so many a calendar day; nil for no limit.
    public var perDay: Int?
    /// At most so many a calendar week, which begins on Monday.
    public var perWeek: Int?
    /// At most so many a calendar month.
    public var perMonth: Int?
    /// The zone in which days, weeks and months begin.
    public var zone: Zone

    /// Makes limits; none, and days in UTC, unless given.
    public init(
        perDay: Int? = nil,
        perWeek: Int? = nil,
        perMonth: Int? = nil,
        zone: Zone = .utc
    ) {
        self.perDay = perDay
        self.perWeek = perWeek
        self.perMonth = perMonth
        self.zone = zone
    }

    /// Whether anything is limited.
    public var isLimiting: Bool { perDay != nil || perWeek != nil || perMonth != nil }

    /// Checks that the limits can be kept.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    func check() throws {
        for (name, cap) in [
            ("per_day", perDay), ("per_week", perWeek), ("per_month", perMonth),
        ] {
            guard let cap, !(0...1_000_000).contains(cap) else { continue }
            throw CampaignError.refused(
                attribute: name,
                reason: "a limit is a number from 0 to 1000000"
            )
        }
    }

    /// Whether another message of a weight would be more than a limit lets a profile get.
    ///
    /// Pure.
    func areExceeded(
        by weight: Int,
        after tally: PressureTally?,
        in periods: PressurePeriods
    )
        -> Bool
    {
        let had = tally?.totals(in: periods) ?? (day: 0, week: 0, month: 0)
        let caps = [(perDay, had.day), (perWeek, had.week), (perMonth, had.month)]
        return caps.contains { cap, total in cap.map { total + weight > $0 } ?? false }
    }
}

/// The calendar day, week and month of a moment, as numbers.
///
/// Pure.
struct PressurePeriods: Sendable, Hashable {
    /// Days since 1970-01-01.
    var day: Int64
    /// The same of the week's Monday.
    var week: Int64
    /// Months since the year 0.
    var month: Int64

    init(_ moment: Instant, in zone: Zone) { self.init(zone.local(moment).day) }

    init(_ date: Day) {
        let (year, month, _) = date.components
        day = date.number
        week = date.number - Int64(date.weekday - 1)
        self.month = Int64(year * 12 + month - 1)
    }
}

/// How many messages a profile got in the last day, week and month in which it got any.
struct PressureTally: Sendable, Hashable {
    var periods: PressurePeriods
    var day: Int
    var week: Int
    var month: Int

    /// A first message of a weight.
    init(_ periods: PressurePeriods, weight: Int) {
        self.init(periods: periods, day: weight, week: weight, month: weight)
    }

    init(periods: PressurePeriods, day: Int, week: Int, month: Int) {
        self.periods = periods
        self.day = day
        self.week = week
        self.month = month
    }

    /// One message of a weight more.
    func adding(_ weight: Int, in now: PressurePeriods) -> PressureTally {
        let had = totals(in: now)
        return PressureTally(
            periods: now,
            day: had.day + weight,
            week: had.week + weight,
            month: had.month + weight
        )
    }

    /// What counts in some periods: what is from others is past.
    func totals(in now: PressurePeriods) -> (day: Int, week: Int, month: Int) {
        (
            periods.day == now.day ? day : 0, periods.week == now.week ? week : 0,
            periods.month == now.month ? month : 0
        )
    }
}
