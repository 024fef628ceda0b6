// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Synchronization

/// The connections of one node: opened when needed, lent to one thread at a time, closed when they
/// are broken.
final class PostgresPool: @unchecked Sendable {
    private let address: PostgresAddress
    private let makeConnection: @Sendable (PostgresLink) -> PostgresConnection
    // The condition's lock guards the three variables.
    private let turn = NSCondition()
    private var idle: [PostgresConnection] = []
    private var open = 0
    private var isClosed = false

    /// How long someone waits for a connection, and for a server that restarts.
    private static let patience: TimeInterval = 30

    init(
        _ address: PostgresAddress,
        makeConnection: @escaping @Sendable (PostgresLink) -> PostgresConnection
    ) {
        self.address = address
        self.makeConnection = makeConnection
    }

    /// Lends a connection; it comes back when the closure ends, or is closed when it is broken.
    ///
    /// - Throws: ``DatabaseError/busy`` when none is free for long,
    ///   ``DatabaseError/unreachable(server:reason:)``, or what the closure throws.
    func lend<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        let connection = try take(patience: PostgresPool.patience)
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Lends a connection if more than half of them are free, without waiting: whoever asks holds
    /// another one.
    ///
    /// - Returns: What the closure returns; nil when there was none.
    func lendSpare<T>(_ body: (PostgresConnection) throws -> T) throws -> T? {
        guard hasSpare, let connection = try? take(patience: 0) else { return nil }
        defer { giveBack(connection) }
        return try body(connection)
    }

    private var hasSpare: Bool {
        turn.lock()
        defer { turn.unlock() }
        return !isClosed && address.poolSize - open + idle.count > address.poolSize / 2
    }

    /// Closes what is idle now and the rest when it comes back.
    func close() {
        turn.lock()
        defer { turn.unlock() }
        isClosed = true
        open -= idle.count
        idle = []
        turn.broadcast()
    }

    private func take(patience: TimeInterval) throws -> PostgresConnection {
        if let connection = try waitForTurn(patience) { return connection }
        do {
            return makeConnection(
                try PostgresPool.connect(address, patience: patience)
            )
        } catch {
            release()
            throw error
        }
    }

    /// An idle connection, or nil when the caller may open one.
    private func waitForTurn(_ patience: TimeInterval) throws -> PostgresConnection? {
        let deadline = Date(timeIntervalSinceNow: patience)
        turn.lock()
        defer { turn.unlock() }
        while true {
            guard !isClosed else { throw DatabaseError.connectionLost("the database was closed") }
            while let connection = idle.popLast() {
                if !connection.link.isClosedByServer { return connection }
                open -= 1
            }
            if open < address.poolSize {
                open += 1
                return nil
            }
            guard turn.wait(until: deadline) else { throw DatabaseError.busy }
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        guard connection.link.isIdle else { return release() }
        turn.lock()
        defer { turn.unlock() }
        if isClosed { open -= 1 } else { idle.append(connection) }
        turn.signal()
    }

    private func release() {
        turn.lock()
        defer { turn.unlock() }
        open -= 1
        turn.signal()
    }

    /// Connects; a server that is starting or away for a moment is asked again.
    static func connect(_ address: PostgresAddress, patience: TimeInterval) throws -> PostgresLink {
        let deadline = Date(timeIntervalSinceNow: patience)
        var pause: UInt32 = 10_000
        while true {
            do {
                let link = try PostgresLink(address)
                try link.run(PostgresDialect.settings(address))
                return link
            } catch let error as DatabaseError where error.isTemporary && Date() < deadline {
                usleep(pause)
                pause = min(pause * 2, 500_000)
            }
        }
    }
}
