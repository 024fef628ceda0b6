// SPDX-License-Identifier: Apache-2.0
public import Common
public import Messaging

/// When a provider that fails is left alone (spec/campaigns.md, "Auto-pause").
///
/// Pure. After ``limit`` messages in a row that it did not take, for reasons of its own and not of a
/// recipient, it is paused for five minutes; then one message tries, and each further failure
/// doubles the pause up to an hour. With another provider to turn to, it is left alone for a minute
/// as soon as it cannot be reached.
public enum ProviderHealth {
    /// So many failures in a row pause a provider.
    public static let limit = 20
    static let firstPause = Span.minutes(5)
    static let longestPause = Span.hours(1)
    static let shortPause = Span.minutes(1)

    /// What a message says of its provider.
    public enum Sign: Sendable, Hashable {
        /// It answered, whatever it said of the recipient.
        case works
        /// It could not be used, in words.
        case fails(String)
        /// Nothing was asked of it.
        case nothing
    }

    /// What the result of a hand-over says.
    public static func sign(of result: DeliveryResult) -> Sign {
        switch result {
        case .accepted, .alreadyHandedOver: .works
        case .refusedTemporarily(let refusal), .refusedPermanently(let refusal):
            refusal.stage == .sender || refusal.code == 421
                ? .fails("\(refusal.code) \(refusal.reply)") : .works
        case .notHandedOver(let reason), .inDoubt(let reason): .fails(reason)
        case .notStarted: .nothing
        }
    }

    /// How a provider stands after a group of messages.
    ///
    /// - Parameters:
    ///   - state: How it stood before.
    ///   - signs: What the messages say, in their order.
    ///   - hasAlternative: Whether others can take the messages.
    ///   - now: The moment.
    /// - Returns: The new state; one that a person paused stays so.
    public static func after(
        _ state: ProviderState,
        _ signs: [Sign],
        hasAlternative: Bool,
        at now: Instant
    ) -> ProviderState {
        var next = state
        var words: String?
        for sign in signs {
            switch sign {
            case .works: (next.failures, next.pauses, words) = (0, 0, nil)
            case .fails(let reason):
                next.failures += 1
                words = reason
            case .nothing: break
            }
        }
        let isPausedByPerson = state.pausedAt != nil && state.pausedUntil == nil
        guard !isPausedByPerson, signs.contains(where: { $0 != .nothing }) else { return next }
        guard let words else {
            (next.pausedAt, next.pausedUntil, next.reason) = (nil, nil, nil)
            return next
        }
        guard let pause = pause(&next, signs, state.isOnTrial(at: now), hasAlternative) else {
            return next
        }
        (next.pausedAt, next.pausedUntil) = (now, now + pause)
        next.reason =
            next.failures == 1
            ? "the last message failed: \(words)"
            : "the last \(next.failures) messages failed: \(words)"
        return next
    }

    private static func pause(
        _ next: inout ProviderState,
        _ signs: [Sign],
        _ wasOnTrial: Bool,
        _ hasAlternative: Bool
    ) -> Span? {
        if next.failures >= limit || (wasOnTrial && next.pauses > 0) {
            next.pauses += 1
            let doubled = firstPause.microseconds << Int64(min(next.pauses - 1, 10))
            return Span(microseconds: min(doubled, longestPause.microseconds))
        }
        let isUnusable = !signs.contains(.works)
        return isUnusable && (hasAlternative || wasOnTrial) ? shortPause : nil
    }
}
