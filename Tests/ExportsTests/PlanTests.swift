// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Exports
import TestSupport
import Testing

/// How windows are read, by the statements that an execution gave to the engine.
@Suite struct PlanTests {
    @Test(arguments: ExportPair.allCases.filter(\.isAvailable), [TestEngine.file, .postgres])
    func `a window is read through the stamp index of a filled table`(
        pair: ExportPair,
        engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try await World(engine, record: log.record)
        let (table, end) = try await world.filled()
        let export = try await world.export(try world.definition(pair, table))
        log.clear()
        _ = try await world.file(export)
        let pages = log.statements(with: "ORDER BY", "LIMIT $4")
        let counts = log.statements(with: "counted")
        #expect(pages.count == 1 && counts.count == 1)
        for sql in pages + counts {
            // A page is a small part of its window; were it all of it, a sort would do as well.
            let isPage = sql.contains("LIMIT $4")
            let values: [any SQLConvertible] =
                isPage ? [end - 450, Int64.max, end, 20] : [end - 10, end, 5_000_000]
            let isScoped = sql.contains(isPage ? "$6" : "$4")
            let scope: [any SQLConvertible] =
                (isScoped ? [world.workspace] : []) + (isPage ? [Int64(0)] : [])
            let plan = try await world.database.read { connection in
                try engine.plan(of: sql, values + scope, in: connection)
            }
            #expect(
                plan.indexes.contains { $0.contains("stamp") || $0.hasSuffix("_pages") },
                "\(plan)"
            )
            #expect(plan.scans.isDisjoint(with: ["x", "p", "d", "c"]), "\(plan)")
            #expect(!plan.isSorted, "\(plan)")
        }
    }

    @Test(
        arguments: [
            (ExportPair.emailNotSent, "x.state = 'notSent'"), (.smsClicks, "x.kind = 'click'"),
            (.profileChangesDeleted, "x.table_id = 1"), (.printReady, "x.state = 'ready'"),
        ],
        TestEngine.dialects
    )
    func `rows of another table, state or kind are left out by the engine, before joins`(
        own: (ExportPair, String),
        engine: TestEngine
    ) async throws {
        let log = StatementLog()
        let world = try await World(engine, largeWindow: 0, record: log.record)
        let table = try await world.table()
        #expect(table.id.value == 1)
        let export = try await world.export(try world.definition(own.0, table))
        log.clear()
        _ = try await world.file(export)
        let stamps = log.statements(with: "x.stamp")
        #expect(stamps.count == 3, "the count, the ends of ranges, and their rows")
        // The index alone gives the count and the ends.
        let rows = stamps.filter { !$0.contains("count(*)") && !$0.contains("OFFSET") }
        #expect(rows.count == 1 && rows.filter { !$0.contains(own.1) } == [])
        let others = stamps.filter { !rows.contains($0) }
        #expect(others.count == 2 && others.filter { $0.contains(own.1) } == [])
    }
}

extension World {
    /// A table with 5,000 profiles and as many rows of each kind, one stamp for ten of them, with
    /// statistics.
    ///
    /// - Returns: The table, and the stamp after the last one.
    fileprivate func filled() async throws -> (ProfileTable, Int64) {
        let table = try await table()
        try await insert(CampaignRow(id: 5, activatedAt: time.now()), table)
        let first = try await database.write { try $0.stamp() }.value
        let (workspace, now) = (workspace, time.now())
        try await database.write { transaction in
            try World.fillProfiles(table, first, transaction)
            for relation in ["subscription_change", "consent_change", "profile_deletion"] {
                try World.fillChanges(relation, table, first, workspace, transaction)
            }
            try World.fillTransitions(table, first, workspace, transaction)
            for kind in CustomTableKind.allCases {
                try World.fillRows(kind, table, first, workspace, transaction)
            }
            try World.fillInteractions(table, first, workspace, now, transaction)
            try World.fillActivities(table, first, workspace, now, transaction)
        }
        try await database.write { try $0.execute("ANALYZE") }
        return (table, first + 500)
    }

    private static func fillProfiles(
        _ table: ProfileTable,
        _ first: Int64,
        _ transaction: Transaction
    ) throws {
        let writer = try transaction.insertion(
            into: table.physicalName,
            columns: ["id", "created_at", "updated_at", "created_stamp", "updated_stamp"]
        )
        for id in Int64(1)...5_000 {
            writer.integer(id)
            writer.value(.moment(transaction.moment))
            writer.value(.moment(transaction.moment))
            writer.integer(first + id / 10)
            writer.integer(first + id / 10)
            try writer.endRow()
        }
        try writer.finish()
    }

