// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// SQLite on GRDB: one writer, several readers, write-ahead log.
final class SQLiteEngine: Engine {
    private let writer: any DatabaseWriter
    private let queue: WriterQueue?
    private let checkpointer: Checkpointer?
    private let watch: ContentWatch?
    private let connections = Mutex<[ObjectIdentifier: ConnectionBox]>([:])
    private let record: (@Sendable (String) -> Void)?
    let witnessStore: any WitnessStore
    let bell = Bell()

    /// Opens a database file, made with safe permissions when it does not exist.
    init(path: String, record: (@Sendable (String) -> Void)?) throws {
        try SQLiteFile.create(path)
        queue = try WriterQueue(database: path)
        do {
            writer = try DatabasePool(path: path, configuration: SQLiteEngine.configuration())
            checkpointer = try Checkpointer(path: path)
            watch = try ContentWatch(path: path)
        } catch {
            throw DatabaseError.cannotOpen(path: path, reason: SQLiteEngine.words(of: error))
        }
        witnessStore = WitnessFile(path: path + "-witness")
        self.record = record
        try setUpWriter()
    }

    /// Opens a database in memory.
    init(record: (@Sendable (String) -> Void)?) throws {
        queue = nil
        checkpointer = nil
        watch = nil
        writer = try DatabaseQueue(configuration: SQLiteEngine.configuration())
        witnessStore = NoWitness()
        self.record = record
    }

    /// Reads end by themselves: a file's statements are short.
    func read<T>(
        _ cancellation: Cancellation?,
        _ body: (any EngineConnection) throws -> T
    ) throws -> T {
        try writer.read { database in try body(self.connection(database)) }
    }

    /// The clock row is the clock.
    func clockReading() throws -> ClockReading? { nil }

    func markClock() throws {}

    func foreignVersion() throws -> Int64 {
        try write(.bulk) { connection, _ in try connection.firstInteger("PRAGMA data_version") }
    }

    func contentVersion() -> Int64? { watch?.version() }

    func integrityProblems() throws -> [String] {
        try read(nil) { connection in
            var words: [String] = []
            try connection.each("PRAGMA quick_check", []) { row in
                words.append(row.text(0) ?? "no answer")
                return true
            }
            return words == ["ok"] ? [] : words
        }
    }

    /// SQLite's online backup, in one read transaction.
    func backUp(to path: String) throws {
        do {
            try SQLiteFile.create(path)
            let copy = try DatabaseQueue(path: path)
            try writer.backup(to: copy)
            try copy.close()
        } catch {
            throw DatabaseError.cannotBackUp(reason: SQLiteEngine.words(of: error))
        }
    }

    /// The one file is written by the thread that would read beside it.
    func readBeside<T>(_ body: (any EngineConnection) throws -> T) throws -> T? { nil }

    func write<T>(
        _ isolation: Isolation,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T {
        let isBulk = isolation == .bulk
        queue?.arrive()
        let result = try writer.writeWithoutTransaction { database in
            queue?.depart()
            return try turn(isBulk: isBulk, database, body)
        }
        checkpointer?.relieve(isBulk: isBulk)
        return result
    }

    func close() throws {
        connections.withLock { $0.removeAll() }
        try watch?.close()
        try writer.close()
        // Last, because the pool's last connection is a reader's, which cannot empty the log.
        try checkpointer?.close()
    }

    private func turn<T>(
        isBulk: Bool,
        _ database: GRDB.Database,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T {
        queue?.enter(isBulk: isBulk)
        defer { queue?.leave() }
        let connection = self.connection(database)
        _ = try connection.execute("BEGIN IMMEDIATE", [])
        do {
            let result = try body(connection) { [queue] in queue?.othersAreWaiting ?? false }
            _ = try connection.execute("COMMIT", [])
            return result
        } catch {
            _ = try? connection.execute("ROLLBACK", [])
            throw error
        }
    }

    private func connection(_ database: GRDB.Database) -> SQLiteConnection {
        connections.withLock { boxes in
            let key = ObjectIdentifier(database)
            if let box = boxes[key] { return box.connection }
            guard let pointer = database.sqliteConnection else {
                preconditionFailure("a connection in use is open")
            }
            let box = ConnectionBox(SQLiteConnection(pointer, record: record))
            boxes[key] = box
            return box.connection
        }
    }

    /// GRDB's pool lowers `synchronous` to NORMAL after its connection was prepared; automatic
    /// checkpoints would stall whoever commits the thousandth page.
    private static let writerPragmas = [
        "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = -32768",
    ]

    private func setUpWriter() throws {
        try writer.writeWithoutTransaction { database in
            let connection = self.connection(database)
            for pragma in SQLiteEngine.writerPragmas {
                try connection.each("PRAGMA \(pragma)", []) { _ in true }
            }
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // GRDB's default of NORMAL can forget an in-flight mark at power loss.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA temp_store = FILE")
            // For readers: with SQLite's 2 MB an export reads the upper pages of a stamp index and
            // its table over and over. The writer gets its own afterwards.
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        return configuration
    }

    private static func words(of error: any Error) -> String {
        (error as? GRDB.DatabaseError)?.message ?? String(describing: error)
    }
}

extension EngineConnection {
    /// The first value of a statement, 0 when there is none.
    fileprivate func firstInteger(_ sql: String) throws -> Int64 {
        var number: Int64 = 0
        try each(sql, []) { row in
            number = row.integer(0)
            return false
        }
        return number
    }
}

/// A connection is only used by the thread that GRDB lends it to.
private final class ConnectionBox: @unchecked Sendable {
    let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) { self.connection = connection }
}
