// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// What only a server can do: refuse, break, take too long, and speak TLS.
struct PostgresTests {
    @Test func `a statement that runs too long is ended, and the connection goes on`() throws {
        let place = try TestEngine.postgres.place()
        let database = try place.open(options: "statement_timeout=10")
        let slow = "SELECT pg_sleep(60)::text"
        #expect(throws: DatabaseError.timeout(statement: slow)) {
            try database.readBlocking { try $0.row(slow) }
        }
        #expect(try database.readBlocking { try $0.value("SELECT 7") } == 7)
    }

    @Test func `a cancelled read ends at the server`() async throws {
        let place = try TestEngine.postgres.place()
        let database = try place.open()
        let isReading = AsyncStream.makeStream(of: Void.self)
        let reader = Task {
            try await database.read { connection in
                isReading.continuation.yield()
                _ = try connection.row("SELECT pg_sleep(600)::text")
            }
        }
        for await _ in isReading.stream { break }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        #expect(try await database.read { try $0.value("SELECT 7") } == 7)
    }

    @Test func `no more connections are opened than the pool may hold`() async throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try place.open(sampleMigrations, options: "pool_size=3")
        let gauge = Gauge()
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    try await database.write(.guarded) { transaction in
                        gauge.enter()
                        defer { gauge.leave() }
                        try transaction.execute(
                            "INSERT INTO sample (id, workspace_id, name) VALUES ($1, 1, $2)",
                            [number, "\(number)"]
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.most <= 3)
        #expect(try database.readBlocking { try $0.sampleNames() }.count == 40)
    }

    @Test func `serial transactions that would cross are repeated, and none is lost`() async throws
    {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try place.open(sampleMigrations)
        try database.writeBlocking { try $0.addSamples(["a"]) }
        try database.writeBlocking { try $0.execute("UPDATE sample SET whole = 0") }
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<25 {
                        try await database.write { transaction in
                            let old: Int? = try transaction.value("SELECT whole FROM sample")
                            try transaction.execute(
                                "UPDATE sample SET whole = $1",
                                [(old ?? 0) + 1]
                            )
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try database.readBlocking { try $0.value("SELECT whole FROM sample") } == 100)
    }

    @Test func `deadlocked transactions are repeated`() async throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try place.open(sampleMigrations)
        try database.writeBlocking { try $0.addSamples(["a", "b"]) }
        try await withThrowingTaskGroup { group in
            for order in [["a", "b"], ["b", "a"]] {
                group.addTask {
                    for _ in 0..<10 {
                        try await database.write(.guarded) { transaction in
                            for name in order {
                                try transaction.execute(
                                    "UPDATE sample SET whole = coalesce(whole, 0) + 1 "
                                        + "WHERE name = $1",
                                    [name]
                                )
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let sums = try database.readBlocking { try $0.rows("SELECT whole FROM sample") }
        #expect(try sums.map { try $0.get(0, as: Int.self) } == [20, 20])
    }

    @Test func `bulk work is told of a conflict instead of being repeated`() throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try place.open(sampleMigrations)
        var runs = 0
        #expect(throws: DatabaseError.connectionLost("killed")) {
            try database.writeBlocking(.bulk) { _ in
                runs += 1
                throw DatabaseError.connectionLost("killed")
            }
        }
        #expect(runs == 1)
    }

    @Test func `a transaction whose connection is killed runs again as a whole`() throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try place.open(sampleMigrations)
        var runs = 0
        try database.writeBlocking { transaction in
            runs += 1
            try transaction.addSamples(["a\(runs)"])
            guard runs == 1 else { return }
            let own: Int = try transaction.value("SELECT pg_backend_pid()::bigint") ?? 0
            try place.session().run("SELECT pg_terminate_backend(\(own))")
            try transaction.addSamples(["b"])
        }
        #expect(runs == 2)
        #expect(try database.readBlocking { try $0.sampleNames() } == ["a2"])
    }

    @Test func `a server that restarts is waited for`() throws {
        let server = try PostgresServer()
        let address = try DatabaseAddress(server.uri())
        let database = try Database(address, migrations: sampleMigrations, time: ManualTime())
        try database.writeBlocking { try $0.addSamples(["a"]) }
        try server.restart()
        try database.writeBlocking { try $0.execute("UPDATE sample SET name = $1", ["b"]) }
        #expect(try database.readBlocking { try $0.sampleNames() } == ["b"])
        try server.stopImmediately()
        let error = #expect(throws: DatabaseError.self) { try Database(address, migrations: []) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("cannot be reached"))
        try server.start()
        #expect(try database.readBlocking { try $0.sampleNames() } == ["b"])
    }

    @Test func `connections are encrypted and the server's certificate is checked`() throws {
        let server = try PostgresServer(tcp: true)
        let uri = try #require(server.networkURI())
        let root = server.folder + "/root.crt"
        let trusted = "\(uri)?sslmode=verify-full&sslrootcert=\(root)"
        let database = try Database(DatabaseAddress(trusted), migrations: [])
        let isEncrypted: Bool? = try database.readBlocking { connection in
            try connection.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        }
        #expect(isEncrypted == true)
        let unknown = "\(uri)?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
        let error = #expect(throws: DatabaseError.self) {
            try Database(DatabaseAddress(unknown), migrations: [])
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("certificate"))
    }

    @Test func `a wrong password is refused in words that do not tell it`() throws {
        let server = try PostgresServer(tcp: true)
        let uri = try #require(server.networkURI())
        let wrong = uri.replacing(/:[^:@\/]+@/, with: ":hunter2@")
        let error = #expect(throws: DatabaseError.self) {
            try Database(DatabaseAddress(wrong), migrations: [])
        }
        let words = "\(error.map { "\($0)" } ?? "")"
        #expect(words.contains("password authentication failed"))
        #expect(!words.contains("hunter2"))
        #expect(try !"\(DatabaseAddress(wrong))".contains("hunter2"))
    }

    @Test func `errors name the SQLSTATE and no value`() throws {
        let database = try TestEngine.postgres.open(migrations: sampleMigrations)
        let error = #expect(throws: DatabaseError.self) {
            try database.readBlocking { try $0.row("SELECT CAST($1 AS bigint)", ["secret"]) }
        }
        let words = "\(error.map { "\($0)" } ?? "")"
        #expect(words.contains("22P02"))
        #expect(!words.contains("secret"))
    }

    @Test func `a ring wakes those who wait in other processes`() async throws {
        let place = try TestEngine.postgres.place()
        let (here, there) = (try place.open(), try place.open())
        var rings = there.bell.listen().makeAsyncIterator()
        // It rings once itself when its connection listens.
        #expect(await rings.next() != nil)
        here.bell.ring()
        #expect(await rings.next() != nil)
    }
}

/// Counts how many are inside at once.
private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }

    func leave() { state.withLock { $0.now -= 1 } }
}

extension DatabasePlace {
    /// Opens the place's database, with parameters of the address.
    func open(_ migrations: [Migration] = [], options: String? = nil) throws -> Database {
        let text = [uri, options].compactMap(\.self).joined(separator: "&")
        return try Database(
            options == nil ? address : DatabaseAddress(text),
            migrations: migrations,
            time: ManualTime(),
            randomness: SeededRandomness()
        )
    }
}
