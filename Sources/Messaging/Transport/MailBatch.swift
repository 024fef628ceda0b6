// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A batch of mails that several connections hand over together: each takes the next as it is free,
/// so that a slow connection holds nobody up.
final class MailBatch: Sendable {
    let mails: [OutgoingMail]
    private let mayStart: @Sendable () -> Bool
    private let state: Mutex<State>

    private struct State {
        var results: [DeliveryResult?]
        /// The mails behind the first ones, which the connections begin with.
        var position: Int
        /// Mails that a connection had taken and lost before the relay looked at them.
        var returned: [Int] = []
        /// Those among them that have no further try.
        var tried: Set<Int> = []
        var failure: String?
        var isStopped = false
    }

    /// Makes a batch; as many connections as are given begin with a mail each.
    init(
        _ mails: [OutgoingMail],
        connections: Int,
        mayStart: @escaping @Sendable () -> Bool
    ) {
        self.mails = mails
        self.mayStart = mayStart
        state = Mutex(
            State(
                results: Array(repeating: nil, count: mails.count),
                position: min(connections, mails.count)
            )
        )
    }

    /// The first mail of a connection; nil when there is none for it, or nothing may start.
    func first(_ connection: Int) -> Int? {
        guard connection < mails.count else { return nil }
        return state.withLock { mayGoOn(&$0) ? connection : nil }
    }

    /// The next mail; nil when there is none, or nothing may start any more.
    func next() -> Int? {
        state.withLock { state in
            guard !state.returned.isEmpty || state.position < mails.count, mayGoOn(&state) else {
                return nil
            }
            if let index = state.returned.popLast() { return index }
            state.position += 1
            return state.position - 1
        }
    }

    /// Notes what became of a mail.
    func finish(_ index: Int, _ result: DeliveryResult) {
        state.withLock { $0.results[index] = result }
    }

    /// Puts a mail back that the relay has not looked at, for one more try: a kept connection is
    /// often found closed.
    func giveBack(_ index: Int, _ failure: SMTPFailure) {
        state.withLock { state in
            guard state.tried.insert(index).inserted else {
                state.results[index] = .notHandedOver(reason: failure.description)
                return
            }
            state.returned.append(index)
        }
    }

    /// Puts a mail back whose connection could not be made; others may get through to the relay.
    func giveUp(_ index: Int, _ failure: SMTPFailure) {
        state.withLock { state in
            state.returned.append(index)
            state.failure = failure.description
        }
    }

    /// What became of all mails, in their order.
    var results: [DeliveryResult] {
        state.withLock { state in
            let rest: DeliveryResult =
                state.isStopped
                ? .notStarted : state.failure.map { .notHandedOver(reason: $0) } ?? .notStarted
            return state.results.map { $0 ?? rest }
        }
    }

    private func mayGoOn(_ state: inout State) -> Bool {
        if !state.isStopped { state.isStopped = !mayStart() }
        return !state.isStopped
    }
}
