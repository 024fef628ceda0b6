// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct CampaignCountTests {
    private func analytics(_ campaign: Campaign) -> CampaignAnalytics {
        CampaignAnalytics(World.workspace, campaign.id)
    }

    @Test(arguments: TestEngine.allCases)
    func `the counts are those of the ledger, in every state`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        var people = try ["never", "silent", "later", "ok"].map {
            try world.person("\($0)-x@e.org")
        }
        people += [try world.person(nil), try world.person("not an address")]
        let campaign = try world.campaign()
        let send = try await world.send(campaign, to: people, by: server.transport())
        let ledger = try world.ledger(send)
        let totals = try world.read { try world.sends.totals(of: send, in: $0) }
        #expect(totals[.targeted] == ledger.targeted && totals[.sent] == ledger.sent)
        #expect(totals.details(of: .filtered) == ledger.filtered)
        #expect(totals.details(of: .inError) == ledger.inError)
        #expect(totals[.inDoubt] == ledger.inDoubt && ledger.inDoubt == 1)
        #expect(totals[.bounce] == 1 && totals.pending == 0)
        let counted = SendLedger(totals)
        #expect(counted == ledger)
        let engagement = try world.read { try world.sends.engagement(of: send, in: $0) }
        #expect(engagement.delivered == ledger.sent - 1)
        let all = try world.read { try analytics(campaign).totals(in: $0) }
        #expect(all == totals)
    }

    @Test(arguments: TestEngine.allCases)
    func `events count once a recipient, links each, and folding changes no number`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let campaign = try world.campaign()
        let send = try await world.send(campaign, to: try world.people(5))
        let contacts = try world.interactions(send).map(\.id)
        world.time.advance(by: .hours(1))
        try world.write { transaction in
            let store = ActivityStore(World.workspace)
            for contact in contacts {
                try store.record([Activity(.opening, of: contact)], in: transaction)
                try store.record([Activity(.opening, of: contact)], in: transaction)
            }
            for (ordinal, link) in [(1, "shop"), (2, "news")] {
                let click = Activity(
                    .click,
                    of: contacts[0],
                    ordinal: Int64(ordinal),
                    linkName: link,
                    linkURL: "https://x.org/\(link)"
                )
                try store.record([click, click], in: transaction)
            }
            try store.record([Activity(.unsubscribe, of: contacts[1])], in: transaction)
            try store.record([Activity(.complaint, of: contacts[2])], in: transaction)
        }
        let before = try world.read { try analytics(campaign).totals(in: $0) }
        #expect(before[.open] == 5 && before[.click] == 1 && before[.link] == 2)
        #expect(before.details(of: .link) == ["news": 1, "shop": 1])
        #expect(before[.unsubscription] == 1 && before[.complaint] == 1)
        let hours = try world.read {
            try analytics(campaign).hours(
                from: world.now - .days(1),
                until: world.now + .hours(1),
                in: $0
            )
        }
        #expect(hours.map { $0.totals[.sent] } == [5, 0])
        #expect(hours.map { $0.totals[.open] } == [0, 5])
        let first = try world.write {
            try CampaignCounts(World.workspace).fold(before: world.now, in: $0)
        }
        #expect(first == 0)
        let folded = try world.write {
            try CampaignCounts(World.workspace).fold(before: world.now + .hours(2), in: $0)
        }
        #expect(folded > 5)
        let rows: Int? = try world.read {
            try $0.value(
                "SELECT count(*) FROM campaign_count WHERE workspace_id = $1 AND shard > 0",
                [World.workspace]
            )
        }
        #expect(rows == 0)
        #expect(try world.read { try analytics(campaign).totals(in: $0) } == before)
    }

    @Test(arguments: TestEngine.dialects)
    func `events of one campaign at once are all counted`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let campaign = try world.campaign()
        let send = try await world.send(campaign, to: try world.people(2))
        let contacts = try world.interactions(send).map(\.id)
        let results = await engine.atOnce(on: world.database) { number, transaction in
            try ActivityStore(World.workspace)
                .record([Activity(.opening, of: contacts[number])], in: transaction).count
        }
        #expect(try results.map { try $0.get() } == [1, 1])
        #expect(try world.read { try analytics(campaign).totals(in: $0) }[.open] == 2)
    }
}
