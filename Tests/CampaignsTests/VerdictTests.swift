// SPDX-License-Identifier: Apache-2.0
import Common
import Messaging
import Testing

@testable import Campaigns

@Suite struct VerdictTests {
    private static let later = DeliveryResult.Refusal(code: 451, reply: "Wait", stage: .recipient)

    private static func refused(_ stage: DeliveryResult.Stage) -> DeliveryResult {
        .refusedPermanently(.init(code: 550, reply: "No", stage: stage))
    }

    @Test(arguments: [
        (DeliveryResult.accepted(reply: "ok"), 1, Verdict.sent(reply: "ok")),
        (.refusedTemporarily(later), 1, .retry(reason: "451 Wait")),
        (.refusedTemporarily(later), 4, .retry(reason: "451 Wait")),
        (.refusedTemporarily(later), 5, .given(up: .emailSendingError, detail: "451 Wait")),
        (refused(.recipient), 1, .bounced(.unknownUser, reply: "550 No")),
        (refused(.content), 1, .bounced(.otherHardBounce, reply: "550 No")),
        (refused(.sender), 1, .retry(reason: "550 No")),
        (refused(.sender), 5, .given(up: .emailSendingError, detail: "550 No")),
        // Cut before the end of DATA, or not reached.
        (.notHandedOver(reason: "cut"), 1, .retry(reason: "cut")),
        (.notHandedOver(reason: "cut"), 5, .given(up: .emailSendingError, detail: "cut")),
        // Cut after it.
        (.inDoubt(reason: "no reply"), 5, .inDoubt(reason: "no reply")),
        (.alreadyHandedOver(reason: "has it"), 2, .sent(reply: "has it")),
        (.notStarted, 5, .untouched),
    ])
    func `what a hand-over comes to`(result: DeliveryResult, attempts: Int, verdict: Verdict) {
        #expect(Verdict(result, attempts: attempts) == verdict)
        let isOpen = ["451 Wait", "cut", "550 No"].map { Verdict.retry(reason: $0) } + [.untouched]
        #expect(verdict.isFinal == !isOpen.contains(verdict))
    }

    @Test func `the pauses between tries`() {
        #expect((1...4).map { Verdict.pause(attempts: $0) } == [1, 4, 16, 64].map(Span.minutes))
    }
}
