// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Foundation
internal import Synchronization

/// Where a database is and which engine it has.
public enum DatabaseAddress: Sendable, Hashable, CustomStringConvertible {
    /// An SQLite file.
    case sqlite(path: String)
    /// SQLite in memory, for tests.
    case memory
    /// A PostgreSQL server.
    case postgres(PostgresAddress)

    /// Reads `sqlite:PATH`, `sqlite::memory:` or `postgres://USER@HOST/NAME`.
    ///
    /// - Throws: ``DatabaseError/unknownAddress(_:)``.
    public init(_ text: String) throws {
        if text.hasPrefix("postgres") {
            self = .postgres(try PostgresAddress(text))
            return
        }
        guard text.hasPrefix("sqlite:"), text.count > 7 else {
            throw DatabaseError.unknownAddress(PostgresAddress.withoutPassword(text))
        }
        let path = String(text.dropFirst(7))
        self = path == ":memory:" ? .memory : .sqlite(path: path)
    }

    /// The address as it is given on the command line, without a password.
    public var description: String {
        switch self {
        case .postgres(let address): address.description
        case .sqlite(let path): "sqlite:\(path)"
        case .memory: "sqlite::memory:"
        }
    }
}

/// A reading of how much others write; compared with a later one.
public struct Traffic: Sendable, Hashable {
    let version: Int64
    let writes: Int

    /// Whether, since an earlier reading, other processes wrote at all or this one wrote often.
    ///
    /// As many small writes of this process as are tolerated do not count.
    public func isBusy(since earlier: Traffic, tolerated: Int) -> Bool {
        version != earlier.version || writes - earlier.writes > tolerated
    }
}

/// A database with one SQL text on any engine (design/sql.md).
///
/// Closures passed to it run on a thread that may block; connections never leave them.
public final class Database: Sendable {
    /// The present moment for transactions: by the injected clock, set by the server's where there is
    /// one, so that nodes agree.
    public let time: any TimeSource
    let engine: any Engine
    /// The tables that are cut where the engine can.
    let partitionedTables: [TableDefinition]
    private let smallWrites = Atomic<Int>(0)

