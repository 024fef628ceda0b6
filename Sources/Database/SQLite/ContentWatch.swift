// SPDX-License-Identifier: Apache-2.0
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Notices commits to a database file through a connection of its own.
///
/// `PRAGMA data_version` changes when another connection, of this process or another, has committed:
/// a read of the shared index of the log, some microseconds, which waits for no writer.
final class ContentWatch: Sendable {
    private let connection: DatabaseQueue
    /// Nil once it is closed.
    private let statement: Mutex<SQLiteStatement?>

    init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        let pointer = connection.inDatabase { $0.sqliteConnection }
        self.connection = connection
        statement = Mutex(try pointer.map { try SQLiteStatement("PRAGMA data_version", on: $0) })
    }

    /// The present version; nil when it cannot be told now.
    func version() -> Int64? {
        statement.withLock { statement in
            guard let statement else { return nil }
            defer { statement.reset() }
            guard (try? statement.step()) == true else { return nil }
            return statement.integer(0)
        }
    }

    /// Closes the connection; no version can be told any more.
    func close() throws {
        statement.withLock { $0 = nil }
        try connection.close()
    }
}
