// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Tasks

/// Takes the next messages of a send that may leave: by its rate, its providers' caps and health,
/// and the priorities of others.
struct DeliveryClaims: Sendable {
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
            let allowance = try RateGate(run.task.workspace, send).allowance(in: transaction)
            if case .some(.until(let next, let rate)) = allowance {
                guard try queue.nextDue(in: transaction) != nil else { return .finished }
                let reason = "it sends at most \(rate) messages an hour"
                try run.wait(until: next, reason: reason, in: transaction)
                return .waits
            }
            return try claim(allowed(allowance, size), transaction)
        }
    }

    /// Marks a group in flight while the one before is still being handed over.
    ///
    /// - Returns: Nil where something else than handing over is due: whatever ends the run or puts it
    ///   off has to wait until nothing is in flight.
    func ahead(_ size: Int, in transaction: Transaction) throws -> Group? {
        try run.guardLease(in: transaction)
        guard try run.stopRequester(in: transaction) == nil,
            try RestoreHold.reason(in: transaction) == nil
        else { return nil }
        let allowance = try RateGate(run.task.workspace, send).allowance(in: transaction)
        if case .some(.until) = allowance { return nil }
        let candidates = try candidates(waiting.priority(in: transaction), transaction)
        let most = allowed(allowance, size)
        guard
            case .go(let provider, let limit) = RouteChoice.choose(
                candidates,
                most: most,
                at: transaction.moment
            )
        else { return nil }
        return try take(limit, provider, candidates, transaction)
    }

    private func allowed(_ allowance: Pace.Allowance?, _ size: Int) -> Int {
        guard case .some(.messages(let count)) = allowance else { return size }
        return min(count, size)
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
            if let group = try take(limit, provider, candidates, transaction) {
                return .group(group)
            }
            guard let next = try queue.nextDue(in: transaction) else { return .finished }
            return try later(next, transaction)
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
    ) throws -> Group? {
        let messages = try queue.claim(limit, in: transaction)
        guard !messages.isEmpty else { return nil }
        try RateGate(run.task.workspace, send).take(messages.count, in: transaction)
        try ProviderGate(run.task.workspace, provider).take(messages.count, in: transaction)
        try waiting.leave(in: transaction)
        let others = candidates.filter {
            $0.provider != provider && !$0.state.isPaused(at: transaction.moment)
        }
        return Group(
            messages: messages,
            claimedAt: transaction.moment,
            provider: provider,
            name: candidates.first { $0.provider == provider }?.name ?? "the relay",
            hasAlternative: !others.isEmpty
        )
    }

    private func later(_ moment: Instant, _ transaction: Transaction) throws -> Claim {
        let reason = try queue.waitReason(in: transaction)
        try run.wait(until: moment, reason: reason, in: transaction)
        return .waits
    }
}
