// SPDX-License-Identifier: Apache-2.0
import CLibPQ
import Foundation

/// One plain connection to a test's server: for what stands outside of Millrace, such as making
/// databases or holding a transaction open.
public final class PostgresSession: @unchecked Sendable {
    private let connection: OpaquePointer?
    private let lock = NSLock()

    /// Connects to a database of a server.
    ///
    /// - Throws: ``PostgresServerError/queryFailed(words:)``.
    public init(_ uri: String) throws {
        connection = PQconnectdb(uri)
        guard PQstatus(connection) == CONNECTION_OK else { throw failure() }
    }

    deinit { PQfinish(connection) }

    /// Runs statements and returns the first value of the last one; empty when there is none.
    ///
    /// - Throws: ``PostgresServerError/queryFailed(words:)``.
    @discardableResult
    public func run(_ sql: String) throws -> String {
        try lock.withLock {
            let result = PQexec(connection, sql)
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK: return ""
            case PGRES_TUPLES_OK:
                return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : ""
            default: throw failure()
            }
        }
    }

    private func failure() -> PostgresServerError {
        .queryFailed(words: String(cString: PQerrorMessage(connection)))
    }
}
