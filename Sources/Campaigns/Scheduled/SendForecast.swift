// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database

/// What a scheduled send will come to as things stand (spec/api.md, "forecast").
public struct SendForecast: Sendable, Hashable {
    /// Everyone in the audience.
    public var targeted = 0
    /// Those who get the message; personalisation may still fail for some.
    public var recipients = 0
    /// Those who do not, by status.
    public var excluded: [String: Int] = [:]
    /// When the first message leaves, or left; nil when none does.
    public var firstAt: Instant?
    /// When the last message leaves at the present rate, or left; as if hand-over took no time.
    public var lastAt: Instant?

    /// Makes an empty forecast.
    public init() {}
}

/// When messages leave that are due at several moments.
///
/// Pure.
enum ForecastRule {
    /// The moments of the first and the last message.
    ///
    /// - Parameters:
    ///   - due: How many messages are due at each moment.
    ///   - rate: Messages an hour; nil for as fast as they go.
    ///   - now: Before which nothing leaves any more.
    /// - Returns: The two moments; nil when there are no messages.
    static func span(
        _ due: [Instant: Int],
        rate: Int?,
        now: Instant
    ) -> (first: Instant, last: Instant)? {
        let pace = rate.map(Pace.init)
        var span: (first: Instant, last: Instant)?
        var free = now
        for (moment, count) in due.sorted(by: { $0.key < $1.key }) where count > 0 {
            let start = max(free, moment)
            let last = pace?.last(of: count, from: start) ?? start
            span = (span?.first ?? start, last)
            free = pace.map { last + $0.spacing } ?? last
        }
        return span
    }
}

/// Counts an audience by what the rules say of each.
///
/// Pure.
private struct ForecastCount {
    private let channel: Channel
    private let start: Instant
    private var eligibility: Eligibility
    private var times: LocalTimes?
    private var result = SendForecast()
    private var due: [Instant: Int] = [:]

    init(_ channel: Channel, _ eligibility: Eligibility, _ time: RecipientTime?, _ start: Instant) {
        self.channel = channel
        self.start = start
        self.eligibility = eligibility
        times = time.map { LocalTimes($0, from: start) }
    }

    mutating func add(_ people: [Addressee]) {
        result.targeted += people.count
        for person in people {
            if let exclusion = eligibility.exclusion(of: person, on: channel) {
                result.excluded[exclusion.status, default: 0] += 1
            } else {
                due[times?.moment(in: person.zone) ?? start, default: 0] += 1
            }
        }
    }

    /// Nobody gets a send that was cancelled before it began.
    func forecast(of send: ScheduledSend, _ limit: ForecastLimit) -> SendForecast {
        var forecast = result
        guard !send.isEnded else { return forecast }
        forecast.recipients = due.values.reduce(0, +)
        if let span = ForecastRule.span(due, rate: limit.rate, now: limit.from) {
            (forecast.firstAt, forecast.lastAt) = span
        }
        return forecast
    }
}

extension ScheduledSendStore {
    /// Forecasts a scheduled send without writing anything; reads the whole audience of one that has
    /// not begun.
    ///
    /// - Throws: ``CampaignError/noSuchScheduledSend(_:)``, or what Audience says of a target that is
    ///   gone.
    public func forecast(
        of id: ScheduledSendID,
        on database: Database
    ) async throws -> SendForecast {
        try await database.blocking {
            let send = try database.readBlocking { try scheduledSend(id, in: $0) }
            return send.beganAt == nil
                ? try plan(send, database)
                : try database.readBlocking { try reckon(send, now: database.time.now(), $0) }
        }
    }

    /// Goes through the audience as the planning will.
    private func plan(_ send: ScheduledSend, _ database: Database) throws -> SendForecast {
        let now = database.time.now()
        let start = max(send.scheduledAt, now)
        let (ground, eligibility, reader) = try database.readBlocking { connection in
            let campaign = try CampaignStore(workspace).campaign(send.campaign, in: connection)
            let table = try ProfileTableStore(workspace).table(campaign.table, in: connection)
            let split = try SplitTestStore(workspace).audience(of: send, in: connection)
            let audience = split?.audience ?? send.target.audience
            let reader = try AudienceReader(audience, of: table, at: start, in: connection)
            let ground = try PlanGround(campaign, table, at: start, in: connection)
            var eligibility = ground.eligibility(at: start)
            try ground.prepare(&eligibility, at: start, in: connection)
            return (ground, eligibility, reader)
        }
        var count = ForecastCount(send.channel, eligibility, send.recipientTime, start)
        var last: ProfileID? = ProfileID(0)
        while let place = last {
            let people = try database.readBlocking { connection in
                let members =
                    try reader
                    .members(after: place, limit: SendPlanner.chunk, in: connection)
                var people =
                    try ground
                    .addressees(members.map(\.profile), nil, at: start, in: connection)
                try ground.addPressure(to: &people, in: connection)
                return people
            }
            count.add(people)
            last = people.last?.profile
        }
        let limit = try database.readBlocking { try self.limit(of: send, at: now, in: $0) }
        return count.forecast(of: send, limit)
    }

    /// Adds up what has been decided, and what is still open.
    private func reckon(
        _ send: ScheduledSend,
        now: Instant,
        _ connection: Connection
    ) throws -> SendForecast {
        let ledger = try SendStore(workspace).currentLedger(of: send.send, in: connection)
        var forecast = SendForecast()
        forecast.targeted = ledger.targeted
        forecast.recipients = ledger.sent + ledger.pending
        forecast.excluded = ledger.filtered.merging(ledger.inError) { $0 + $1 }
        guard forecast.recipients > 0 else { return forecast }
        forecast.firstAt = send.beganAt
        forecast.lastAt = send.endedAt
        guard !send.isEnded else { return forecast }
        let queue = SendQueue(workspace: workspace, send: send.send)
        let waiting = try ledger.pending - queue.inFlight(in: connection)
        let due = try queue.due(waiting, in: connection)
        let next = try nextSlot(of: send, in: connection)
        let limit = try limit(of: send, at: now, in: connection)
        let start = max(next ?? limit.from, limit.from)
        let span = ForecastRule.span(due, rate: limit.rate, now: start)
        forecast.lastAt = span?.last ?? forecast.firstAt
        return forecast
    }

    /// When the rate lets the next message leave; nil without a rate, or before the first.
    private func nextSlot(of send: ScheduledSend, in connection: Connection) throws -> Instant? {
        guard let rate = send.rate else { return nil }
        let slot: Instant?? = try connection.value(
            "SELECT slot_at FROM scheduled_send WHERE workspace_id = $1 AND id = $2",
            [workspace, send.id]
        )
        return (slot ?? nil).map { $0 + Pace(rate: rate).spacing }
    }
}