    private static func fillTransitions(
        _ table: ProfileTable,
        _ first: Int64,
        _ workspace: WorkspaceID,
        _ transaction: Transaction
    ) throws {
        try transaction.fill(
            "segment_transition",
            [
                "workspace_id", "id", "table_id", "segmentation_id", "segmentation", "profile_id",
                "event_at", "stamp",
            ],
            (Int64(1)...5_000).map { id in
                [
                    workspace.sql, id.sql, table.id.sql, 1.sql, "vip".sql, id.sql,
                    transaction.moment.sql, (first + id / 10).sql,
                ]
            }
        )
    }

    /// Rows of a custom table, and as many that were deleted.
    private static func fillRows(
        _ kind: CustomTableKind,
        _ table: ProfileTable,
        _ first: Int64,
        _ workspace: WorkspaceID,
        _ transaction: Transaction
    ) throws {
        let custom = try World.customTable(kind, of: table, transaction)
        let key = custom.businessKey.map { [$0.column] } ?? []
        try transaction.fill(
            custom.physicalName,
            ["id"] + (kind.hasOwner ? ["profile_id"] : []) + key
                + ["created_at", "updated_at", "created_stamp", "updated_stamp"],
            (Int64(1)...5_000).map { id in
                var values: [SQLValue] = [id.sql]
                if kind.hasOwner { values.append(id.sql) }
                if !key.isEmpty { values.append("k\(id)".sql) }
                values += [transaction.moment.sql, transaction.moment.sql]
                return values + [(first + id / 10).sql, (first + id / 10).sql]
            }
        )
        let offset = Int64(CustomTableKind.allCases.firstIndex(of: kind) ?? 0) * 5_000
        try transaction.fill(
            "row_deletion",
            [
                "workspace_id", "id", "table_id", "row_id", "event_at", "change_source", "stamp",
            ],
            (Int64(1)...5_000).map { id in
                [
                    workspace.sql, (offset + id).sql, custom.id.sql, id.sql,
                    transaction.moment.sql, ChangeSource.api.sql, (first + id / 10).sql,
                ]
            }
        )
    }

    private static func fillChanges(
        _ relation: String,
        _ table: ProfileTable,
        _ first: Int64,
        _ workspace: WorkspaceID,
        _ transaction: Transaction
    ) throws {
        let own = relation == "subscription_change" ? ["list_id", "is_subscribed"] : []
        let writer = try transaction.insertion(
            into: relation,
            columns: [
                "workspace_id", "id", "table_id", "profile_id", "event_at", "change_source",
                "stamp",
            ] + own
        )
        for id in Int64(1)...5_000 {
            writer.value(workspace.sql)
            writer.integer(id)
            writer.value(table.id.sql)
            writer.integer(id)
            writer.value(.moment(transaction.moment))
            writer.value(ChangeSource.api.sql)
            writer.integer(first + id / 10)
            if !own.isEmpty {
                writer.integer(1)
                writer.value(.boolean(true))
            }
            try writer.endRow()
        }
        try writer.finish()
    }

    private static func fillActivities(
        _ table: ProfileTable,
        _ first: Int64,
        _ workspace: WorkspaceID,
        _ now: Instant,
        _ transaction: Transaction
    ) throws {
        let writer = try transaction.insertion(
            into: "activity",
            columns: [
                "workspace_id", "interaction_id", "kind", "ordinal", "id", "campaign_id",
                "table_id", "profile_id", "event_at", "stamp",
            ]
        )
        for id in Int64(1)...5_000 {
            writer.value(workspace.sql)
            writer.integer(id)
            writer.value(ActivityKind.allCases[Int(id) % ActivityKind.allCases.count].sql)
            writer.integer(0)
            writer.integer(id)
            writer.integer(5)
            writer.value(table.id.sql)
            writer.integer(id)
            writer.value(.moment(now))
            writer.integer(first + id / 10)
            try writer.endRow()
        }
        try writer.finish()
    }

    private static func fillInteractions(
        _ table: ProfileTable,
        _ first: Int64,
        _ workspace: WorkspaceID,
        _ now: Instant,
        _ transaction: Transaction
    ) throws {
        let writer = try transaction.insertion(
            into: "interaction",
            columns: [
                "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id",
                "address", "state", "attempts", "created_at", "event_at", "stamp",
            ]
        )
        for id in Int64(1)...5_000 {
            writer.value(workspace.sql)
            writer.integer(id)
            writer.integer(1)
            writer.integer(5)
            writer.value(table.id.sql)
            writer.integer(id)
            writer.value(.text("a@example.org"))
            writer.value(.text(["sent", "notSent", "ready"][Int(id % 3)]))
            writer.integer(1)
            writer.value(.moment(now))
            writer.value(.moment(now))
            writer.integer(first + id / 10)
            try writer.endRow()
        }
        try writer.finish()
    }
}
