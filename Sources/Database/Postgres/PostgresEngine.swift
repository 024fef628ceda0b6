// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation

/// PostgreSQL through libpq: a pool of connections, transactions that are repeated after a conflict.
final class PostgresEngine: Engine {
    let witnessStore: any WitnessStore
    let bell: Bell
    /// The injected clock, set by the server's.
    let time: PostgresTime
    private let address: PostgresAddress
    private let pool: PostgresPool
    private let side: PostgresSide
    private let remoteBell: PostgresBell

    /// How often a transaction is repeated before its conflict is thrown.
    private static let attempts = 30
    /// After this time a bulk writer ends its transaction, seconds: none may last over 0.1.
    private static let bulkTurn = 0.05

    init(
        _ address: PostgresAddress,
        witness: String?,
        time: any TimeSource,
        record: (@Sendable (String) -> Void)?
    ) throws {
        self.address = address
        let side = PostgresSide(address)
        let identities = PostgresIdentities(side)
        let serverTime = PostgresTime(time)
        let remoteBell = PostgresBell(address, side, serverTime)
        self.side = side
        self.remoteBell = remoteBell
        self.time = serverTime
        bell = Bell(
            spread: { remoteBell.spread() },
            began: { remoteBell.listen(for: $0) }
        )
        pool = PostgresPool(address) { link in
            PostgresConnection(link, identities: identities, record: record)
        }
        if let folder = witness.map({ URL(fileURLWithPath: $0).deletingLastPathComponent() }) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        witnessStore = witness.map { WitnessFile(path: $0) } ?? NoWitness()
        // Fails at once when the server is not there.
        try serverTime.ask(try PostgresPool.connect(address, patience: 0))
    }

    deinit {
        remoteBell.close()
        pool.close()
        side.close()
    }

    func clockReading() throws -> ClockReading? {
        let row = try side.run(
            """
            SELECT system_identifier::text, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            FROM pg_control_system()
            """
        )
        return ClockReading(cluster: row.text(0) ?? "", number: row.integer(1))
    }

    func markClock() throws {
        _ = try side.run(
            """
            UPDATE change_clock SET counter = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            WHERE id = 1 AND counter < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            """
        )
    }

    func foreignVersion() throws -> Int64 { 0 }
    /// Only the server could tell, at the price of what would be spared.
    func contentVersion() -> Int64? { nil }

    func integrityProblems() throws -> [String] { [] }

    func backUp(to path: String) throws { try PostgresDump(address).run(to: path) }

    func read<T>(
        _ cancellation: Cancellation?,
        _ body: (any EngineConnection) throws -> T
    ) throws -> T {
        try repeating { connection in
            guard let cancellation else { return try readOnce(connection, body) }
            return try connection.cancellable(by: cancellation) { try readOnce(connection, body) }
        }
    }

    func readBeside<T>(_ body: (any EngineConnection) throws -> T) throws -> T? {
        try pool.lendSpare { try readOnce($0, body) }
    }

    func write<T>(
        _ isolation: Isolation,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T {
        guard isolation != .bulk else {
            return try pool.lend { try writeOnce($0, isolation, body) }
        }
        return try repeating { try writeOnce($0, isolation, body) }
    }

    func close() throws {
        remoteBell.close()
        pool.close()
        side.close()
    }

    /// Runs a transaction again while nothing of it was kept.
    private func repeating<T>(_ transaction: (PostgresConnection) throws -> T) throws -> T {
        var attempt = 1
        while true {
            do { return try pool.lend(transaction) } catch let error as DatabaseError
                where error.isRepeatable && attempt < PostgresEngine.attempts
            {
                PostgresEngine.pause(attempt)
                attempt += 1
            }
        }
    }

    private func readOnce<T>(
        _ connection: PostgresConnection,
        _ body: (any EngineConnection) throws -> T
    ) throws -> T {
        connection.begin(nil)
        do {
            let result = try body(connection)
            try connection.endReading()
            return result
        } catch {
            connection.rollback()
            if let failure = connection.failure, failure.isRepeatable { throw failure }
            throw error
        }
    }

    private func writeOnce<T>(
        _ connection: PostgresConnection,
        _ isolation: Isolation,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T {
        connection.begin(isolation)
        let start = ContinuousClock.now
        let result: T
        do {
            result = try body(connection) {
                ContinuousClock.now - start > .seconds(PostgresEngine.bulkTurn)
            }
        } catch {
            connection.rollback()
            // A conflict that the closure has wrapped in words of its own is still a conflict.
            if let failure = connection.failure, failure.isRepeatable { throw failure }
            throw error
        }
        do { try connection.commit() } catch DatabaseError.connectionLost(let reason) {
            throw DatabaseError.commitUnknown(reason)
        } catch {
            connection.rollback()
            throw error
        }
        return result
    }

    /// Waits a little longer each time, by chance, so that two that met do not meet again.
    private static func pause(_ attempt: Int) {
        usleep(UInt32.random(in: 500...(1_000 << UInt32(min(attempt, 7)))))
    }
}
