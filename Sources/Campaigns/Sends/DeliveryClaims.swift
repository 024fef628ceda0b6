// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Tasks

/// Takes the next messages of a send that may leave: by its rate, its providers' caps and health,
/// and the priorities of others.
struct DeliveryClaims {
    let run: TaskRun
    let send: SendID
    let courier: any Courier

    /// What a claim came to.
    enum Claim: Sendable {
        case stop(by: String)
        case held(reason: String)
        /// The task was put back until something is due.
        case waits
        case finished
        case group(Group)
    }

    /// Messages that are marked in flight for one provider.
    struct Group: Sendable {
        var messages: [Interaction]
        var claimedAt: Instant
        var provider: Provider
        var name: String
        /// Whether other providers could take what this one does not.
        var hasAlternative: Bool
    }

    /// Marks the next group in flight, unless someone asked to stop or a restore is not accepted:
    /// then nothing more leaves.
    func next(_ size: Int) async throws -> Claim {
        try await run.database.write { [self] transaction in
            try run.guardLease(in: transaction)
            if let who = try run.stopRequester(in: transaction) { return .stop(by: who) }
            if let reason = try RestoreHold.reason(in: transaction) {
                return .held(reason: reason)
            }
            switch try RateGate(run.task.workspace, send).allowance(in: transaction) {
            case .some(.until(let next, let rate)):
                guard try queue.nextDue(in: transaction) != nil else { return .finished }
                let reason = "it sends at most \(rate) messages an hour"
                try run.wait(until: next, reason: reason, in: transaction)
                return .waits
            case .some(.messages(let count)): return try claim(min(count, size), transaction)
            case .none: return try claim(size, transaction)
            }
        }
    }

    private var queue: SendQueue { SendQueue(workspace: run.task.workspace, send: send) }
    private var waiting: ProviderQueue {
        ProviderQueue(workspace: run.task.workspace, send: send)
    }

    private func claim(_ most: Int, _ transaction: Transaction) throws -> Claim {
        let priority = try waiting.priority(in: transaction)
        let candidates = try candidates(priority, transaction)
        switch RouteChoice.choose(candidates, most: most, at: transaction.moment) {
        case .none: throw CampaignError.noSuchRelay("for this send")
        case .wait(let provider, let until, let reason):
            guard let next = try queue.nextDue(in: transaction) else { return .finished }
            guard next <= transaction.moment else { return try later(next, transaction) }
            try waiting.enter(provider, until: until, priority, in: transaction)
            try run.wait(until: until, reason: reason, in: transaction)
            return .waits
        case .go(let provider, let limit):
            return try take(limit, provider, candidates, transaction)
        }
    }

    private func candidates(
        _ priority: Int,
        _ transaction: Transaction
    ) throws -> [RouteChoice.Candidate] {
        try courier.providers(in: transaction).map { provider, name in
            let state = try ProviderGate(run.task.workspace, provider).state(in: transaction)
            let isWanted =
                try state.cap != nil
                && waiting.isWanted(provider, by: priority, in: transaction)
            return RouteChoice.Candidate(
                provider: provider,
                name: name,
                state: state,
                isWanted: isWanted
            )
        }
    }

    private func take(
        _ limit: Int,
        _ provider: Provider,
        _ candidates: [RouteChoice.Candidate],
        _ transaction: Transaction
    ) throws -> Claim {
        let messages = try queue.claim(limit, in: transaction)
        guard !messages.isEmpty else {
            guard let next = try queue.nextDue(in: transaction) else { return .finished }
            return try later(next, transaction)
        }
        try RateGate(run.task.workspace, send).take(messages.count, in: transaction)
        try ProviderGate(run.task.workspace, provider).take(messages.count, in: transaction)
        try waiting.leave(in: transaction)
        let others = candidates.filter {
            $0.provider != provider && !$0.state.isPaused(at: transaction.moment)
        }
        let group = Group(
            messages: messages,
            claimedAt: transaction.moment,
            provider: provider,
            name: candidates.first { $0.provider == provider }?.name ?? "the relay",
            hasAlternative: !others.isEmpty
        )
        return .group(group)
    }

    private func later(_ moment: Instant, _ transaction: Transaction) throws -> Claim {
        let reason = try queue.waitReason(in: transaction)
        try run.wait(until: moment, reason: reason, in: transaction)
        return .waits
    }
}
