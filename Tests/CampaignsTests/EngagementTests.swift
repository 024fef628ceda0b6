// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Testing

@Suite struct EngagementTests {
    private var ledger: SendLedger {
        var ledger = SendLedger()
        ledger.targeted = 12
        ledger.sent = 9
        ledger.bounced = 2
        ledger.filtered = ["DO_NOT_CONTACT": 1]
        ledger.inError = ["INVALID_ADDRESS": 2]
        return ledger
    }

    @Test func `delivered is what was sent and did not bounce`() {
        let engagement = Engagement([ledger])
        #expect(engagement.delivered == 7)
        #expect(engagement.bounced == 2)
        #expect(engagement.failures == ["INVALID_ADDRESS": 2])
        #expect(engagement.exclusions == ["DO_NOT_CONTACT": 1])
    }

    @Test func `a replay's send is added to its import's`() {
        var replay = SendLedger()
        replay.sent = 1
        replay.filtered = ["DO_NOT_CONTACT": 2, "NO_ADDRESS": 1]
        let engagement = Engagement([ledger, replay])
        #expect(engagement.delivered == 8)
        #expect(engagement.exclusions == ["DO_NOT_CONTACT": 3, "NO_ADDRESS": 1])
    }

    @Test func `what is not tracked is not zero, for people and for programs`() throws {
        let engagement = Engagement([ledger])
        #expect(
            engagement.lines == [
                "Delivered: 7", "Opened: not tracked", "Clicked: not tracked",
                "Bounced: 2", "Unsubscribed: not tracked",
            ]
        )
        #expect(
            engagement.reasons == [
                "Failures:", "  INVALID_ADDRESS: 2", "Exclusions:", "  DO_NOT_CONTACT: 1",
            ]
        )
        let text = try JSONText.encode(engagement)
        #expect(text.contains(#""opened":null"#) && text.contains(#""unsubscribed":null"#))
        #expect(try JSONText.decode(Engagement.self, from: text) == engagement)
    }

    @Test func `a send without anybody delivers to nobody`() {
        #expect(Engagement([]).delivered == 0)
        #expect(Engagement([]).reasons.isEmpty)
    }
}
