// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Campaigns

@Suite struct EngagementTests {
    private func totals(_ counts: [CampaignMeasure: Int]) -> CampaignTotals {
        var totals = CampaignTotals()
        for (measure, count) in counts { totals.add(measure, count) }
        return totals
    }

    private var first: CampaignTotals {
        totals([
            .targeted: 12, .sent: 9, .event(.bounce, "UNKNOWN_USER"): 2, .event(.open): 4,
            .event(.click): 1, .notSent(.email(.duplicateEmailAddress)): 1,
            .notSent(.email(.emailSendingError)): 2,
        ])
    }

    @Test func `delivered is what was sent and did not bounce`() {
        let engagement = Engagement([first], isTracked: true)
        #expect(engagement.delivered == 7)
        #expect(engagement.bounced == 2)
        #expect(engagement.opened == 4 && engagement.clicked == 1)
        #expect(engagement.failures == ["EMAIL_SENDING_ERROR": 2])
        #expect(engagement.exclusions == ["DUPLICATE_EMAIL_ADDRESS": 1])
    }

    @Test func `a replay's send is added to its import's`() {
        let replay = totals([.sent: 1, .notSent(.email(.duplicateEmailAddress)): 2])
        let engagement = Engagement([first, replay])
        #expect(engagement.delivered == 8)
        #expect(engagement.exclusions == ["DUPLICATE_EMAIL_ADDRESS": 3])
    }

    @Test func `people and programs see the same numbers`() throws {
        let engagement = Engagement([first], isTracked: true)
        #expect(
            engagement.lines == [
                "Delivered: 7", "Opened: 4", "Clicked: 1", "Bounced: 2", "Unsubscribed: 0",
            ]
        )
        #expect(
            engagement.reasons == [
                "Failures:", "  EMAIL_SENDING_ERROR: 2", "Exclusions:",
                "  DUPLICATE_EMAIL_ADDRESS: 1",
            ]
        )
        let text = try JSONText.encode(engagement)
        #expect(text.contains(#""opened":4"#))
        #expect(try JSONText.decode(Engagement.self, from: text) == engagement)
    }

    @Test func `what is not tracked is not zero, for people and for programs`() throws {
        let engagement = Engagement([first])
        #expect(
            engagement.lines == [
                "Delivered: 7", "Opened: not tracked", "Clicked: not tracked", "Bounced: 2",
                "Unsubscribed: not tracked",
            ]
        )
        let text = try JSONText.encode(engagement)
        #expect(text.contains(#""opened":null"#))
        #expect(try JSONText.decode(Engagement.self, from: text) == engagement)
    }

    @Test func `a send without anybody delivers to nobody`() {
        #expect(Engagement([]).delivered == 0)
        #expect(Engagement([]).reasons.isEmpty)
    }
}
