// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// What a send is planned on, besides the people: read once, since it holds for all of them.
struct PlanGround {
    let campaign: Campaign
    let table: ProfileTable
    let target: TargetFilter
    /// The service domains.
    let domains: Set<String>
    /// The limits of the table; nil when they do not concern the campaign.
    let limits: PressureLimits?
    private let zone: Zone

    init(
        _ campaign: Campaign,
        _ table: ProfileTable,
        at moment: Instant,
        in connection: Connection
    ) throws {
        self.campaign = campaign
        self.table = table
        target = try TargetFilter(campaign, table, at: moment, in: connection)
        let isMail = campaign.channel == .email
        domains =
            isMail ? Set(try ServiceDomainStore(table.workspace).all(in: connection)) : []
        let set = try PressureStore(table.workspace).limits(of: table.id, in: connection)
        limits = set.isLimiting && campaign.rules.countsPressure ? set : nil
        zone = set.zone
    }

    /// The calendar periods of a moment.
    func periods(at moment: Instant) -> PressurePeriods { PressurePeriods(moment, in: zone) }

    /// What is known of a chunk of people; keeps others from planning over the same limits.
    func addressees(
        _ profiles: [ProfileID],
        at moment: Instant,
        in connection: Connection
    ) throws -> [Addressee] {
        let pressure = PressureStore(table.workspace)
        if limits != nil, let transaction = connection as? Transaction {
            try pressure.lock(table.id, in: transaction)
        }
        var people = try AddresseeReader(campaign, table)
            .addressees(profiles, at: moment, in: connection)
        try target.judge(&people, in: connection)
        guard limits != nil else { return people }
        for (position, tally) in try pressure.tallies(of: profiles, table.id, in: connection) {
            people[position].pressure = tally
        }
        return people
    }

    /// The rules as they hold at a moment.
    func eligibility(at moment: Instant) -> Eligibility {
        var eligibility = Eligibility(campaign: campaign.id, rules: campaign.rules)
        eligibility.domains = domains
        eligibility.limits = limits
        eligibility.periods = periods(at: moment)
        return eligibility
    }

    /// Prepares the rules for a chunk that is planned at a moment.
    func prepare(
        _ eligibility: inout Eligibility,
        at moment: Instant,
        in connection: Connection
    ) throws {
        eligibility.periods = periods(at: moment)
        eligibility.quotaLeft = try quota(at: moment).left(in: connection)
    }

    /// Counts what a chunk came to: its ids, and the quota that was left before it.
    func count(
        _ ids: ClosedRange<Int64>,
        _ eligibility: Eligibility,
        quotaBefore: Int?,
        in transaction: Transaction
    ) throws {
        if let before = quotaBefore, let left = eligibility.quotaLeft {
            try quota(at: transaction.moment).take(before - left, in: transaction)
        }
        guard limits != nil, campaign.rules.pressureWeight > 0 else { return }
        try PressureStore(table.workspace).count(
            ids,
            weight: campaign.rules.pressureWeight,
            in: eligibility.periods,
            transaction
        )
    }

    private func quota(at moment: Instant) -> UnfilteredQuota {
        UnfilteredQuota(
            workspace: table.workspace,
            campaign: campaign,
            day: periods(at: moment).day
        )
    }
}
