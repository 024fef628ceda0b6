// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// The change clock of one database that several nodes use at once.
struct NodeClockTests {
    @Test func `nodes that start at once on a fresh database agree on who they are`() async throws {
        let place = try DatabasePlace.emptyPostgres()
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for seed in UInt64(1)...4 {
                group.addTask {
                    let database = try node(place, seed: seed)
                    return try await database.read {
                        try ChangeClock.standing(in: $0).installation
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names.count == 4)
        #expect(Set(names).count == 1)
        let last = try node(place).readBlocking { try ChangeClock.standing(in: $0) }
        #expect(last.epoch == 1 && !last.isHeld)
    }

    @Test func `ticks of several nodes have numbers and bounds that rise together`() async throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let nodes = try (1...2).map { _ in try node(place) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for _ in 0..<10 {
                        try await nodes[lane % 2].write { _ = try $0.stamp() }
                        _ = try await ChangeClock(nodes[lane % 2]).tick()
                    }
                }
            }
            try await group.waitForAll()
        }
        let ticks = try await nodes[0].read { connection in
            try connection.rows("SELECT id, min_stamp, max_stamp FROM tick ORDER BY id").map {
                [try $0.get(0, as: Int64.self), try $0.get(1), try $0.get(2)]
            }
        }
        #expect(ticks.map { $0[0] } == Array(1...80))
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0[1] <= $1[1] && $0[2] <= $1[2] })
    }

    @Test func `what is due together shares a tick`() async throws {
        let time = ManualTime()
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let nodes = try (1...2).map { _ in try node(place, time: time) }
        let due = time.now()
        time.advance(by: .seconds(1))
        let first = try await ChangeClock(nodes[0]).tick(unlessSince: due)
        #expect(try await ChangeClock(nodes[1]).tick(unlessSince: due) == first)
        #expect(try await ChangeClock(nodes[1]).tick(unlessSince: time.now()).id == first.id + 1)
        #expect(try await ChangeClock(nodes[1]).tick().id == first.id + 2)
    }

    @Test func `a node starts while a transaction stays open, and others go on`() throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let first = try node(place)
        let held = HeldTransaction(in: first)
        let stamp = try held.perform { try $0.stamp() }
        let second = try node(place)
        #expect(try second.writeBlocking { try $0.stamp() } > stamp)
        try held.commit()
    }

    @Test func `nodes that start while another marks the clock find all in order`() async throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let first = try node(place)
        let isOver = Atomic<Bool>(false)
        async let marking: Void = first.blocking {
            while !isOver.load(ordering: .relaxed) {
                try first.writeBlocking { _ = try $0.stamp() }
                try first.witness()
            }
        }
        for _ in 0..<20 {
            let standing = try node(place).readBlocking { try ChangeClock.standing(in: $0) }
            #expect(standing.epoch == 1 && !standing.isHeld)
        }
        isOver.store(true, ordering: .relaxed)
        try await marking
    }

    @Test func `a transaction that began in an epoch draws no stamp of it after its end`() throws {
        let folder = try TemporaryFolder()
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let first = try node(place)
        let attempts = Atomic<Int>(0)
        let stamp = try first.writeBlocking { transaction in
            // The snapshot of the transaction is as old as its first statement.
            _ = try transaction.rows("SELECT id FROM sample")
            if attempts.add(1, ordering: .relaxed).newValue == 1 {
                try raiseEpoch(place, folder)
            }
            return try transaction.stamp()
        }
        #expect(attempts.load(ordering: .relaxed) == 2)
        #expect(stamp.epoch == 2)
        #expect(try first.writeBlocking { try $0.stamp() }.epoch == 2)
    }

    @Test func `a tick has not seen what is open, and its successor has`() async throws {
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try node(place)
        let clock = ChangeClock(database)
        let held = HeldTransaction(in: database)
        let slow = try held.perform { try $0.stamp() }
        let fast = try await database.write { try $0.stamp() }
        let first = try await clock.tick()
        #expect(first.hasSeen(fast) && !first.hasSeen(slow))
        #expect(first.bounds.open.contains(slow) && first.bounds.min <= slow)
        try held.commit()
        let second = try await clock.tick()
        let window = try Window(from: first, to: second, for: "the export")
        #expect(window.contains(slow) && !window.contains(fast))
        #expect(window.segments.contains { $0.contains(slow) })
        #expect(!window.segments.contains { $0.contains(fast) })
    }

    @Test(arguments: TestEngine.allCases)
    func `a tick comes before all writing, or takes none of it in`(
        _ engine: TestEngine
    ) async throws {
        let database = try engine.sample()
        let tick = try await ChangeClock(database).tick()
        let stamp = try await database.write { try $0.stamp() }
        #expect(!tick.hasSeen(stamp))
    }

    @Test func `threads that tell the witness at once leave the latest`() async throws {
        let folder = try TemporaryFolder()
        let place = try TestEngine.postgres.place(migrations: sampleMigrations)
        let database = try node(place, witness: folder.path("witness"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<20 {
                        try await database.blocking {
                            try database.writeBlocking { _ = try $0.stamp() }
                            try database.witness()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counter: Int64? = try await database.read {
            try $0.value("SELECT counter FROM change_clock")
        }
        let text = try String(contentsOfFile: folder.path("witness"), encoding: .utf8)
        #expect(text.contains("\(Stamp(epoch: 1, number: counter ?? 0).value)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["witness"])
    }

    /// As a node does that has seen more than the database has.
    private func raiseEpoch(_ place: DatabasePlace, _ folder: TemporaryFolder) throws {
        let path = folder.path("witness")
        try node(place, witness: path).close()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let seen = Stamp(epoch: 1, number: 1 << 40).value
        let later = text.replacing(#/"stamp":\d+/#, with: "\"stamp\":\(seen)")
        try folder.write(later, to: "witness")
        let standing = try node(place, witness: path).readBlocking {
            try ChangeClock.standing(in: $0)
        }
        #expect(standing.epoch == 2)
    }
}

/// A node of its own on a database.
func node(
    _ place: DatabasePlace,
    witness: String? = nil,
    time: any TimeSource = ManualTime(),
    seed: UInt64 = 1
) throws -> Database {
    try Database(
        place.address,
        migrations: sampleMigrations,
        witness: witness,
        time: time,
        randomness: SeededRandomness(seed: seed)
    )
}
