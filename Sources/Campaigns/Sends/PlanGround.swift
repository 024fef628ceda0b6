// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// What a send is planned on, besides the people: read once, since it holds for all of them.
struct PlanGround: Sendable {
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

    /// What is known of a chunk of people.
    func addressees(
        _ profiles: [ProfileID],
        _ screens: AddressScreens?,
        at moment: Instant,
        in connection: Connection
    ) throws -> [Addressee] {
        var people = try AddresseeReader(campaign, table, screens)
            .addressees(profiles, at: moment, in: connection)
        try target.judge(&people, in: connection)
        guard campaign.channel == .email else { return people }
        let rules = eligibility(at: moment)
        for position in people.indices {
            people[position].judgement = rules.judgement(of: people[position])
        }
        return people
    }

    /// Adds what people got already, where that is limited; in a transaction it stays so until its end.
    func addPressure(to people: inout [Addressee], in connection: Connection) throws {
        guard limits != nil else { return }
        let pressure = PressureStore(table.workspace)
        if let transaction = connection as? Transaction {
            try pressure.lock(table.id, in: transaction)
        }
        let tallies = try pressure.tallies(of: people.map { $0.profile }, table.id, in: connection)
        for (position, tally) in tallies { people[position].pressure = tally }
    }

    /// Takes the address off those who were erased since it was read.
    func forgetErased(_ people: inout [Addressee], in transaction: Transaction) throws {
        var isThere = people.map { _ in false }
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id"],
            keys: people.map { $0.profile.sql },
            order: nil
        )
        try transaction.lookup(lookup) { position, _ in isThere[position] = true }
        for position in people.indices where !isThere[position] {
            people[position].isInTable = false
            people[position].address = nil
            people[position].hash = nil
            people[position].judgement = nil
        }
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

    /// Counts what a chunk came to: who gets the message, and the quota that was left before it.
    func count(
        _ recipients: [PressureStore.Recipient],
        _ eligibility: Eligibility,
        quotaBefore: Int?,
        in transaction: Transaction
    ) throws {
        if let before = quotaBefore, let left = eligibility.quotaLeft {
            try quota(at: transaction.moment).take(before - left, in: transaction)
        }
        guard limits != nil, campaign.rules.pressureWeight > 0 else { return }
        try PressureStore(table.workspace).count(
            recipients,
            table.id,
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
