// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// Hands a planned send over, group by group (design/protocols.md, "Send").
///
/// A group is marked in flight and committed before its first byte leaves; its results are written
/// in one transaction. What is still in flight when the program starts again is in doubt.
struct Delivery: Sendable {
    static let groupSize = 200
    /// The largest group, when a group takes a tenth of a second at most: each costs two commits.
    static let largestGroup = 800
    static let quick = Span.milliseconds(100)
    /// No message starts later than this after its group was marked.
    static let claimDeadline = Span.seconds(2)
    static let attempts = 5

    let run: TaskRun
    let send: SendID
    let campaign: Campaign
    let table: ProfileTable
    let courier: any Courier

    /// Delivers until nothing is due any more.
    ///
    /// While one group is handed over, what became of the one before is written and the one behind is
    /// claimed, in one transaction: the relay does not wait for the database.
    func deliver() async throws -> TaskOutcome {
        try await doubt()
        var size = Delivery.groupSize
        while true {
            switch try await claims.next(size) {
            case .stop(let who): return try await end(stoppedBy: who)
            case .held(let reason): return .held(reason: reason)
            case .waits: return .endedInTransaction
            case .finished: return try await end(stoppedBy: nil)
            case .group(let group): size = try await handOver(from: group, size)
            }
        }
    }

    /// Hands over a group and those that can be claimed meanwhile; gives the size of the next.
    private func handOver(
        from first: DeliveryClaims.Group,
        _ size: Int
    ) async throws -> Int {
        var size = size
        var unwritten: Handed?
        var goesOn = false
        var next: DeliveryClaims.Group? = first
        try run.failpoints.pass("send.claimed")
        while let group = next {
            let began = run.database.time.now()
            async let handed = handOver(group)
            next = try await conclude(unwritten, claiming: goesOn ? size : 0)
            let last = Handed(group: group, results: try await handed)
            goesOn = courier.goesAhead && last.isHealthy && group.messages.count == size
            let length = run.database.time.now() - began
            size = Delivery.size(after: last.results, of: size, in: length)
            unwritten = last
            guard next == nil, goesOn else { continue }
            next = try await conclude(last, claiming: size)
            unwritten = nil
        }
        _ = try await conclude(unwritten, claiming: 0)
        return size
    }

    /// A group, and what became of it.
    private struct Handed: Sendable {
        var group: DeliveryClaims.Group
        var results: [HandedOver]

        /// Whether the provider works, so that more can be claimed before this is written.
        var isHealthy: Bool {
            results.allSatisfy { !$0.sign.isFailure && $0.verdict != .untouched }
        }
    }

    private var claims: DeliveryClaims { DeliveryClaims(run: run, send: send, courier: courier) }

    /// Smaller groups when the deadline kept messages back, so that a slow relay gets through them.
    static func size(after handed: [HandedOver], of size: Int, in length: Span) -> Int {
        if handed.contains(where: { $0.verdict == .untouched }) { return max(1, size / 2) }
        guard length > .zero, length <= quick else {
            return size > groupSize ? max(groupSize, size / 2) : min(groupSize, size * 2)
        }
        return min(largestGroup, size * 2)
    }

    /// Writes what became of a group, and claims and composes another of a size where that is possible
    /// at once.
    private func conclude(
        _ unwritten: Handed?,
        claiming size: Int
    ) async throws -> DeliveryClaims.Group? {
        guard unwritten != nil || size > 0 else { return nil }
        let next = try await run.database.write { [claims] transaction in
            if let unwritten { try record(unwritten, in: transaction) }
            return size > 0 ? try claims.ahead(size, in: transaction) : nil
        }
        if unwritten != nil { try run.failpoints.pass("send.recorded") }
        guard let next else { return nil }
        try run.failpoints.pass("send.claimed")
        await courier.prepare(next.messages)
        return next
    }