    /// Opens a database, brings its schema up to date and its clock in order.
    ///
    /// - Parameters:
    ///   - address: Where the database is.
    ///   - migrations: All rooms' migrations, in order.
    ///   - witness: The file outside of a server that tells a restored database; an SQLite file has
    ///     its own beside it.
    ///   - time: The clock for transaction moments.
    ///   - randomness: For the installation's identity.
    ///   - isMoving: Whether it is opened to move its data, so that it may be frozen or incomplete.
    ///   - record: Called with each statement that is prepared; for tests.
    /// - Throws: ``DatabaseError``; ``DatabaseError/movedAway(to:)`` or
    ///   ``DatabaseError/halfMoved(from:)`` when the data are elsewhere.
    public init(
        _ address: DatabaseAddress,
        migrations: [Migration],
        witness: String? = nil,
        time: any TimeSource = SystemTime(),
        randomness: any Randomness = SystemRandomness(),
        isMoving: Bool = false,
        record: (@Sendable (String) -> Void)? = nil
    ) throws {
        partitionedTables = migrations.flatMap(\.steps).compactMap { step in
            guard case .createTable(let table) = step, table.partition != nil else { return nil }
            return table
        }
        switch address {
        case .sqlite(let path):
            engine = try SQLiteEngine(path: path, record: record)
            self.time = time
        case .memory:
            engine = try SQLiteEngine(record: record)
            self.time = time
        case .postgres(let address):
            let server = try PostgresEngine(address, witness: witness, time: time, record: record)
            engine = server
            self.time = server.time
        }
        try writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            _ = try MigrationRunner(migrations: DatabaseSchema.migrations + migrations)
                .run(in: transaction)
        }
        do {
            try readBlocking { try MoveRecord.check(in: $0) }
        } catch let error as DatabaseError where error.isAboutMove {
            guard isMoving else { throw error }
            // The clock of a side that is closed says nothing: a part of it may be the other's.
            return
        }
        try Restoration(self, randomness).check()
    }

    /// Reads in one snapshot, away from the cooperative threads.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while a server works for it, or what
    ///   the closure throws.
    public func read<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws
        -> T
    {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await blocking {
                try self.engine.read(cancellation) { try body(Connection(engine: $0)) }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Writes in one transaction, away from the cooperative threads.
    ///
    /// The closure may be called again after a conflict, so it has no effect but on its transaction.
    @discardableResult
    public func write<T: Sendable>(
        _ isolation: Isolation = .serial,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await blocking { try self.writeBlocking(isolation, body) }
    }

    /// Runs work that blocks, such as a merge of many transactions, on a thread of its own.
    public func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T
    {
        try await withCheckedThrowingContinuation { continuation in
            BlockingThreads.shared.run { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Reads in one snapshot on the calling thread, which may block.
    public func readBlocking<T>(_ body: (Connection) throws -> T) throws -> T {
        try engine.read(nil) { try body(Connection(engine: $0)) }
    }

    /// Reads what is committed while a transaction of the calling thread is at work elsewhere, on a
    /// server that has hands free.
    ///
    /// What is read does not see that transaction, and nothing keeps it from changing: whoever
    /// writes because of it names a witness (``Transaction/update(of:columns:key:witness:within:)``).
    ///
    /// - Returns: What the closure returns; nil where reading beside it would gain nothing.
    /// - Throws: `DatabaseError`.
    public func readBeside<T>(_ body: (Connection) throws -> T) throws -> T? {
        try engine.readBeside { try body(Connection(engine: $0)) }
    }

    /// Writes in one transaction on the calling thread, which may block.
    ///
    /// The closure may be called again after a conflict, unless the isolation is
    /// ``Isolation/bulk``, so it has no effect but on its transaction.
    @discardableResult
    public func writeBlocking<T>(
        _ isolation: Isolation = .serial,
        _ body: (Transaction) throws -> T
    ) throws -> T {
        if isolation != .bulk { smallWrites.add(1, ordering: .relaxed) }
        var last: Transaction?
        let result = try namingThePlace {
            try engine.write(isolation) { connection, waiting in
                let transaction = Transaction(
                    engine: connection,
                    moment: time.now(),
                    waiting: waiting
                )
                last = transaction
                return try body(transaction)
            }
        }
        for hook in last?.afterCommit ?? [] { hook() }
        if last?.ringsAfterCommit == true { engine.bell.ring() }
        return result
    }

    /// A frozen table cannot say itself where its rows have gone.
    private func namingThePlace<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch DatabaseError.frozen {
            let place = try readBlocking { try MoveRecord.latestPlace(in: $0) }
            throw place.map { DatabaseError.movedAway(to: $0) } ?? DatabaseError.frozen
        }
    }

    /// How much was written besides bulk work, to tell later whether others write.
    public func traffic() throws -> Traffic {
        Traffic(
            version: try engine.foreignVersion(),
            writes: smallWrites.load(ordering: .relaxed)
        )
    }

    /// Wakes those who wait for work in this database.
    public var bell: Bell { engine.bell }

    /// What is broken in the stored data, in words; empty when all is well.
    ///
    /// A server checks its own pages; nothing is asked of it.
    public func integrityProblems() throws -> [String] { try engine.integrityProblems() }

    /// Writes a consistent copy of the database to a file that is not there yet, while others work:
    /// an SQLite file, or what pg_dump makes in its custom format.
    ///
    /// Blocks. When it throws, a part of the copy may be there.
    ///
    /// - Throws: ``DatabaseError/cannotBackUp(reason:)``.
    public func backUp(to path: String) throws { try engine.backUp(to: path) }

    /// Tells the witness how far the change clock is; called before every external effect.
    public func witness() throws {
        try engine.markClock()
        let witness = try readBlocking { connection in
            try Restoration.witness(of: connection)
        }
        try engine.witnessStore.write(witness)
    }

    /// Closes all connections; the database is not used afterwards.
    public func close() throws { try engine.close() }
}
