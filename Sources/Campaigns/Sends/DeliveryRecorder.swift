// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging

/// Writes what became of a group of messages, in one transaction.
struct DeliveryRecorder {
    let workspace: WorkspaceID
    let table: ProfileTable
    let channel: Channel
    /// Whether what the provider did not take goes to another at once.
    let goesElsewhere: Bool

    func record(
        _ group: [Interaction],
        _ handed: [HandedOver],
        in transaction: Transaction
    ) throws {
        let stamp = try transaction.stamp()
        let writer = try transaction.update(
            of: "interaction",
            columns: DeliveryRecorder.columns,
            key: "id",
            within: [("workspace_id", workspace.sql)]
        )
        for (interaction, item) in zip(group, handed) {
            let row = DeliveryRow(
                item.verdict,
                triesAtOnce: goesElsewhere && item.sign.isFailure,
                attempts: interaction.attempts + 1,
                moment: transaction.moment,
                stamp: stamp
            )
            for value in row.values { writer.value(value) }
            writer.value(interaction.id.sql)
            try writer.endRow()
        }
        try writer.finish()
        let verdicts = handed.map(\.verdict)
        try recordBounces(group, verdicts, in: transaction)
        if channel == .sms { try recordTexts(group, verdicts, in: transaction) }
        try forgetErased(group, in: transaction)
        try count(group, verdicts, in: transaction)
        guard let recency = channel.recency else { return }
        let reached = zip(group, handed).filter { $1.verdict.reached }.map(\.0.profile)
        try RecencyStore(table).touch(
            recency,
            of: reached,
            at: transaction.moment,
            in: transaction
        )
    }

    private func count(
        _ group: [Interaction],
        _ verdicts: [Verdict],
        in transaction: Transaction
    ) throws {
        guard let first = group.first else { return }
        var deltas: [CampaignMeasure: Int] = [:]
        for verdict in verdicts {
            switch verdict {
            case .ready: deltas[.ready, default: 0] += 1
            case .sent, .bounced, .failed: deltas[.sent, default: 0] += 1
            case .given(let exclusion, _): deltas[.notSent(exclusion), default: 0] += 1
            case .inDoubt: deltas[.inDoubt, default: 0] += 1
            case .retry, .untouched: break
            }
        }
        try CampaignCounts(workspace).add(deltas, to: first.campaign, first.send, in: transaction)
    }

    /// What texts did cost, and what gateways refused.
    private func recordTexts(
        _ group: [Interaction],
        _ verdicts: [Verdict],
        in transaction: Transaction
    ) throws {
        try TextLedger(workspace).settle(group, verdicts, in: transaction)
        let failures = zip(group, verdicts).compactMap { interaction, verdict -> Activity? in
            guard case .failed(let failure, let reply) = verdict else { return nil }
            return Activity(
                .deliveryFailed,
                of: interaction.id,
                category: TextFailure.category,
                status: failure.rawValue,
                detail: reply
            )
        }
        try ActivityStore(workspace).record(failures, in: transaction)
        let taken = zip(group, verdicts).filter { $1.isSent }.map(\.0)
        try TextFailures(workspace).mark(taken, in: transaction)
    }

    /// Those refused for good are events too, and go into quarantine.
    private func recordBounces(
        _ group: [Interaction],
        _ verdicts: [Verdict],
        in transaction: Transaction
    ) throws {
        var activities: [Activity] = []
        for (interaction, verdict) in zip(group, verdicts) {
            guard case .bounced(let status, let reply) = verdict else { continue }
            activities.append(
                Activity(
                    .bounce,
                    of: interaction.id,
                    category: status.category.rawValue,
                    status: status.rawValue,
                    detail: reply
                )
            )
            guard let address = interaction.address else { continue }
            let cause: QuarantineCause = status.category == .hard ? .hardBounce : .softBounce
            try QuarantineStore(workspace)
                .note(cause, .email, address, of: interaction.id, in: transaction)
        }
        try ActivityStore(workspace).record(activities, in: transaction)
    }

