// SPDX-License-Identifier: Apache-2.0
internal import Common

/// By which provider the next messages of a send go, or until when they wait.
///
/// Pure.
enum RouteChoice: Sendable, Hashable {
    /// Through a provider, at most so many.
    case go(Provider, limit: Int)
    /// None before a moment, for a reason; the provider is the one that is waited for.
    case wait(Provider, until: Instant, reason: String)

    /// What is known of a provider, in the order of preference.
    struct Candidate: Sendable, Hashable {
        var provider: Provider
        var name: String
        var state: ProviderState
        /// Whether a send with a higher priority waits for its cap.
        var isWanted = false
    }

    /// Workers look for due tasks each second: who has the higher priority comes first.
    static let courtesy = Span.seconds(2)
    /// A provider that a person paused is looked at again, though resuming it wakes who waits.
    static let patience = Span.hours(1)

    /// Chooses the first that may take something; nil without candidates.
    static func choose(
        _ candidates: [Candidate],
        most: Int,
        at now: Instant
    ) -> RouteChoice? {
        var waits: [(provider: Provider, until: Instant, reason: String)] = []
        for candidate in candidates {
            switch candidate.allowance(most, at: now) {
            case .go(let limit): return .go(candidate.provider, limit: limit)
            case .wait(let until, let reason): waits.append((candidate.provider, until, reason))
            }
        }
        return waits.min { $0.until < $1.until }
            .map { .wait($0.provider, until: $0.until, reason: $0.reason) }
    }
}

extension RouteChoice.Candidate {
    enum Allowance {
        case go(Int)
        case wait(Instant, String)
    }

    func allowance(_ most: Int, at now: Instant) -> Allowance {
        let reason = state.reason ?? "someone paused it"
        if state.isPaused(at: now) {
            guard let until = state.pausedUntil else {
                return .wait(
                    now + RouteChoice.patience,
                    "\(name) is paused until someone resumes it: \(reason)"
                )
            }
            return .wait(until, "\(name) is paused until then: \(reason)")
        }
        let limit = state.isOnTrial(at: now) ? 1 : most
        guard let cap = state.cap else { return .go(limit) }
        switch Pace(rate: cap).allowance(state.usage, at: now) {
        case .messages where isWanted:
            return .wait(now + RouteChoice.courtesy, "sends with a higher priority go first")
        case .messages(let count): return .go(min(limit, count))
        case .until(let next, _):
            return .wait(next, "\(name) takes at most \(cap) messages an hour")
        }
    }
}
