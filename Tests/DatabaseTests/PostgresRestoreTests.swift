// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport
import Testing

/// A server's database that is moved, restored or started again.
struct PostgresRestoreTests {
    static let kind = IDKind(rawValue: "sample")

    @Test func `a dump in a new cluster starts a new epoch, with nothing held`() async throws {
        let home = try Servers()
        let before = try home.open(home.old, "m")
        let old = try await before.write { try $0.stamp() }
        let cutOff = try await ChangeClock(before).tick()
        let late = try await before.write { try $0.stamp() }
        try before.close()
        try home.old.copy("m", to: home.new, as: "m")

        let after = try home.open(home.new, "m")
        let standing = try await after.read { try ChangeClock.standing(in: $0) }
        #expect(standing.epoch == 2 && !standing.isHeld && standing.rewoundFrom == nil)
        let new = try await after.write { try $0.stamp() }
        #expect(new.number < old.number && new > late)
        let tick = try await ChangeClock(after).tick()
        let window = try Window(from: cutOff, to: tick, for: "the export")
        #expect(window.contains(new) && window.contains(late) && !window.contains(old))
    }

    @Test func `a dump that is older than its witness was restored: ids jump, sends are held`()
        async throws
    {
        let home = try Servers()
        let lost = try home.work(home.old, "m")
        try home.old.copy("m", to: home.new, as: "m")
        let later = try home.work(home.old, "m")
        #expect(later.id > lost.id)

        let after = try home.open(home.new, "m")
        let standing = try await after.read { try ChangeClock.standing(in: $0) }
        #expect(standing.epoch == 2 && standing.isHeld)
        #expect(try #require(standing.rewoundFrom) > later.stamp)
        let (stamp, id) = try await after.write { transaction in
            (try transaction.stamp(), try transaction.allocate(1, Self.kind, in: WorkspaceID(1)))
        }
        #expect(stamp > later.stamp)
        #expect(id > later.id + 1_000_000)
        try await after.write { try ChangeClock.accept(in: $0) }
        try after.close()
        let again = try home.open(home.new, "m").readBlocking { try ChangeClock.standing(in: $0) }
        #expect(again.epoch == 2 && !again.isHeld)
    }

    @Test func `another node's witness still tells of a restore after the first node started`()
        throws
    {
        let home = try Servers()
        try home.work(home.old, "m", witness: "first")
        try home.old.copy("m", to: home.new, as: "m")
        let lost = try home.work(home.old, "m", witness: "second")

        let moved = try home.standing(home.new, "m", witness: "first")
        #expect(moved.epoch == 2 && !moved.isHeld)
        let restored = try home.standing(home.new, "m", witness: "second")
        #expect(restored.epoch == 3 && restored.isHeld)
        #expect(try #require(restored.rewoundFrom) > lost.stamp)
        for witness in ["first", "second"] {
            #expect(try home.standing(home.new, "m", witness: witness).epoch == 3)
        }
    }

    @Test func `a server that was started again changes nothing`() async throws {
        let home = try Servers()
        let database = try home.open(home.old, "m")
        let before = try await database.write { try $0.stamp() }
        let tick = try await ChangeClock(database).tick()
        try home.old.restart()
        let after = try await database.write { try $0.stamp() }
        #expect(after > before && !tick.hasSeen(after))
        try database.close()
        let standing = try home.standing(home.old, "m", witness: "witness")
        #expect(standing.epoch == 1 && !standing.isHeld && standing.rewoundFrom == nil)
    }
}

/// Two clusters, the first of which has come far in its transactions.
private struct Servers {
    let old: PostgresServer
    let new: PostgresServer
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        old = try PostgresServer()
        new = try PostgresServer()
        _ = try old.psql("CREATE DATABASE m")
        try old.burnTransactions(2_000)
    }

    func open(
        _ server: PostgresServer,
        _ name: String,
        witness: String = "witness"
    ) throws -> Database {
        try Database(
            DatabaseAddress(server.uri(database: name)),
            migrations: [],
            witness: folder.path(witness),
            time: ManualTime(),
            randomness: SeededRandomness()
        )
    }

    func standing(
        _ server: PostgresServer,
        _ name: String,
        witness: String
    ) throws -> ChangeClock.Standing {
        let database = try open(server, name, witness: witness)
        defer { try? database.close() }
        return try database.readBlocking { try ChangeClock.standing(in: $0) }
    }

    /// Opens, draws a stamp and an id, tells the witness and closes.
    @discardableResult
    func work(
        _ server: PostgresServer,
        _ name: String,
        witness: String = "witness"
    ) throws -> (stamp: Stamp, id: Int64) {
        let database = try open(server, name, witness: witness)
        let kind = PostgresRestoreTests.kind
        let drawn = try database.writeBlocking { transaction in
            (try transaction.stamp(), try transaction.allocate(1, kind, in: WorkspaceID(1)))
        }
        try database.witness()
        try database.close()
        return drawn
    }
}
