// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

struct SQLiteFileTests {
    @Test func `files are for their owner alone`() throws {
        let folder = try TemporaryFolder()
        let database = try Database(
            .sqlite(path: folder.path("data/test.db")),
            migrations: sampleMigrations
        )
        try database.writeBlocking { try $0.addSamples(["a"]) }
        try database.witness()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("data"))
        #expect(Set(names).isSuperset(of: ["test.db", "test.db-wal", "test.db-witness"]))
        for name in names { #expect(try mode(folder.path("data/\(name)")) == 0o600) }
        #expect(try mode(folder.path("data")) == 0o700)
    }

    @Test(arguments: [
        ("auto_vacuum", SQLValue.integer(2)), ("journal_mode", .text("wal")),
        ("synchronous", .integer(2)), ("wal_autocheckpoint", .integer(0)),
    ])
    func `a new file and its writer have the settings`(_ name: String, _ value: SQLValue) throws {
        let database = try TestEngine.file.open()
        try database.writeBlocking { transaction in
            try #expect(transaction.rows("PRAGMA \(name)").map(\.values) == [[value]])
        }
    }

    @Test func `readers keep 16 MB of pages, the writer 32`() throws {
        let database = try TestEngine.file.open()
        let sizes = [
            try database.readBlocking { try $0.rows("PRAGMA cache_size").map(\.values) },
            try database.writeBlocking { try $0.rows("PRAGMA cache_size").map(\.values) },
        ]
        #expect(sizes == [[[.integer(-16_384)]], [[.integer(-32_768)]]])
    }

    @Test func `closing leaves all data in the one file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let database = try Database(.sqlite(path: path), migrations: sampleMigrations)
        try database.writeBlocking { try $0.addSamples(["a"]) }
        try database.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        try FileManager.default.copyItem(atPath: path, toPath: folder.path("copy.db"))
        let copy = try Database(
            .sqlite(path: folder.path("copy.db")),
            migrations: sampleMigrations
        )
        #expect(try copy.readBlocking { try $0.sampleNames() } == ["a"])
    }

    @Test func `a file that is no database is refused in words`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "no database ", count: 100), to: "test.db")
        #expect(throws: DatabaseError.self) { try Database(.sqlite(path: path), migrations: []) }
    }

    @Test func `two programs on one file lose nothing`() async throws {
        let folder = try TemporaryFolder()
        let address = DatabaseAddress.sqlite(path: folder.path("test.db"))
        let databases = try (0..<2).map { _ in
            try Database(address, migrations: sampleMigrations)
        }
        try await databases[0].write { try $0.addSamples(["a"]) }
        try await databases[1].write { try $0.execute("UPDATE sample SET whole = 0") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for _ in 0..<25 { try await Self.raise(in: databases[worker % 2]) }
                }
            }
            try await group.waitForAll()
        }
        let sum: Int? = try await databases[0].read { try $0.value("SELECT whole FROM sample") }
        #expect(sum == 100)
    }

    @Test func `a bulk writer sees that another program waits, and lets it in`() throws {
        let folder = try TemporaryFolder()
        let address = DatabaseAddress.sqlite(path: folder.path("test.db"))
        let bulk = try Database(address, migrations: sampleMigrations)
        let other = try Database(address, migrations: sampleMigrations)
        let isDone = Flag()
        let writer = Thread {
            try? other.writeBlocking { try $0.addSamples(["small"]) }
            isDone.raise()
        }
        var hasSeenOther = false
        try bulk.writeBlocking(.bulk) { transaction in
            #expect(!transaction.othersAreWaiting)
            writer.start()
            let limit = Date(timeIntervalSinceNow: 600)
            while !hasSeenOther, Date() < limit {
                sched_yield()
                hasSeenOther = transaction.othersAreWaiting
            }
        }
        #expect(hasSeenOther)
        let limit = Date(timeIntervalSinceNow: 600)
        while !isDone.isRaised, Date() < limit {
            sched_yield()
            try bulk.writeBlocking(.bulk) { try $0.execute("UPDATE sample SET whole = 1") }
        }
        #expect(isDone.isRaised)
        #expect(try bulk.readBlocking { try $0.sampleNames() } == ["small"])
    }

    @Test func `a bulk writer sees that another thread waits`() throws {
        let database = try TestEngine.file.sample()
        let writer = Thread { try? database.writeBlocking { try $0.addSamples(["small"]) } }
        var hasSeenOther = false
        try database.writeBlocking(.bulk) { transaction in
            #expect(!transaction.othersAreWaiting)
            writer.start()
            let limit = Date(timeIntervalSinceNow: 600)
            while !hasSeenOther, Date() < limit {
                sched_yield()
                hasSeenOther = transaction.othersAreWaiting
            }
        }
        #expect(hasSeenOther)
    }

    @Test func `the write-ahead log stays bounded through 100 MB`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        let database = try Database(.sqlite(path: path), migrations: sampleMigrations)
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        var highest: Int64 = 0
        for number in 0..<100 {
            try database.writeBlocking(.bulk) { transaction in
                try transaction.execute(
                    "INSERT INTO sample (id, workspace_id, name, raw) VALUES ($1, 1, $2, $3)",
                    [number, "n\(number)", megabyte]
                )
            }
            highest = max(highest, try size(path + "-wal"))
        }
        #expect(highest > 1 << 20)
        #expect(highest < 40 << 20)
        #expect(try size(path + "-wal") < 34 << 20)
        #expect(try size(path) > 60 << 20)
    }

    private static func raise(in database: Database) async throws {
        try await database.write { transaction in
            let whole: Int? = try transaction.value("SELECT whole FROM sample WHERE id = 1")
            try transaction.execute(
                "UPDATE sample SET whole = $1 WHERE id = 1",
                [(whole ?? 0) + 1]
            )
        }
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func size(_ path: String) throws -> Int64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return Int64(try #require(attributes[.size] as? Int))
    }
}

/// A signal from one thread to another.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    func raise() { value.store(true, ordering: .releasing) }
}
