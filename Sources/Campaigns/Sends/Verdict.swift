// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Messaging

/// What a message's hand-over came to.
///
/// Pure.
enum Verdict: Sendable, Equatable {
    /// Handed over.
    case sent(reply: String)
    /// Put into the file of its channel.
    case ready
    /// Handed over and refused for good: sent and bounced (spec/campaigns.md, "Bounces").
    case bounced(BounceStatus, reply: String)
    /// Handed over, and refused for good by a gateway of text messages: sent, and not delivered.
    case failed(TextFailure, reply: String)
    /// Left out after all.
    case given(up: Exclusion, detail: String?)
    /// To be tried again.
    case retry(reason: String)
    /// Nobody knows whether it was taken.
    case inDoubt(reason: String)
    /// It never started.
    case untouched

    /// Judges a hand-over after so many attempts, this one included.
    init(_ result: DeliveryResult, attempts: Int, on channel: Channel = .email) {
        let last = Exclusion.undeliverable(channel)
        switch result {
        case .accepted(let reply): self = .sent(reply: reply)
        case .refusedTemporarily(let refusal):
            self = Verdict.again("\(refusal.code) \(refusal.reply)", attempts, last)
        case .refusedPermanently(let refusal):
            let words = "\(refusal.code) \(refusal.reply)"
            if channel == .sms {
                self = .failed(.otherProviderError, reply: words)
                return
            }
            // A matter of the relay, which may be mended, or another relay's turn.
            self =
                refusal.stage == .sender
                ? Verdict.again(words, attempts, last)
                : .bounced(BounceStatus(refusal), reply: words)
        case .notHandedOver(let reason): self = Verdict.again(reason, attempts, last)
        case .inDoubt(let reason): self = .inDoubt(reason: reason)
        case .alreadyHandedOver(let reason): self = .sent(reply: reason)
        case .notStarted: self = .untouched
        }
    }

    private static func again(_ reason: String, _ attempts: Int, _ last: Exclusion) -> Verdict {
        attempts < Delivery.attempts
            ? .retry(reason: reason) : .given(up: last, detail: reason)
    }

    /// Whether the message needs no further hand-over.
    var isFinal: Bool {
        switch self {
        case .sent, .ready, .bounced, .failed, .given, .inDoubt: true
        case .retry, .untouched: false
        }
    }

    /// Whether the person gets no message after all.
    var isGivenUp: Bool {
        guard case .given = self else { return false }
        return true
    }

    /// The pause before the next try: 1, 4, 16, 64 minutes.
    static func pause(attempts: Int) -> Span {
        .minutes(Int64(1) << Int64(2 * min(attempts - 1, 4)))
    }
}
