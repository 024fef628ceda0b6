// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Tasks
import TestSupport
import Testing

/// A chain of files goes on when the database comes to another cluster, whose transaction ids begin
/// again.
@Suite struct MovedDatabaseTests {
    @Test(arguments: [false, true])
    func `a chain goes on in another cluster, nothing lost and nothing twice`(
        isRestored: Bool
    ) async throws {
        let servers = try (old: PostgresServer(), new: PostgresServer())
        _ = try servers.old.psql("CREATE DATABASE m")
        try servers.old.burnTransactions(5_000)
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let open = { (server: PostgresServer) in
            try Database(
                DatabaseAddress(server.uri(database: "m")),
                migrations: World.migrations,
                witness: folder.path("witness"),
                time: time,
                randomness: SeededRandomness()
            )
        }
        let world = try await World(try open(servers.old), time)
        let (table, export) = try await world.numbers()
        try await world.create(["userId": "a"], in: table)
        #expect(try await world.lines(export) == ["1;"])
        let late = HeldTransaction(in: world.database)
        let context = world.context
        let held = try late.perform { transaction in
            try ProfileStore(table).create(values: ["userId": "b"], by: context, in: transaction)
                .profile.id
        }
        time.advance(by: .hours(1))
        try await world.create(["userId": "c"], in: table)
        #expect(try await world.lines(export).count == 1)
        try late.commit()
        let last = try await world.create(["userId": "d"], in: table)
        try servers.old.copy("m", to: servers.new, as: "m")
        if isRestored {
            try await world.create(["userId": "lost"], in: table)
            try world.database.witness()
        }
        try world.database.close()

        let moved = try await World(try open(servers.new), time, movedFrom: world)
        time.advance(by: .hours(1))
        let new = try await moved.create(["userId": "e"], in: table)
        #expect(Set(try await moved.lines(export)) == ["\(held);", "\(last);", "\(new);"])
        time.advance(by: .hours(1))
        #expect(try await moved.lines(export) == [])
        let runs = try await moved.runs(of: export)
        #expect(runs.map(\.plan.epoch) == [2, 2, 1, 1])
        #expect(runs.map { $0.plan.rewoundFrom != nil } == [false, isRestored, false, false])
        #expect((new.value > last.value + 1_000_000) == isRestored)
        let gap = try moved.verify().gap
        #expect(isRestored ? gap?.contains("fork") == true : gap == nil)
    }
}
