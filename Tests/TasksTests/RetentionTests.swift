// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

/// Which tasks are too old to be kept.
@Suite struct RetentionTests {
    @Test(arguments: TestEngine.dialects)
    func `a long history is read a thousand tasks at a time`(_ engine: TestEngine) throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        let now = world.now
        try world.database.writeBlocking { transaction in
            try transaction.fill(
                "task",
                [
                    "workspace_id", "id", "type", "info", "queue", "status", "started_by",
                    "source", "parameters", "progress_done", "attempts", "run_at", "created_at",
                    "finished_at", "closes_when_stopped",
                ],
                (Int64(1)...2_500).map { id -> [SQLValue] in
                    let isKept = id % 500 == 0
                    let at = now - .hours(2_501 - id)
                    return [
                        1.sql, id.sql, "quick".sql, "".sql, "quick".sql,
                        (isKept ? "new" : "completed").sql, "ann".sql,
                        ChangeSource.manualEdit.sql, "1".sql, 0.sql, 0.sql, at.sql, at.sql,
                        isKept ? .null : at.sql, true.sql,
                    ]
                }
            )
        }
        let retention = TaskRetention(WorkspaceID(1))
        func expired(_ moment: Instant, after: Int64 = 0, limit: Int = 5_000) throws -> [Int64] {
            try world.database.readBlocking { connection in
                try retention.expired(
                    before: moment,
                    after: TaskID(after),
                    limit: limit,
                    in: connection
                ).map(\.id.value)
            }
        }
        let ended = (Int64(1)...2_500).filter { $0 % 500 != 0 }
        log.clear()
        #expect(try expired(now) == ended)
        #expect(try expired(now, limit: 1_200) == Array(ended.prefix(1_200)))
        #expect(try expired(now, after: 1_300) == ended.filter { $0 > 1_300 })
        #expect(try expired(now - .hours(2_000)) == ended.filter { $0 <= 500 })
        #expect(try expired(now, limit: 0) == [])
        let reads = log.statements(with: "follower.parent_id")
        #expect(reads.count == 1)
        #expect(reads.allSatisfy { $0.contains("LIMIT $3") })
    }
}
