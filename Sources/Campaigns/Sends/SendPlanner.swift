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

    /// Plans everything behind a profile.
    func plan(after start: ProfileID) throws {
        var eligibility = Eligibility(campaign: campaign.id, rules: campaign.rules)
        try recall(&eligibility)
        let reader = AudienceReader(run.task.workspace, audience)
        var last = start
        var planned: Int64 = 0
        while true {
            let members = try run.database.readBlocking { connection in
                try reader.members(after: last, limit: SendPlanner.chunk, in: connection)
            }
            guard let end = members.last?.profile else { return }
            planned += Int64(members.count)
            try run.database.writeBlocking(.bulk) { transaction in
                try write(members, &eligibility, transaction)
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
                    || cursor.text(2) == EmailStatus.controlSample.rawValue
                if isUser, let address = cursor.text(0) { known.append(address) }
                return true
            }
        }
        for address in known { eligibility.use(address) }
    }

    private func write(
        _ members: [AudienceReader.Member],
        _ eligibility: inout Eligibility,
        _ transaction: Transaction
    ) throws {
        let people = try addressees(members.map(\.profile), in: transaction)
        let workspace = run.task.workspace
        let first = try transaction.allocate(members.count, .interaction, in: workspace)
        let stamp = try transaction.stamp()
        let writer = try transaction.insertion(into: "interaction", columns: SendPlanner.columns)
        for (offset, member) in members.enumerated() {
            let status = eligibility.status(of: people[offset])
            writer.integer(workspace.value)
            writer.integer(first + Int64(offset))
            writer.integer(send.value)
            writer.integer(campaign.id.value)
            writer.integer(campaign.table.value)
            writer.integer(member.profile.value)
            writer.value(people[offset].address.sql)
            writer.value(member.line.sql)
            writer.value((status == nil ? InteractionState.pending : .notSent).sql)
            writer.value((status?.category.rawValue).sql)
            writer.value((status?.rawValue).sql)
            writer.integer(0)
            writer.value(transaction.moment.sql)
            writer.value(status == nil ? .null : transaction.moment.sql)
            writer.value(status == nil ? .null : stamp.sql)
            try writer.endRow()
        }
        try writer.finish()
    }

    /// What the rules need to know of profiles, looked up by the chunk.
    private func addressees(
        _ profiles: [ProfileID],
        in connection: Connection
    ) throws
        -> [Addressee]
    {
        var people = profiles.map { Addressee(profile: $0) }
        try readProfiles(&people, connection)
        if let list = campaign.list { try readStandings(&people, list, connection) }
        let bans = DoNotContactStore(run.task.workspace)
        // Digests of all addresses cost a third of the planning.
        guard try !bans.page(.email, limit: 1, in: connection).isEmpty else { return people }
        let banned = try bans.banned(people.compactMap(\.address), .email, in: connection)
        for position in people.indices {
            people[position].isBlocked = people[position].address.map(banned.contains) ?? false
        }
        return people
    }

    private func readProfiles(_ people: inout [Addressee], _ connection: Connection) throws {
        let address = table.attribute(.emailAddress)?.column
        let permission = table.attribute(.emailEnabled)?.column
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id", address ?? "NULL", permission ?? "NULL"],
            keys: people.map(\.profile.sql)
        )
        try connection.lookup(lookup) { position, cursor in
            people[position].isInTable = true
            people[position].address = cursor.text(1)
            people[position].isPermitted = permission == nil || cursor.value(2).isTrue
        }
    }

    private func readStandings(
        _ people: inout [Addressee],
        _ list: ListID,
        _ connection: Connection
    ) throws {
        for position in people.indices { people[position].isSubscribed = false }
        let lookup = Lookup(
            table: "subscription",
            key: "profile_id",
            columns: ["is_subscribed", "is_confirmed"],
            keys: people.map(\.profile.sql),
            fixed: [("workspace_id", run.task.workspace.sql), ("list_id", list.sql)],
            order: "profile_id"
        )
        try connection.lookup(lookup) { position, cursor in
            people[position].isSubscribed = cursor.value(0).isTrue && cursor.value(1).isTrue
        }
    }

    private static let columns = [
        "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id", "address",
        "line", "state", "category", "status", "attempts", "created_at", "event_at", "stamp",
    ]
}

extension SQLValue {
    /// Whether the value is true; null is not.
    var isTrue: Bool { (try? Bool(sql: self)) ?? false }
}
