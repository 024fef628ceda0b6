// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

/// How a claim reads a queue with a long history.
struct PlanTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `a claim finds its tasks by index among many that have ended`(
        _ engine: TestEngine
    ) throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        try world.fill(engine)
        // The first page is full of a queue without room, so that all queues are visited.
        #expect(try world.claim(6).count == 6)
        let claims = Claims(node: .current, randomness: SystemRandomness())
        #expect(
            try world.database.readBlocking { try claims.isWorthwhile(now: world.now, in: $0) }
        )
        for query in world.queries {
            let complaint = try query.complaint(on: engine, log, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }
}

extension World {
    /// Ended tasks, and two queues that wait.
    fileprivate func fill(_ engine: TestEngine) throws {
        let columns = [
            "workspace_id", "id", "type", "info", "queue", "status", "started_by", "source",
            "parameters", "progress_done", "attempts", "run_at", "created_at",
            "closes_when_stopped",
        ]
        let now = now
        try database.writeBlocking { transaction in
            try transaction.fill(
                "task",
                columns,
                (Int64(1)...6_000).map { id -> [SQLValue] in
                    let queue = id <= 5_500 ? "quick" : id <= 5_800 ? "imports" : "sends"
                    return [
                        1.sql, id.sql, "quick".sql, "".sql, queue.sql,
                        (id <= 5_000 ? "completed" : "new").sql, "ann".sql,
                        ChangeSource.manualEdit.sql,
                        "1".sql, 0.sql, 0.sql, (now - .seconds(10_000 - id)).sql, now.sql,
                        true.sql,
                    ]
                }
            )
            try transaction.keepStatistics(as: engine)
        }
    }

    fileprivate var queries: [HotQuery] {
        let early = Instant(microseconds: 0)
        return [
            HotQuery("SELECT id FROM task -- all", values: [now], index: "task_waiting"),
            HotQuery(
                "lease_until\nFROM task -- all",
                values: [],
                // Of two that hold executing tasks alone.
                index: "task_lane",
                small: ["task"]
            ),
            HotQuery("ORDER BY run_at, id LIMIT $2", values: [now, 100], index: "task_waiting"),
            HotQuery(
                "WITH RECURSIVE waiting",
                values: [now],
                index: "task_queue",
                maySort: true,
                small: ["headed", "waiting", "first", "task"]
            ),
            HotQuery(
                "ORDER BY run_at, id LIMIT $6",
                values: [WorkspaceID(1), "sends", now, early, TaskID(0), 100],
                index: "task_queue"
            ),
            HotQuery(
                "UPDATE task SET status = 'executing'",
                values: [WorkspaceID(1), TaskID(5_900), "lease", now, "node", now],
                index: "task_1",
                onPostgres: "task_pkey"
            ),
        ]
    }
}
