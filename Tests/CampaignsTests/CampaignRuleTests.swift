// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

@testable import Campaigns

/// What is asked of a campaign, whether it is made, edited or changed.
struct CampaignRuleTests {
    @Test(arguments: TestEngine.dialects)
    func `a draft is edited by the rules by which it was made`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let context = world.context
        let good = NewCampaign("Welcome", table: world.table.id, content: World.content)
        let letters = NewCampaign(
            "Letters",
            table: world.table.id,
            kind: .scenarized,
            initiation: .api,
            message: .file(.print, FileLayout(columns: ["nothing"]))
        )
        var wrong = [
            CampaignRules(controlPercent: 101), CampaignRules(search: SearchID(99)),
            CampaignRules(pressureWeight: -1), CampaignRules(unfilteredQuota: 5),
        ].map { rules in
            var new = good
            new.rules = rules
            return new
        }
        wrong.append(letters)
        for new in wrong {
            #expect(throws: CampaignError.self) {
                try world.write { try world.campaigns.create(new, by: context, in: $0) }
            }
            let id = try world.write {
                try world.campaigns.create(good, by: context, in: $0).id
            }
            #expect(throws: CampaignError.self) {
                try world.write { try world.campaigns.edit(id, new, by: context, in: $0) }
            }
            let kept = try world.read { try world.campaigns.campaign(id, in: $0) }
            #expect(kept.rules == good.rules && kept.content == good.content)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `the columns of a draft's file are changed to attributes alone`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let letters = NewCampaign(
            "Letters",
            table: world.table.id,
            kind: .scenarized,
            initiation: .api,
            message: .file(.print, FileLayout(columns: ["firstName"]))
        )
        let id = try world.write {
            try world.campaigns.create(letters, by: world.context, in: $0).id
        }
        let change = CampaignChange(content: .file(.print, FileLayout(columns: ["nothing"])))
        #expect(throws: CampaignError.self) {
            try world.write { try world.campaigns.change(id, change, in: $0) }
        }
    }
}
