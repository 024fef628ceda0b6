// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// Plans a send: one interaction for everyone in the audience, the eligible pending, the others
/// decided at once (spec/campaigns.md).
///
/// Goes through the audience in chunks of one transaction.
struct SendPlanner {
    static let chunk = 2_000

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
    func plan(after start: ProfileID) throws {
        let ground = try run.database.readBlocking { connection in
            try PlanGround(campaign, table, at: beganAt, in: connection)
        }
        var eligibility = ground.eligibility(at: beganAt)
        try recall(&eligibility)
        var times = recipientTime.map { LocalTimes($0, from: beganAt) }
        let reader = try run.database.readBlocking { connection in
            try AudienceReader(audience, of: table, at: beganAt, in: connection)
        }
        var last = start
        var planned: Int64 = 0
        while true {
            let members = try run.database.readBlocking { connection in
                try reader.members(after: last, limit: SendPlanner.chunk, in: connection)
            }
            guard let end = members.last?.profile else { return }
            planned += Int64(members.count)
            try run.database.writeBlocking(.bulk) { transaction in
                try write(members, ground, &eligibility, &times, transaction)
                try run.save(
                    checkpoint: SendCheckpoint(plannedTo: end, isPlanned: false),
                    done: 0,
                    total: planned,
                    in: transaction
                )
            }
            try run.failpoints.pass("send.chunk")
            last = end
        }
    }

    /// Addresses that have a recipient from before an interruption.
    private func recall(_ eligibility: inout Eligibility) throws {
        var known: [String] = []
        try run.database.readBlocking { connection in
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
                if isUser, let address = cursor.text(0) { known.append(address) }
                return true
            }
        }
        for address in known { eligibility.use(address) }
    }

    /// The statuses that are judged after an address was taken.
    private static let users: Set<String> = [
        EmailStatus.commercialPressure.rawValue, EmailStatus.controlSample.rawValue,
        EmailStatus.noFilterLimitReached.rawValue,
    ]

    private func write(
        _ members: [AudienceReader.Member],
        _ ground: PlanGround,
        _ eligibility: inout Eligibility,
        _ times: inout LocalTimes?,
        _ transaction: Transaction
    ) throws {
        let people =
            try ground
            .addressees(members.map(\.profile), at: transaction.moment, in: transaction)
        try ground.prepare(&eligibility, at: transaction.moment, in: transaction)
        let quota = eligibility.quotaLeft
        let workspace = run.task.workspace
        let first = try transaction.allocate(members.count, .interaction, in: workspace)
        let stamp = try transaction.stamp()
        let writer = try transaction.insertion(into: "interaction", columns: SendPlanner.columns)
        var deltas: [CampaignMeasure: Int] = [.targeted: members.count]
        for (offset, member) in members.enumerated() {
            let exclusion = eligibility.exclusion(of: people[offset], on: campaign.channel)
            let dueAt = times?.moment(in: people[offset].zone) ?? beganAt
            if let exclusion { deltas[.notSent(exclusion), default: 0] += 1 }
            writer.integer(workspace.value)
            writer.integer(first + Int64(offset))
            writer.integer(send.value)
            writer.integer(campaign.id.value)
            writer.integer(campaign.table.value)
            writer.integer(member.profile.value)
            writer.value(people[offset].address.sql)
            writer.value(member.line.sql)
            writer.value((exclusion == nil ? InteractionState.pending : .notSent).sql)
            writer.value((exclusion?.category.rawValue).sql)
            writer.value((exclusion?.status).sql)
            writer.integer(0)
            writer.value(transaction.moment.sql)
            writer.value(exclusion == nil ? .null : transaction.moment.sql)
            writer.value(exclusion == nil ? .null : stamp.sql)
            writer.value(exclusion == nil ? dueAt.sql : .null)
            writer.value(version.sql)
            try writer.endRow()
        }
        try writer.finish()
        try CampaignCounts(workspace).add(deltas, to: campaign.id, send, in: transaction)
        let ids = first...(first + Int64(members.count) - 1)
        try ground.count(ids, eligibility, quotaBefore: quota, in: transaction)
    }

    private static let columns = [
        "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id", "address",
        "line", "state", "category", "status", "attempts", "created_at", "event_at", "stamp",
        "next_at", "ab_version",
    ]
}
