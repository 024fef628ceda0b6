// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Exports
import TestSupport

/// A scripted history with something of every kind, from Monday 2026-03-02, 08:00 UTC.
struct History {
    let world: World
    let table: ProfileTable
    let newsletter: MailingList
    var people: [ProfileID] = []

    static func play(in world: World, isKeyed: Bool = true) async throws -> History {
        let table = try await world.table(isKeyed: isKeyed)
        let news = try await world.list("newsletter", of: table)
        _ = try await world.list("promo", of: table)
        let history = History(world: world, table: table, newsletter: news)
        let people = try await history.playPeople()
        try await history.playCampaigns(people)
        return History(world: world, table: table, newsletter: news, people: people)
    }

    /// With text messages, files of contacts, and what followed all of them.
    static func playWhole(in world: World, isKeyed: Bool = true) async throws -> History {
        let history = try await play(in: world, isKeyed: isKeyed)
        try await history.playTexts()
        try await history.playFiles()
        try await history.playActivities()
        try await history.playRows(isKeyed: isKeyed)
        try await history.playSegments()
        return history
    }

    /// A definition of a type over the history's tables.
    func definition(
        _ pair: ExportPair,
        _ change: (inout ExportDefinition) throws -> Void = { _ in }
    ) throws -> ExportDefinition {
        try world.definition(pair, table, name: pair.rawValue, change)
    }

    private func playPeople() async throws -> [ProfileID] {
        let ada = try await world.create(
            [
                "userId": "ada", "emailAddress": "ada@example.org", "points": "-12",
                "score": "2.5", "birth": "1815-12-10", "visit": "2026-03-01T23:30:00.5Z",
                "tags": "math;\"x\",engines", "marketingConsent": "true",
            ],
            in: table
        )
        world.time.advance(by: .minutes(1))
        let bob = try await world.create(["userId": "bob", "emailAddress": "=1+1"], in: table)
        let eve = try await world.create(["userId": "eve;ning"], in: table)
        world.time.advance(by: .minutes(1))
        try await world.update(ada, ["points": "7", "marketingConsent": ""], in: table)
        try await world.subscribe(bob, to: newsletter, in: table)
        world.time.advance(by: .minutes(1))
        try await world.subscribe(bob, to: newsletter, false, in: table, source: .emailLink)
        try await world.subscribe(ada, to: newsletter, in: table, source: .fileImport)
        world.time.advance(by: .minutes(1))
        return [ada, bob, eve]
    }

    private func playCampaigns(_ people: [ProfileID]) async throws {
        let now = world.time.now()
        try await world.insert(
            CampaignRow(id: 5, activatedAt: now - .days(400), list: newsletter.id),
            table
        )
        try await world.insert(
            CampaignRow(id: 6, kind: "oneShot", activatedAt: now - .days(31)),
            table
        )
        try await world.insert(CampaignRow(id: 7, channel: "sms", activatedAt: now), table)
        try await world.insert(
            [
                sent(31, 5, people[0], now + .seconds(2), version: "B"),
                sent(32, 5, people[2], now + .seconds(1)), sent(33, 6, people[0], now),
                sent(34, 7, people[0], now), withheld(35, "FILTERED", "DUPLICATE", people[1], now),
            ],
            table
        )
        world.time.advance(by: .minutes(1))
        try await world.insert(
            [
                sent(36, 5, people[1], now),
                withheld(37, "IN_ERROR", "OTHER_ERROR", people[0], now),
                InteractionRow(
                    id: 38,
                    campaign: 5,
                    profile: people[0],
                    state: "inDoubt",
                    at: now
                ),
            ],
            table
        )
        try await world.erase(people[2], from: table)
        world.time.advance(by: .minutes(1))
    }

    private func sent(
        _ id: Int64,
        _ campaign: Int64,
        _ profile: ProfileID,
        _ moment: Instant,
        version: String? = nil
    ) -> InteractionRow {
        InteractionRow(
            id: id,
            campaign: campaign,
            profile: profile,
            version: version,
            at: moment
        )
    }

    private func withheld(
        _ id: Int64,
        _ category: String,
        _ status: String,
        _ profile: ProfileID,
        _ moment: Instant
    ) -> InteractionRow {
        InteractionRow(
            id: id,
            campaign: 5,
            profile: profile,
            state: "notSent",
            category: category,
            status: status,
            at: moment
        )
    }
}