    /// What was in flight when the program stopped is in doubt.
    private func doubt() async throws {
        try await run.database.write { [run, send, campaign] transaction in
            try run.guardLease(in: transaction)
            try SendStore(run.task.workspace).doubt(
                send,
                of: campaign.id,
                "in flight when the program stopped",
                in: transaction
            )
        }
    }

    /// The deadline counts from the claim: whoever stops a send waits as long from the stop on.
    private func handOver(_ group: DeliveryClaims.Group) async throws -> [HandedOver] {
        let time = run.database.time
        return try await courier.handOver(group.messages, to: group.provider) {
            time.now() - group.claimedAt <= Delivery.claimDeadline
        }
    }

    private func record(_ last: Handed, in transaction: Transaction) throws {
        let (group, handed) = (last.group, last.results)
        let paused = try ProviderGate(run.task.workspace, group.provider).note(
            handed.map(\.sign),
            hasAlternative: group.hasAlternative,
            in: transaction
        )
        let writer = DeliveryRecorder(
            workspace: run.task.workspace,
            table: table,
            channel: campaign.channel,
            goesElsewhere: paused != nil && group.hasAlternative
        )
        try writer.record(group.messages, handed, in: transaction)
        let given = zip(group.messages, handed).filter { $1.verdict.isGivenUp }.map(\.0)
        try PressureRelease(workspace: run.task.workspace, campaign: campaign)
            .release(given, in: transaction)
        try run.guardLease(in: transaction)
        if let paused, let reason = paused.reason, let until = paused.pausedUntil {
            let words = "\(group.name) is paused until \(until): \(reason)."
            try run.store.log(words, of: run.task.id, in: transaction)
        }
        try transaction.execute(
            """
            UPDATE task SET progress_done = progress_done + $3
            WHERE workspace_id = $1 AND id = $2
            """,
            [run.task.workspace, run.task.id, handed.count { $0.verdict.isFinal }]
        )
    }

    private func end(stoppedBy who: String?) async throws -> TaskOutcome {
        try await run.database.write { [run, send, campaign] transaction in
            try ProviderQueue(workspace: run.task.workspace, send: send).leave(in: transaction)
            if who != nil {
                try PressureRelease(workspace: run.task.workspace, campaign: campaign)
                    .releaseOpen(of: send, in: transaction)
                let count = try transaction.execute(
                    """
                    UPDATE interaction SET state = 'stopped', event_at = $3, next_at = NULL
                    WHERE workspace_id = $1 AND send_id = $2 AND state IN ('pending', 'retry')
                    """,
                    [run.task.workspace, send, transaction.moment]
                )
                try CampaignCounts(run.task.workspace)
                    .add([.stopped: count], to: campaign.id, send, in: transaction)
            }
            let ledger = try SendStore(run.task.workspace).ledger(of: send, in: transaction)
            guard ledger.closes, ledger.pending == 0 else {
                throw CampaignError.ledgerOpen("\(ledger.targeted) targeted, \(ledger.sent) sent")
            }
            try run.end(try SendEnding(ledger, stoppedBy: who).ending(), in: transaction)
            try transaction.execute(
                """
                UPDATE send SET state = $3, finished_at = $4
                WHERE workspace_id = $1 AND id = $2
                """,
                [
                    run.task.workspace, send, who == nil ? "sent" : "stopped",
                    transaction.moment,
                ]
            )
            // What a stop held back may be resumed.
            if ledger.inDoubt == 0, ledger.stopped == 0 {
                try SendParameterStore(workspace: run.task.workspace, send: send)
                    .forget(in: transaction)
            }
            if campaign.kind == .oneShot {
                try CampaignStore(run.task.workspace).mark(
                    campaign.id,
                    .finished,
                    sentAt: transaction.moment,
                    in: transaction
                )
            }
            try ImportTriggerStore(run.task.workspace)
                .conclude(send, stoppedBy: who, in: transaction)
            try ScheduledSendLife(workspace: run.task.workspace)
                .conclude(send, isStopped: who != nil, in: transaction)
        }
        return .endedInTransaction
    }
}
