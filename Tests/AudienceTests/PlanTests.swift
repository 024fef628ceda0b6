// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport
import Testing

/// How profiles and ledger rows are found in filled tables.
struct PlanTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `a merge finds and changes profiles by index`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.fillProfiles(engine)
        for (place, name) in ["userId", "emailAddress", "gsmNumber"].enumerated() {
            var merge = try Merging(world, [name, "firstName", "card"])
            merge.task = TaskID(Int64(50 + 10 * place))
            for card in ["1", "2"] {
                _ = try merge([["447700900001", "Ann", name + card]])
                merge.task = TaskID(merge.task.value + 1)
            }
        }
        let table = world.table.physicalName
        let byKey = ["userId", "emailAddress", "gsmNumber", "card"].map { name in
            let column = world.table.attribute(named: name)?.column ?? name
            return HotQuery(
                "SELECT id",
                "FROM \(table) WHERE",
                "\(column) = ",
                values: [engine.keys("k7", "k8", "k9")],
                index: "\(table)_\(column)",
                // The few matches of one key.
                maySort: true
            )
        }
        for query in byKey + [world.changeQuery(engine)] {
            let complaint = try query.complaint(on: engine, world.statements, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }

    @Test(arguments: [TestEngine.file, .postgres])
    func `the ledger is read by task or by profile through its key`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let task = try world.importTask()
        try world.fillLedger(task, engine)
        let ledger = ImportLedger(world.workspace)
        try world.database.writeBlocking { transaction in
            #expect(try ledger.rows(of: ProfileID(530), in: transaction).count == 29)
            #expect(try ledger.profileCount(of: task, in: transaction) == 500)
            #expect(try ledger.problems(of: task, limit: 5, in: transaction).count == 5)
            #expect(try ledger.failedLines(of: task, in: transaction).count == 500)
            #expect(try ledger.counts(of: task, in: transaction).outcomes == [.created: 500])
            #expect(try ledger.lines(of: task, batch: 0, in: transaction).count == 500)
            #expect(try ledger.accepted([ProfileID(1)], by: task, in: transaction) == [0])
            try ledger.clear(lines: [3], of: task, in: transaction)
        }
        for query in world.ledgerQueries(engine, task) {
            let complaint = try query.complaint(on: engine, world.statements, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }
}

extension World {
    fileprivate func fillProfiles(_ engine: TestEngine) throws {
        let names = ["userId", "emailAddress", "gsmNumber", "card"]
        let columns = names.compactMap { table.attribute(named: $0)?.column }
        try database.writeBlocking { transaction in
            let stamp = try transaction.stamp().value
            try transaction.fill(
                table.physicalName,
                ["id"] + columns + ["created_at", "updated_at", "created_stamp", "updated_stamp"],
                (Int64(1)...5_000).map { id in
                    [id.sql] + columns.map { _ in "k\(id)".sql }
                        + [transaction.moment.sql, transaction.moment.sql, stamp.sql, stamp.sql]
                }
            )
            _ = try transaction.allocate(5_000, IDKind(rawValue: "profile"), in: workspace)
            try transaction.keepStatistics(as: engine)
        }
    }

    /// The change of profiles that a merge found.
    fileprivate func changeQuery(_ engine: TestEngine) -> HotQuery {
        let keys = engine.keys("7", "8", "9")
        return HotQuery(
            "UPDATE \(table.physicalName) SET",
            values: [engine.keys("a", "b", "c"), engine.moments, keys, keys],
            index: "PRIMARY KEY",
            onPostgres: "\(table.physicalName)_pkey"
        )
    }

    /// 40 tasks, of which one has rows of its own profiles.
    fileprivate func fillLedger(_ task: TaskID, _ engine: TestEngine) throws {
        let others = try (0..<40).map { _ in try importTask() }
        try database.writeBlocking { transaction in
            for (place, owner) in ([task] + others).enumerated() {
                let lines = Int64(1)...500
                let first = place == 0 ? 0 : Int64(500 + place)
                try transaction.fill(
                    "import_row",
                    ["workspace_id", "task_id", "profile_id", "line", "outcome", "batch"],
                    lines.map {
                        [workspace.sql, owner.sql, (first + $0).sql, $0.sql, 1.sql, 0.sql]
                    }
                )
                try transaction.fill(
                    "import_problem",
                    [
                        "workspace_id", "task_id", "line", "number", "batch", "outcome", "code",
                        "message",
                    ],
                    lines.map {
                        [
                            workspace.sql, owner.sql, $0.sql, 1.sql, 0.sql, "notSaved".sql, "x".sql,
                            "y".sql,
                        ]
                    }
                )
            }
            try transaction.keepStatistics(as: engine)
        }
    }

    fileprivate func ledgerQueries(_ engine: TestEngine, _ task: TaskID) -> [HotQuery] {
        let own: [any SQLConvertible] = [workspace, task]
        func query(
            _ words: String,
            _ more: [any SQLConvertible] = [],
            isTaken: Bool = false
        )
            -> HotQuery
        {
            HotQuery(
                words,
                values: own + more,
                index: "PRIMARY KEY",
                onPostgres: "_pkey",
                maySort: isTaken
            )
        }
        return [
            query("count(DISTINCT profile_id)", [-1], isTaken: true),
            query("ORDER BY line, number LIMIT $4", [0, 5]),
            query("SELECT line FROM import_problem"),
            query("SELECT outcome, count(*)", isTaken: true),
            query("SELECT outcome, count(DISTINCT line)", isTaken: true),
            query("SELECT line FROM import_row\n", [0]),
            query("DELETE FROM import_problem", [3]),
            HotQuery(
                "SELECT line FROM import_row WHERE",
                values: [engine.keys("7", "8"), workspace, task],
                index: "PRIMARY KEY",
                onPostgres: "_pkey",
                maySort: true
            ),
            HotQuery(
                "FROM task t JOIN import_row r",
                "t.type = $3",
                values: [workspace, ProfileID(7), ImportLedger.profileImports],
                index: "PRIMARY KEY",
                onPostgres: "_pkey",
                maySort: true,
                small: ["t"]
            ),
        ]
    }
}

extension TestEngine {
    fileprivate var moments: any SQLConvertible { keys("2026-01-01", "2026-01-01", "2026-01-01") }
}
