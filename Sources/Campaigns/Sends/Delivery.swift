// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging
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
    let transport: any MessageTransport<OutgoingMail>
    private let composer: MailComposer

    init(
        run: TaskRun,
        send: SendID,
        campaign: Campaign,
        table: ProfileTable,
        transport: any MessageTransport<OutgoingMail>
    ) throws {
        self.run = run
        self.send = send
        self.campaign = campaign
        self.table = table
        self.transport = transport
        composer = try MailComposer(campaign: campaign, table: table, run: run)
    }

    /// Delivers until nothing is due any more.
    func deliver() async throws -> TaskOutcome {
        try await doubt()
        var place = Place()
        while true {
            switch try await claim(place) {
            case .stop(let who): return try await end(stoppedBy: who)
            case .held(let reason): return .held(reason: reason)
            case .group(let group) where group.isEmpty: return try await conclude()
            case .group(let group):
                try run.failpoints.pass("send.claimed")
                let verdicts = try await handOver(group)
                place.move(behind: group, verdicts)
                try run.failpoints.pass("send.recorded")
            }
        }
    }

    /// How far a delivery has come, and how much it takes at once.
    struct Place {
        var last = InteractionID(0)
        var size = Delivery.groupSize

        /// Goes on behind a group, or at the first message of it that the deadline kept back;
        /// then with a smaller group, so that a slow relay gets through it.
        mutating func move(behind group: [Interaction], _ verdicts: [Verdict]) {
            if let first = verdicts.firstIndex(of: .untouched) {
                size = max(1, size / 2)
                last = InteractionID(group[first].id.value - 1)
            } else if let end = group.last?.id {
                size = min(Delivery.groupSize, size * 2)
                last = end
            }
        }
    }

    private enum Claim: Sendable {
        case stop(by: String)
        case held(reason: String)
        case group([Interaction])
    }

    /// What was in flight when the program stopped is in doubt.
    private func doubt() async throws {
        try await run.database.write { [run, send] transaction in
            try run.guardLease(in: transaction)
            try transaction.execute(
                """
                UPDATE interaction SET state = 'inDoubt', detail = $3, event_at = $4
                WHERE workspace_id = $1 AND send_id = $2 AND state = 'inFlight'
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
    private func claim(_ place: Place) async throws -> Claim {
        try await run.database.write { [run, send] transaction in
            try run.guardLease(in: transaction)
            if let who = try run.stopRequester(in: transaction) { return .stop(by: who) }
            if let reason = try RestoreHold.reason(in: transaction) {
                return .held(reason: reason)
            }
            let rows = try transaction.rows(
                """
                SELECT \(Interaction.columns) FROM interaction
                WHERE workspace_id = $1 AND send_id = $2 AND id > $3
                    AND (state = 'pending' OR (state = 'retry' AND next_at <= $4))
                ORDER BY id LIMIT $5
                """,
                [run.task.workspace, send, place.last, transaction.moment, place.size]
            )
            let group = try rows.map(Interaction.init)
            let writer = try transaction.update(
                of: "interaction",
                columns: ["state", "attempts"],
                key: "id",
                within: [("workspace_id", run.task.workspace.sql)]
            )
            for interaction in group {
                writer.value(InteractionState.inFlight.sql)
                writer.value((interaction.attempts + 1).sql)
                writer.value(interaction.id.sql)
                try writer.endRow()
            }
            try writer.finish()
            return .group(group)
        }
    }

    private func handOver(_ group: [Interaction]) async throws -> [Verdict] {
        let start = run.database.time.now()
        let composed = try await composer.compose(group)
        try run.database.witness()
        try run.failpoints.pass("send.witnessed")
        let time = run.database.time
        let mails = composed.compactMap(\.mail)
        let results = await transport.deliver(mails) {
            time.now() - start <= Delivery.claimDeadline
        }
        try run.failpoints.pass("send.handedOver")
        var verdicts: [Verdict] = []
        var next = 0
        for (position, item) in composed.enumerated() {
            if let status = item.failure {
                verdicts.append(.given(up: status, detail: item.detail))
            } else {
                verdicts.append(
                    Verdict(results[next], attempts: group[position].attempts + 1)
                )
                next += 1
            }
        }
        try await record(group, verdicts)
        return verdicts
    }

    private func record(_ group: [Interaction], _ verdicts: [Verdict]) async throws {
        try await run.database.write { [run, table, verdicts] transaction in
            let writer = DeliveryRecorder(workspace: run.task.workspace, table: table)
            try writer.record(group, verdicts, in: transaction)
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

    /// Ends the send, or waits for the next try of what was refused for now.
    private func conclude() async throws -> TaskOutcome {
        let next = try await run.database.read { [run, send] connection -> Instant? in
            let value: Instant?? = try connection.value(
                """
                SELECT min(next_at) FROM interaction
                WHERE workspace_id = $1 AND send_id = $2 AND state = 'retry'
                """,
                [run.task.workspace, send]
            )
            return value ?? nil
        }
        if let next { return .waiting(until: next, reason: "some messages were refused for now") }
        return try await end(stoppedBy: nil)
    }

    private func end(stoppedBy who: String?) async throws -> TaskOutcome {
        try await run.database.write { [run, send] transaction in
            if who != nil {
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
            try ImportTriggerStore(run.task.workspace)
                .conclude(send, stoppedBy: who, in: transaction)
        }
        return .endedInTransaction
    }
}
