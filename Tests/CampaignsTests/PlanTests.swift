// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Tasks
import TestSupport
import Testing

/// How sends find their audience and their interactions beside those of many others.
struct PlanTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `a send finds its audience and its interactions by index`(
        _ engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        try await world.sendToAll()
        try world.fill(engine)
        for query in world.audienceQueries + world.deliveryQueries(engine) + world.readingQueries {
            let complaint = try query.complaint(on: engine, log, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }
}

extension World {
    private static let source = TaskID(7)

    /// A send to a list and one to the rows of an import, with all that is asked of them.
    fileprivate func sendToAll() async throws {
        let people = try people(3)
        let list = try write { transaction in
            let list = try ListStore(World.workspace)
                .create(name: "news", table: table.id, by: context, in: transaction)
            for person in people { try subscribe(person, list, transaction) }
            try fillRows(of: [World.source], people.map(\.value), transaction)
            return list
        }
        let campaign = try campaign(list: list.id)
        for audience in [
            SendAudience.list(list.id), .imported(task: World.source, batches: [0]),
        ] {
            let started = try write { transaction in
                try sends.start(campaign, audience, by: context, in: transaction)
            }
            try await finish(started.task)
            #expect(try ledger(started.send).sent == 3)
            #expect(try interactions(started.send).count == 3)
        }
        try read { connection in
            _ = try sends.interactions(of: people[0], in: connection)
            _ = try sends.interactions(of: SendID(1), in: [.inFlight, .inDoubt], in: connection)
            let query = ListingQuery(filters: [.equals("send", .integer(1))])
            _ = try SendStore.people(in: [.stopped])
                .page(query, in: World.workspace, from: connection) { _ in }
        }
    }

    private func subscribe(
        _ person: ProfileID,
        _ list: MailingList,
        _ transaction: Transaction
    ) throws {
        _ = try SubscriptionStore(World.workspace).set(
            true,
            of: person,
            on: list,
            Collection(),
            table: table,
            by: context,
            in: transaction
        )
    }

    private func fillRows(
        of tasks: [TaskID],
        _ profiles: [Int64],
        _ transaction: Transaction
    ) throws {
        try transaction.fill(
            "import_row",
            ["workspace_id", "task_id", "profile_id", "line", "outcome", "batch"],
            tasks.flatMap { task in
                profiles.map { [1.sql, task.sql, $0.sql, $0.sql, 1.sql, 0.sql] }
            }
        )
    }

    /// Twenty more imports, a long list, and twenty more sends.
    fileprivate func fill(_ engine: TestEngine) throws {
        let columns = [
            "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id", "state",
            "attempts", "created_at", "next_at",
        ]
        try write { transaction in
            try fillRows(of: (100..<120).map { TaskID($0) }, Array(1...500), transaction)
            try transaction.fill(
                "subscription",
                [
                    "workspace_id", "list_id", "profile_id", "is_subscribed", "is_confirmed",
                    "changed_at",
                ],
                (Int64(1_000)...6_000).map {
                    [1.sql, ($0 % 10 + 5).sql, $0.sql, true.sql, true.sql, now.sql]
                }
            )
            try transaction.fill(
                "interaction",
                columns,
                (Int64(1_000)...11_000).map(interaction)
            )
            try transaction.keepStatistics(as: engine)
        }
    }

    /// One in ten is still to be sent.
    private func interaction(_ id: Int64) -> [SQLValue] {
        let isOpen = id % 10 == 0
        let state: SQLValue = .text(isOpen ? "pending" : "sent")
        let next: SQLValue = isOpen ? now.sql : .null
        let send: SQLValue = .integer(id / 500 + 10)
        let profile: SQLValue = .integer(id % 500)
        return [
            .integer(1), .integer(id), send, .integer(5), .integer(1), profile, state, .integer(1),
            now.sql, next,
        ]
    }

    fileprivate var audienceQueries: [HotQuery] {
        [
            HotQuery(
                "SELECT profile_id FROM subscription",
                values: [World.workspace, ListID(9), ProfileID(2_000), 200],
                index: "PRIMARY KEY",
                onPostgres: "subscription_pkey"
            ),
            HotQuery(
                "min(r.line)",
                values: [World.workspace, TaskID(105), ProfileID(100), 0, 200, 0],
                index: "PRIMARY KEY",
                onPostgres: "_pkey"
            ),
        ]
    }

    fileprivate func deliveryQueries(_ engine: TestEngine) -> [HotQuery] {
        let (workspace, send) = (World.workspace, SendID(15))
        let key = (index: "PRIMARY KEY", onPostgres: "_pkey")
        let open = (
            index: "interaction_open", onPostgres: "_workspace_id_send_id_state_next_at_id_idx"
        )
        let ids = engine.keys("3000", "3001")
        let (words, moments) = (engine.keys("a", "b"), engine.keys("2026-01-01", "2026-01-02"))
        return [
            HotQuery(
                "next_at <= $4",
                values: [workspace, send, InteractionState.pending, now, 200],
                index: open.index,
                onPostgres: open.onPostgres,
                // PostgreSQL may sort what is left of one send.
                maySort: engine == .postgres
            ),
            HotQuery(
                "UPDATE interaction SET state = ",
                engine == .postgres ? "c1\n" : "$2 WHERE",
                values: [words, ids, ids, workspace],
                index: key.index,
                onPostgres: key.onPostgres
            ),
            HotQuery(
                "UPDATE interaction SET state = ",
                "category = ",
                values: [
                    words, words, words, words, ids, moments, moments, ids, ids, workspace,
                ],
                index: key.index,
                onPostgres: key.onPostgres
            ),
            HotQuery(
                "SELECT address FROM interaction",
                values: [ids, workspace],
                index: key.index,
                onPostgres: key.onPostgres
            ),
            HotQuery(
                "SET state = 'inDoubt'",
                values: [workspace, send, "words", now],
                index: open.index,
                onPostgres: open.onPostgres
            ),
            HotQuery(
                "SELECT next_at FROM interaction",
                values: [workspace, send, InteractionState.pending],
                index: open.index,
                onPostgres: open.onPostgres,
                maySort: engine == .postgres
            ),
        ]
    }

    fileprivate var readingQueries: [HotQuery] {
        let own: [any SQLConvertible] = [World.workspace, SendID(15)]
        let states = InteractionState.allCases.map { $0 as any SQLConvertible }
        return [
            HotQuery(
                "GROUP BY state, category, status",
                values: own,
                index: "interaction_send",
                onPostgres: "_workspace_id_send_id_id_idx",
                maySort: true
            ),
            HotQuery(
                "state IN ($5",
                "LIMIT $4",
                values: own + [InteractionID(2_600), 100] + states,
                index: "interaction_send",
                onPostgres: "_workspace_id_send_id_id_idx"
            ),
            HotQuery(
                "i.state = 'inDoubt'",
                "LIMIT $4",
                values: own + [InteractionID(2_600), 100],
                index: "interaction_held",
                onPostgres: "_workspace_id_send_id_state_id_idx",
                // PostgreSQL may sort what are few.
                maySort: true
            ),
            HotQuery(
                "i.state = 'inFlight'",
                "LIMIT $4",
                values: own + [InteractionID(2_600), 100],
                index: "interaction_open",
                onPostgres: "_workspace_id_send_id_state_next_at_id_idx",
                maySort: true
            ),
            HotQuery(
                "i.state IN ('stopped') AND",
                values: own + [100],
                index: "interaction_held",
                onPostgres: "_workspace_id_send_id_state_id_idx",
                maySort: true
            ),
            HotQuery(
                "profile_id = $2 ORDER BY id DESC",
                values: [World.workspace, ProfileID(77)],
                index: "interaction_profile",
                onPostgres: "_workspace_id_profile_id_idx",
                // A person has few.
                maySort: true
            ),
        ]
    }
}
