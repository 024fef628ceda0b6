// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport
import Testing

struct RestoreTests {
    static let kind = IDKind(rawValue: "sample")

    @Test func `a restored database starts a new epoch, jumps its ids and holds its sends`() throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let backup = folder.path("backup.db")
        try work(path)
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        let lost = try work(path)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: backup, toPath: path)

        let database = try open(path)
        let standing = try database.readBlocking { try ChangeClock.standing(in: $0) }
        #expect(standing.epoch == 2)
        #expect(standing.isHeld)
        #expect(standing.rewoundFrom == lost.stamp)
        let (stamp, id) = try database.writeBlocking { transaction in
            (try transaction.stamp(), try transaction.allocate(1, Self.kind, in: WorkspaceID(1)))
        }
        #expect(stamp > lost.stamp)
        #expect(id > lost.id + 1_000_000)

        try database.writeBlocking { try ChangeClock.accept(in: $0) }
        try database.close()
        let again = try open(path).readBlocking { try ChangeClock.standing(in: $0) }
        #expect(again.epoch == 2)
        #expect(!again.isHeld)
        #expect(again.rewoundFrom == lost.stamp)
    }

    @Test func `the same backup restored twice starts two epochs`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let backup = folder.path("backup.db")
        try work(path)
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        try work(path)
        for epoch in [Int64(2), 3] {
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: backup, toPath: path)
            let database = try open(path)
            let standing = try database.readBlocking { try ChangeClock.standing(in: $0) }
            #expect(standing.epoch == epoch)
            try database.close()
        }
    }

    @Test func `a window across a restore still holds only what is new`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let backup = folder.path("backup.db")
        try work(path)
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        let before = try open(path)
        let old = try await before.write { try $0.stamp() }
        let cutOff = try await ChangeClock(before).tick()
        try before.close()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: backup, toPath: path)
        let after = try open(path)
        let new = try await after.write { try $0.stamp() }
        let window = try Window(
            from: cutOff,
            to: try await ChangeClock(after).tick(),
            for: "the export"
        )
        #expect(window.contains(new))
        #expect(!window.contains(old))
    }

    @Test func `a database that was only closed is not a restored one`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        for _ in 0..<3 { try work(path) }
        let standing = try open(path).readBlocking { try ChangeClock.standing(in: $0) }
        #expect(standing.epoch == 1)
        #expect(!standing.isHeld)
        #expect(standing.rewoundFrom == nil)
    }

    @Test func `another installation's witness is no evidence`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let other = folder.path("other.db")
        for _ in 0..<3 { try work(other, seed: 2) }
        try work(path)
        try FileManager.default.removeItem(atPath: path + "-witness")
        try FileManager.default.copyItem(atPath: other + "-witness", toPath: path + "-witness")
        let standing = try open(path).readBlocking { try ChangeClock.standing(in: $0) }
        #expect(standing.epoch == 1)
    }

    @Test func `many may tell the witness at once, and the latest is kept`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let database = try open(path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    _ = try await database.write { try $0.stamp() }
                    try await database.blocking { try database.witness() }
                }
            }
            try await group.waitForAll()
        }
        let counter: Int64? = try await database.read { connection in
            try connection.value("SELECT counter FROM change_clock")
        }
        let witness = try JSONDecoder().decode(
            Told.self,
            from: try Data(contentsOf: URL(fileURLWithPath: path + "-witness"))
        )
        #expect(witness.stamp.number == counter)
    }

    /// What the file of a witness holds.
    private struct Told: Decodable {
        var stamp: Stamp
    }

    /// Opens, draws a stamp and an id, tells the witness and closes.
    @discardableResult
    private func work(_ path: String, seed: UInt64 = 1) throws -> (stamp: Stamp, id: Int64) {
        let database = try open(path, seed: seed)
        let drawn = try database.writeBlocking { transaction in
            (try transaction.stamp(), try transaction.allocate(1, Self.kind, in: WorkspaceID(1)))
        }
        try database.witness()
        try database.close()
        return drawn
    }

    private func open(_ path: String, seed: UInt64 = 1) throws -> Database {
        try Database(
            .sqlite(path: path),
            migrations: [],
            time: ManualTime(),
            randomness: SeededRandomness(seed: seed)
        )
    }
}
