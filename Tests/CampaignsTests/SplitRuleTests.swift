// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Campaigns

struct SplitRuleTests {
    typealias Judgement = SplitTestRules.Judgement

    @Test(arguments: [
        ([(10, 3), (10, 4)], SplitTie.first, Judgement.winner(1, isTied: false)),
        // A share, not a number.
        ([(10, 3), (100, 20)], .first, .winner(0, isTied: false)),
        ([(10, 3), (20, 6)], .first, .winner(0, isTied: true)),
        ([(10, 3), (20, 6)], .tellme, .tie),
        ([(10, 2), (20, 6), (10, 3)], .first, .winner(1, isTied: true)),
        ([(10, 0), (10, 0)], .first, .winner(0, isTied: true)),
        ([(10, 0), (10, 0)], .tellme, .tie),
        // Whoever was not sent cannot win.
        ([(0, 0), (10, 0)], .first, .winner(1, isTied: false)),
        ([(0, 0), (0, 0)], .first, .nothingSent), ([], .first, .nothingSent),
    ])
    func `the message wins that most of its recipients reacted to`(
        scores: [(Int, Int)],
        tie: SplitTie,
        judgement: Judgement
    ) {
        let scores = scores.map { SplitTestRules.Score(sent: $0.0, events: $0.1) }
        #expect(SplitTestRules.judge(scores, tie) == judgement)
    }

    @Test(arguments: [
        (SplitShare.percentage(20), 100, 20), (.percentage(1), 10, 0), (.percentage(50), 3, 2),
        (.percentage(100), 7, 7), (.number(5), 100, 5), (.number(500), 100, 100),
    ])
    func `a share of a target is a number of recipients`(
        share: SplitShare,
        total: Int,
        count: Int
    ) {
        #expect(share.count(of: total) == count)
    }

    @Test func `recipients are dealt in turn, those of one address together`() {
        #expect(SplitChoice.deal([1, 2, 3, 4, 5], 5, among: 2) == [0, 1, 0, 1, 0])
        #expect(SplitChoice.deal([1, 2, 3, 4, 5], 3, among: 3) == [0, 1, 2])
        #expect(SplitChoice.deal([1, 1, 2, 2, 3], 3, among: 2) == [0, 0, 1, 1])
        #expect(SplitChoice.deal([1, 1, 1], 1, among: 2) == [0, 0, 0])
        #expect(SplitChoice.deal([1, 2], 0, among: 2) == [])
        #expect(SplitChoice.deal([], 3, among: 2) == [])
    }

    @Test func `versions are letters`() {
        #expect((0..<5).map(SplitTest.version) == ["A", "B", "C", "D", "E"])
    }

    @Test func `what cannot be compared is refused with the attribute named`() {
        func new(_ change: (inout NewSplitTest) -> Void) -> NewSplitTest {
            var new = NewSplitTest(
                "S",
                messages: [StoredMessageID(1), StoredMessageID(2)],
                share: .percentage(20),
                delayHours: 4,
                scheduledAt: Instant(seconds: 0)
            )
            change(&new)
            return new
        }
        let cases: [(String?, NewSplitTest)] = [
            (nil, new { _ in }), ("message_ids", new { $0.messages = [StoredMessageID(1)] }),
            ("message_ids", new { $0.messages = (1...6).map { StoredMessageID($0) } }),
            ("message_ids", new { $0.messages = [StoredMessageID(1), StoredMessageID(1)] }),
            ("share", new { $0.share = .percentage(0) }),
            ("share", new { $0.share = .percentage(101) }),
            ("share", new { $0.share = .number(1) }), ("delay", new { $0.delayHours = 0 }),
            ("delay", new { $0.delayHours = 721 }), ("criterion", new { $0.channel = .sms }),
        ]
        for (attribute, new) in cases {
            var refused: String?
            do { try SplitTestRules.check(new) } catch CampaignError.refused(let name, _) {
                refused = name
            } catch { refused = "\(error)" }
            #expect(refused == attribute)
        }
    }
}
