// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport
import Testing

/// Two transactions at once that want the same.
struct TwoAtOnceTests {
    @Test(arguments: TestEngine.allCases)
    func `two campaigns of one name get technical names of their own`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let context = world.context
        let results = await engine.atOnce(on: world.database) { _, transaction in
            let new = NewCampaign("Welcome", table: world.table.id, content: World.content)
            _ = try world.campaigns.create(new, by: context, in: transaction)
        }
        #expect(results.failures == [])
        let all = try world.read { try world.campaigns.all(in: $0) }
        #expect(Set(all.map(\.technicalName)).count == 2)
    }

    @Test(arguments: TestEngine.allCases)
    func `a campaign that is activated and finished at once is one of them`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let campaign = try world.campaign()
        let context = world.context
        let results = await engine.atOnce(on: world.database) { number, transaction in
            if number == 0 {
                try world.campaigns.activate(campaign.id, by: context, in: transaction)
            } else {
                try world.campaigns.finish(campaign.id, by: context, in: transaction)
            }
        }
        #expect(results.failures == [])
        let rows = try world.read { connection in
            try connection.rows("SELECT state, finished_at IS NULL FROM campaign").map {
                "\(try $0.get(0, as: String.self)) \(try $0.get(1, as: Bool.self))"
            }
        }
        #expect([["active true"], ["finished false"]].contains(rows))
    }
}
