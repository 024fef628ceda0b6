// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Synchronization
internal import Tasks

/// Plans a send: one interaction for everyone in the audience, the eligible pending, the others
/// decided at once (spec/campaigns.md).
///
/// Goes through the audience in chunks of one transaction; the next chunk is read while one is
/// written.
struct SendPlanner: Sendable {
    static let chunk = 2_000
    /// The largest chunk, when nobody else waits to write.
    static let longestChunk = 16_000

    /// A send of so many people changes what a server should know of the table.
    static let large: Int64 = 5_000

    let run: TaskRun
    let send: SendID
    let campaign: Campaign
    let table: ProfileTable
    let audience: SendAudience
    /// When the send began: what its conditions count from.
    let beganAt: Instant
    /// The local time of each recipient; nil for at once.
    let recipientTime: RecipientTime?
    /// The version of a split test.
    let version: String?

    /// Plans everything behind a profile.
    func plan(after start: ProfileID) async throws {
        let (ground, source) = try await run.database.read { connection in
            (
                try PlanGround(campaign, table, at: beganAt, in: connection),
                try AudienceReader(audience, of: table, at: beganAt, in: connection)
            )
        }
        let rules = PlanRules(
            eligibility: try await recall(ground.eligibility(at: beganAt)),
            times: recipientTime.map { LocalTimes($0, from: beganAt) }
        )
        let reader = PlanReader(source: source, ground: ground, database: run.database)
        var size = SendPlanner.chunk
        var planned: Int64 = 0
        var next = try await reader.chunk(after: start, limit: size, nil)
        while let chunk = next, let end = chunk.members.last?.profile {
            let limit = size
            async let following = reader.chunk(after: end, limit: limit, chunk.screens)
            planned += Int64(chunk.members.count)
            let isAlone = try await write(chunk, ground, rules, end, total: planned)
            try run.failpoints.pass("send.chunk")
            next = try await following
            size = isAlone ? min(size * 2, SendPlanner.longestChunk) : SendPlanner.chunk
        }
        if planned >= SendPlanner.large { try await noteGrowth() }
    }

    /// Lets a server know the table as it is now: the delivery asks it for the next few messages again
    /// and again.
    private func noteGrowth() async throws {
        let workspace = run.task.workspace
        try await run.database.write { [send] transaction in
            let last: Int64? = try transaction.value(
                "SELECT max(id) FROM interaction WHERE workspace_id = $1 AND send_id = $2",
                [workspace, send]
            )
            if let last { try transaction.noteGrowth(of: "interaction", at: last, in: workspace) }
        }
    }

    /// Notes the addresses that have a recipient from before an interruption.
    private func recall(_ eligibility: Eligibility) async throws -> Eligibility {
        guard campaign.rules.sendsOncePerAddress else { return eligibility }
        return try await run.database.read { connection in
            var eligibility = eligibility
            try connection.each(
                """
                SELECT address, state, status FROM interaction
                WHERE workspace_id = $1 AND send_id = $2
                """,
                [run.task.workspace, send]
            ) { cursor in
                let isUser =
                    cursor.text(1) == InteractionState.pending.rawValue
                    || SendPlanner.users.contains(cursor.text(2) ?? "")
                if isUser, let address = cursor.text(0) { eligibility.use(address) }
                return true
            }
            return eligibility
        }
    }

    /// The statuses that are judged after an address was taken.
    private static let users: Set<String> = [
        EmailStatus.commercialPressure.rawValue, EmailStatus.controlSample.rawValue,
        EmailStatus.noFilterLimitReached.rawValue,
    ]

    /// Writes a chunk; gives whether nobody else waited to write meanwhile.
    private func write(
        _ chunk: PlanReader.Chunk,
        _ ground: PlanGround,
        _ rules: PlanRules,
        _ end: ProfileID,
        total: Int64
    ) async throws -> Bool {
        try await run.database.write(.bulk) { transaction in
            try rules.use { eligibility, times in
                try write(chunk, ground, &eligibility, &times, transaction)
            }
            try run.save(
                checkpoint: SendCheckpoint(plannedTo: end, isPlanned: false),
                done: 0,
                total: total,
                in: transaction
            )
            return !transaction.othersAreWaiting
        }
    }

    private func write(
        _ chunk: PlanReader.Chunk,
        _ ground: PlanGround,
        _ eligibility: inout Eligibility,
        _ times: inout LocalTimes?,
        _ transaction: Transaction
    ) throws {
        var people = chunk.people
        try ground.forgetErased(&people, in: transaction)
        try ground.addPressure(to: &people, in: transaction)
        try ground.prepare(&eligibility, at: transaction.moment, in: transaction)
        let quota = eligibility.quotaLeft
        let rows = try PlanRows(self, people.count, transaction)
        var recipients: [PressureStore.Recipient] = []
        var deltas: [CampaignMeasure: Int] = [.targeted: people.count]
        for (person, member) in zip(people, chunk.members) {
            guard let exclusion = eligibility.exclusion(of: person, on: campaign.channel) else {
                try rows.add(person, member.line, dueAt: times?.moment(in: person.zone) ?? beganAt)
                recipients.append((person.profile, person.pressure))
                continue
            }
            try rows.add(person, member.line, exclusion)
            deltas[.notSent(exclusion), default: 0] += 1
        }
        try rows.finish()
        try CampaignCounts(run.task.workspace).add(deltas, to: campaign.id, send, in: transaction)
        try ground.count(recipients, eligibility, quotaBefore: quota, in: transaction)
    }
}

/// What the planning of a send remembers from chunk to chunk.
private final class PlanRules: Sendable {
    private let state: Mutex<(Eligibility, LocalTimes?)>

    init(eligibility: Eligibility, times: LocalTimes?) {
        state = Mutex((eligibility, times))
    }

    func use(_ body: (inout Eligibility, inout LocalTimes?) throws -> Void) rethrows {
        try state.withLock { try body(&$0.0, &$0.1) }
    }
}
