// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport
import Testing

/// How the planning of a send looks everybody up among many.
struct PlannedLookupTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `quarantine and pressure are looked up by their keys`(_ engine: TestEngine) async throws {
        let log = StatementLog()
        let world = try World(engine, record: log.record)
        try world.limit(PressureLimits(perDay: 5))
        try world.note(.hardBounce, .email, "never@example.com")
        let people = try world.people(3)
        let send = try await world.send(world.campaign(), to: people)
        #expect(try world.ledger(send).sent == 3)
        try world.write { transaction in
            try fill(world, transaction)
            try transaction.keepStatistics(as: engine)
        }
        for query in queries(engine, world.table.id) {
            let complaint = try query.complaint(on: engine, log, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }

    private func fill(_ world: World, _ transaction: Transaction) throws {
        try transaction.fill(
            "quarantine",
            [
                "workspace_id", "channel", "hash", "digest", "cause", "id", "occurrences", "since",
            ],
            (Int64(1_000)...6_000).map {
                [
                    1.sql, .text("email"), ($0 * 7).sql, .text("sha256:\($0)"),
                    .text("hardBounce"), $0.sql, 1.sql, world.now.sql,
                ]
            }
        )
        try transaction.fill(
            "pressure",
            [
                "workspace_id", "table_id", "profile_id", "day", "day_total", "week",
                "week_total", "month", "month_total",
            ],
            (Int64(1_000)...6_000).map { profile in
                [1.sql, world.table.id.sql, profile.sql] + (0..<6).map { _ in 1.sql }
            }
        )
    }

    private func queries(_ engine: TestEngine, _ table: ProfileTableID) -> [HotQuery] {
        [
            HotQuery(
                "SELECT digest, cause, ends_at",
                values: [engine.keys("21000", "21007"), World.workspace, "email"],
                index: "PRIMARY KEY",
                onPostgres: "_pkey"
            ),
            HotQuery(
                "SELECT day, day_total",
                values: [engine.keys("3000", "3001"), World.workspace, table],
                index: "PRIMARY KEY",
                onPostgres: "_pkey"
            ),
        ]
    }
}
