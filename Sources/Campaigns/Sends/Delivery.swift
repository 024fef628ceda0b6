// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// Hands a planned send over, group by group (design/protocols.md, "Send").
///
/// A group is marked in flight and committed before its first byte leaves; its results are written
/// in one transaction. What is still in flight when the program starts again is in doubt.
struct Delivery {
    static let groupSize = 200
    /// No message starts later than this after its group was marked.
    static let claimDeadline = Span.seconds(2)
    static let attempts = 5

    let run: TaskRun
    let send: SendID
    let campaign: Campaign
    let table: ProfileTable
    let courier: any Courier

    /// Delivers until nothing is due any more.
    func deliver() async throws -> TaskOutcome {
        try await doubt()
        var size = Delivery.groupSize
        while true {
            switch try await claim(size) {
            case .stop(let who): return try await end(stoppedBy: who)
            case .held(let reason): return .held(reason: reason)
            case .waits: return .endedInTransaction
            case .finished: return try await end(stoppedBy: nil)
            case .group(let group, let moment):
                try run.failpoints.pass("send.claimed")
                let verdicts = try await handOver(group, claimedAt: moment)
                size = Delivery.size(after: verdicts, of: size)
                try run.failpoints.pass("send.recorded")
            }
        }
    }

    /// Smaller groups when the deadline kept messages back, so that a slow relay gets through them.
    private static func size(after verdicts: [Verdict], of size: Int) -> Int {
        verdicts.contains(.untouched) ? max(1, size / 2) : min(Delivery.groupSize, size * 2)
    }

    private enum Claim: Sendable {
        case stop(by: String)
        case held(reason: String)
        /// The task was put back until something is due.
        case waits
        case finished
        case group([Interaction], at: Instant)
    }

    /// What was in flight when the program stopped is in doubt.
    private func doubt() async throws {
        try await run.database.write { [run, send] transaction in
            try run.guardLease(in: transaction)
            try TextLedger(run.task.workspace).settleInFlight(of: send, in: transaction)
            try transaction.execute(
                """
                UPDATE interaction SET state = 'inDoubt', detail = $3, event_at = $4,
                    next_at = NULL
                WHERE workspace_id = $1 AND send_id = $2 AND state = 'inFlight'
                    AND next_at IS NOT NULL
                """,
                [
                    run.task.workspace, send, "in flight when the program stopped",
                    transaction.moment,
                ]
            )
        }
    }

    /// Marks the next group in flight, unless someone asked to stop or a restore is not
    /// accepted: then nothing more leaves.
    private func claim(_ size: Int) async throws -> Claim {
        try await run.database.write { [run, send] transaction in
            try run.guardLease(in: transaction)
            if let who = try run.stopRequester(in: transaction) { return .stop(by: who) }
            if let reason = try RestoreHold.reason(in: transaction) {
                return .held(reason: reason)
            }
            let queue = SendQueue(workspace: run.task.workspace, send: send)
            let group: [Interaction]
            switch try RateGate(run.task.workspace, send).allowance(in: transaction) {
            case .some(.until(let next, let rate)):
                guard try queue.nextDue(in: transaction) != nil else { return .finished }
                let reason = "it sends at most \(rate) messages an hour"
                try run.wait(until: next, reason: reason, in: transaction)
                return .waits
            case .some(.messages(let count)):
                group = try queue.claim(min(count, size), in: transaction)
                try RateGate(run.task.workspace, send).take(group.count, in: transaction)
            case .none: group = try queue.claim(size, in: transaction)
            }
            guard group.isEmpty else { return .group(group, at: transaction.moment) }
            guard let next = try queue.nextDue(in: transaction) else { return .finished }
            let reason = try queue.waitReason(in: transaction)
            try run.wait(until: next, reason: reason, in: transaction)
            return .waits
        }
    }

    /// The deadline counts from the claim: whoever stops a send waits as long from the stop on.
    private func handOver(
        _ group: [Interaction],
        claimedAt start: Instant
    ) async throws -> [Verdict] {
        let time = run.database.time
        let verdicts = try await courier.handOver(group, run) {
            time.now() - start <= Delivery.claimDeadline
        }
        try await record(group, verdicts)
        return verdicts
    }

    private func record(_ group: [Interaction], _ verdicts: [Verdict]) async throws {
        try await run.database.write { [run, table, campaign, verdicts] transaction in
            let writer = DeliveryRecorder(
                workspace: run.task.workspace,
                table: table,
                channel: campaign.channel
            )
            try writer.record(group, verdicts, in: transaction)
            let given = zip(group, verdicts).filter { $1.isGivenUp }.map(\.0)
            try PressureRelease(workspace: run.task.workspace, campaign: campaign)
                .release(given, in: transaction)
            try run.guardLease(in: transaction)
            try transaction.execute(
                """
                UPDATE task SET progress_done = progress_done + $3
                WHERE workspace_id = $1 AND id = $2
                """,
                [run.task.workspace, run.task.id, verdicts.count { $0.isFinal }]
            )
        }
    }

    private func end(stoppedBy who: String?) async throws -> TaskOutcome {
        try await run.database.write { [run, send, campaign] transaction in
            if who != nil {
                try PressureRelease(workspace: run.task.workspace, campaign: campaign)
                    .releaseOpen(of: send, in: transaction)
                try transaction.execute(
                    """
                    UPDATE interaction SET state = 'stopped', event_at = $3, next_at = NULL
                    WHERE workspace_id = $1 AND send_id = $2 AND state IN ('pending', 'retry')
                    """,
                    [run.task.workspace, send, transaction.moment]
                )
            }
            let ledger = try SendStore(run.task.workspace).ledger(of: send, in: transaction)
            guard ledger.closes, ledger.pending == 0 else {
                throw CampaignError.ledgerOpen("\(ledger.targeted) targeted, \(ledger.sent) sent")
            }
            try run.end(try SendEnding(ledger, stoppedBy: who).ending(), in: transaction)
            try transaction.execute(
                """
                UPDATE send SET state = $3, counts = $4, finished_at = $5
                WHERE workspace_id = $1 AND id = $2
                """,
                [
                    run.task.workspace, send, who == nil ? "sent" : "stopped",
                    JSONColumn(ledger), transaction.moment,
                ]
            )
            if ledger.inDoubt == 0 {
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
