// SPDX-License-Identifier: Apache-2.0
import Messaging
import Testing

struct BounceStatusTests {
    @Test(arguments: [
        ("5.1.1", BounceStatus.unknownUser), ("5.1.0", .unknownUser), ("5.1.3", .unknownUser),
        ("5.1.6", .unknownUser), ("5.1.2", .unknownDomain), ("5.1.10", .unknownDomain),
        ("5.4.4", .unknownDomain), ("5.2.2", .quotaExceeded), ("4.2.2", .quotaExceeded),
        ("5.2.1", .otherHardBounce), ("5.7.1", .otherHardBounce), ("5.0.0", .otherHardBounce),
        ("4.4.7", .otherSoftBounce), ("4.1.1", .otherSoftBounce), ("4.3.2", .otherSoftBounce),
    ])
    func `an enhanced status code says how a mail came back`(
        text: String,
        status: BounceStatus
    ) throws {
        let code = try #require(EnhancedStatusCode(text))
        #expect(BounceStatus(code) == status)
        #expect("\(code)" == text)
    }

    @Test(arguments: ["", "5", "5.1", "5.1.1.1", "3.1.1", "5.x.1", "5.1.1111", "5..1", "+5.1.1"])
    func `anything else is no enhanced status code`(text: String) {
        #expect(EnhancedStatusCode(text) == nil)
    }

    @Test(arguments: [
        (550, "5.1.2 No such domain", DeliveryResult.Stage.recipient, BounceStatus.unknownDomain),
        (550, "5.7.1 Not for you", .recipient, .otherHardBounce),
        (552, "5.2.2 Full", .content, .quotaExceeded),
        (550, "No such user", .recipient, .unknownUser),
        (551, "Not here", .recipient, .unknownUser), (553, "No", .recipient, .unknownUser),
        (552, "Full", .recipient, .quotaExceeded), (554, "No", .recipient, .otherHardBounce),
        (550, "Spam", .content, .otherHardBounce), (552, "Too big", .content, .otherHardBounce),
        (550, "", .content, .otherHardBounce),
    ])
    func `a refusal at hand-over is judged by its enhanced code, else by its reply code`(
        code: Int,
        reply: String,
        stage: DeliveryResult.Stage,
        status: BounceStatus
    ) {
        #expect(BounceStatus(.init(code: code, reply: reply, stage: stage)) == status)
    }

    @Test func `the statuses belong to two categories`() {
        let hard = BounceStatus.allCases.filter { $0.category == .hard }.map(\.rawValue)
        #expect(hard == ["UNKNOWN_DOMAIN", "UNKNOWN_USER", "OTHER_HARD_BOUNCE"])
        #expect(BounceStatus.Category.allCases.map(\.rawValue) == ["HARD_BOUNCE", "SOFT_BOUNCE"])
    }
}