    /// Someone was erased while their message was in flight: a relay's words often hold the address.
    ///
    /// Contacts of a file never have one, nor words.
    private func forgetErased(_ group: [Interaction], in transaction: Transaction) throws {
        guard channel.addressRole != nil else { return }
        for id in try erased(of: group, in: transaction) {
            try transaction.execute(
                "UPDATE interaction SET detail = NULL WHERE workspace_id = $1 AND id = $2",
                [workspace, id]
            )
            try transaction.execute(
                """
                UPDATE activity SET detail = NULL
                WHERE workspace_id = $1 AND interaction_id = $2 AND detail IS NOT NULL
                """,
                [workspace, id]
            )
        }
    }

    /// Those of a group, which is in no order of ids, that have no address any more.
    private func erased(
        of group: [Interaction],
        in connection: Connection
    ) throws -> [InteractionID] {
        var erased: [InteractionID] = []
        let lookup = Lookup(
            table: "interaction",
            key: "id",
            columns: ["address"],
            keys: group.map { $0.id.sql },
            fixed: [("workspace_id", workspace.sql)],
            order: nil
        )
        try connection.lookup(lookup) { position, cursor in
            if cursor.text(0) == nil { erased.append(group[position].id) }
        }
        return erased
    }

    private static let columns = [
        "state", "category", "status", "detail", "attempts", "next_at", "event_at", "stamp",
    ]
}

/// The columns of an interaction after a verdict.
private struct DeliveryRow {
    private var state: InteractionState
    private var category: String?
    private var status: String?
    private var detail: String?
    private var attempts: Int
    private var nextAt: Instant?
    private var eventAt: Instant?
    private var stamp: Stamp?

    init(
        _ verdict: Verdict,
        triesAtOnce: Bool,
        attempts: Int,
        moment: Instant,
        stamp: Stamp
    ) {
        self.attempts = attempts
        switch verdict {
        case .ready: (state, eventAt, self.stamp) = (.ready, moment, stamp)
        case .sent(let reply):
            (state, detail, eventAt, self.stamp) = (.sent, reply, moment, stamp)
        case .bounced(let status, let reply):
            (state, detail, eventAt, self.stamp) = (.sent, reply, moment, stamp)
            (category, self.status) = (status.category.rawValue, status.rawValue)
        case .failed(let failure, let reply):
            (state, detail, eventAt, self.stamp) = (.sent, reply, moment, stamp)
            (category, self.status) = (TextFailure.category, failure.rawValue)
        case .given(let status, let words):
            (state, detail, eventAt, self.stamp) = (.notSent, words, moment, stamp)
            (category, self.status) = (status.category.rawValue, status.status)
        case .inDoubt(let reason): (state, detail, eventAt) = (.inDoubt, reason, moment)
        case .retry(let reason):
            let pause = triesAtOnce ? .zero : Verdict.pause(attempts: attempts)
            (state, detail, nextAt) = (.retry, reason, moment + pause)
        case .untouched:
            (state, nextAt) = (.pending, moment)
            self.attempts = attempts - 1
        }
    }

    var values: [SQLValue] {
        [
            state.sql, category.sql, status.sql, detail.sql, attempts.sql, nextAt.sql,
            eventAt.sql, stamp.sql,
        ]
    }
}

extension Verdict {
    /// Whether the message left for the person.
    var reached: Bool {
        switch self {
        case .sent, .bounced, .failed: true
        default: false
        }
    }

    /// Whether it was taken without a word against it.
    fileprivate var isSent: Bool {
        guard case .sent = self else { return false }
        return true
    }
}

extension ProviderHealth.Sign {
    /// Whether the provider could not be used.
    var isFailure: Bool {
        guard case .fails = self else { return false }
        return true
    }
}
