// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Who got a scheduled send and who did not (spec/campaigns.md, "Stop").
///
/// Targeted = sent + in flight + never sent.
public struct SendReceipt: Sendable, Hashable {
    /// One of the three lists.
    public enum List: String, Sendable, CaseIterable {
        /// Handed over, those that bounced included.
        case sent
        /// Handed over without an answer yet, or in doubt: perhaps received.
        case inFlight
        /// Held back by the stop, left out, or still to come.
        case neverSent

        /// The states whose interactions stand in the list.
        var states: [InteractionState] {
            switch self {
            case .sent: [.sent, .ready]
            case .inFlight: [.inFlight, .inDoubt]
            case .neverSent: [.pending, .retry, .stopped, .notSent]
            }
        }
    }

    /// Everyone in the audience.
    public var targeted = 0
    /// How many it was handed over for.
    public var sent = 0
    /// For how many nobody knows yet, or ever will.
    public var inFlight = 0
    /// How many it never left for.
    public var neverSent = 0
    /// Of those never sent, how many were left out by a rule or something wrong, not by a stop.
    public var excluded = 0
    /// Whether nothing of it will change any more.
    public var isFinal = false

    /// Makes an empty receipt.
    public init() {}
}

extension ScheduledSendStore {
    /// The receipt of a scheduled send, at any time.
    ///
    /// One that never began targeted as many as its size.
    ///
    /// - Throws: ``CampaignError/noSuchScheduledSend(_:)``.
    public func receipt(
        of id: ScheduledSendID,
        in connection: Connection
    ) throws -> SendReceipt {
        let send = try scheduledSend(id, in: connection)
        let totals = try SendStore(workspace).standing(of: send.send, in: connection)
        return SendReceipt(send, totals)
    }

    /// The interactions of one list of a receipt, in the order of their ids, behind one of them.
    public func entries(
        _ list: SendReceipt.List,
        of id: ScheduledSendID,
        after: InteractionID = InteractionID(0),
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [Interaction] {
        let send = try scheduledSend(id, in: connection)
        return try SendStore(workspace).interactions(
            of: send.send,
            in: list.states,
            after: after,
            limit: limit,
            in: connection
        )
    }

    /// Cancels a scheduled send and waits until no message can leave any more: at most two seconds.
    ///
    /// - Parameters:
    ///   - id: The scheduled send.
    ///   - context: The call.
    ///   - database: The database.
    ///   - pause: Waits for a while.
    /// - Returns: The receipt.
    /// - Throws: As ``change(_:_:by:in:)``.
    @discardableResult
    public func cancel(
        _ id: ScheduledSendID,
        by context: Context,
        on database: Database,
        pause: @Sendable (Span) async throws -> Void = ScheduledSendStore.sleep
    ) async throws -> SendReceipt {
        try await database.write { transaction in
            let change = ScheduledSendChange(isCancelled: true)
            try self.change(id, change, by: context, in: transaction)
        }
        return try await settle(id, on: database, pause: pause)
    }

    /// Waits until no message of a cancelled send can leave any more: until nothing is in flight, or
    /// the deadline of what was claimed before has passed (design/protocols.md, "Send").
    ///
    /// Called once the cancellation is committed; what began before then goes its way.
    ///
    /// - Returns: The receipt.
    /// - Throws: ``CampaignError/noSuchScheduledSend(_:)``.
    public func settle(
        _ id: ScheduledSendID,
        on database: Database,
        pause: @Sendable (Span) async throws -> Void = ScheduledSendStore.sleep
    ) async throws -> SendReceipt {
        let send = try await database.read { try scheduledSend(id, in: $0) }
        let deadline = database.time.now() + Delivery.claimDeadline
        while database.time.now() <= deadline {
            let isBusy = try await database.read { connection in
                try SendQueue(workspace: workspace, send: send.send).isBusy(in: connection)
            }
            guard isBusy else { break }
            try await pause(.milliseconds(50))
        }
        return try await database.read { try receipt(of: id, in: $0) }
    }

    /// Sleeps by the machine's clock.
    public static let sleep: @Sendable (Span) async throws -> Void = { span in
        try await Task.sleep(for: .microseconds(span.microseconds))
    }
}

extension SendReceipt {
    /// Adds the lists up from the states of a send's interactions.
    init(_ send: ScheduledSend, _ totals: [InteractionState: Int]) {
        func total(_ list: List) -> Int { list.states.reduce(0) { $0 + (totals[$1] ?? 0) } }
        (sent, inFlight, neverSent) = (total(.sent), total(.inFlight), total(.neverSent))
        if send.beganAt == nil { neverSent = send.size }
        targeted = sent + inFlight + neverSent
        excluded = totals[.notSent] ?? 0
        let open: [InteractionState] = [.pending, .retry, .inFlight]
        isFinal = send.isEnded && open.allSatisfy { totals[$0] ?? 0 == 0 }
    }
}
