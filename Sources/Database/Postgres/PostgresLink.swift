// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Foundation

/// One connection to a server through libpq: statements in, results out, one at a time.
///
/// A link is used by one thread at a time; only ``cancel()`` may come from another.
final class PostgresLink {
    let pointer: OpaquePointer
    /// The command that was sent and whose result nobody has read yet.
    private var owed: String?
    /// How many rows that command must change, if that is known.
    private var expected: Int?
    /// Whether an error of that command is of no concern to whoever comes next.
    private var isForgotten = false
    private var isRetired = false

    /// Connects, within ten seconds unless the address says otherwise.
    ///
    /// - Throws: ``DatabaseError/unreachable(server:reason:)``.
    init(_ address: PostgresAddress) throws {
        let names = ["fallback_application_name", "connect_timeout", "client_encoding", "dbname"]
        let values = ["millrace", "10", "UTF8", address.uri]
        let connected = PostgresLink.withArrays(names, values) {
            PQconnectdbParams($0, $1, 1)
        }
        guard let connected else {
            throw DatabaseError.unreachable(server: address.description, reason: "out of memory")
        }
        pointer = connected
        guard PQstatus(connected) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(connected))
                .split(separator: "\n").joined(separator: " ")
            throw DatabaseError.unreachable(server: address.description, reason: reason)
        }
        _ = PQsetNoticeProcessor(connected, { _, _ in }, nil)
    }

    deinit { PQfinish(pointer) }

    /// Whether the connection still stands, as far as is known without asking the server.
    var isAlive: Bool { PQstatus(pointer) == CONNECTION_OK }

    /// Whether no transaction is open, or a sent command will have ended it.
    var isIdle: Bool {
        guard isAlive, !isRetired else { return false }
        return isForgotten && owed != nil || PQtransactionStatus(pointer) == PQTRANS_IDLE
    }

    /// Closes the connection when it is given back.
    func retire() { isRetired = true }

    /// Whether the server has closed the connection meanwhile.
    var isClosedByServer: Bool { PQconsumeInput(pointer) == 0 || !isAlive }

    /// Runs commands without parameters; several are separated by semicolons.
    func run(_ sql: String) throws {
        try settle()
        let result = PQexec(pointer, sql)
        defer { PQclear(result) }
        try check(result, sql)
    }

    /// Sends a command whose result is read before the next one.
    func send(_ sql: String) throws {
        try settle()
        guard PQsendQuery(pointer, sql) == 1 else { throw PostgresFailure.lost(pointer) }
        owed = sql
        isForgotten = true
    }

    /// Reads the result that is still owed.
    ///
    /// - Throws: What the command failed with, when it was posted.
    func settle() throws {
        guard let sql = owed else { return }
        owed = nil
        defer { expected = nil }
        var failure: DatabaseError?
        while let result = PQgetResult(pointer) {
            let status = PQresultStatus(result)
            if status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK {
                failure = failure ?? PostgresFailure.error(result, on: pointer, statement: sql)
            } else if let expected, Int(String(cString: PQcmdTuples(result))) != expected {
                failure = failure ?? .conflict("40001")
            }
            PQclear(result)
        }
        guard isAlive else { throw PostgresFailure.lost(pointer) }
        if let failure, !isForgotten { throw failure }
    }

    /// What is owed is of no concern any more.
    func forget() { isForgotten = true }

    /// Sends a statement whose result, but for its failure, is of no interest: the server works on
    /// it while the caller prepares what comes next.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - parameters: Its values.
    ///   - rows: How many rows it must change; another number is a conflict.
    /// - Throws: ``DatabaseError``.
    func post(_ sql: String, _ parameters: PostgresParameters, changing rows: Int?) throws {
        try settle()
        let isSent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryParams(pointer, sql, count, parameters.types, values, lengths, formats, 1)
        }
        guard isSent == 1, PQflush(pointer) >= 0 else { throw PostgresFailure.lost(pointer) }
        owed = sql
        expected = rows
        isForgotten = false
    }

    /// Runs a statement once, planned for its values.
    func run(_ sql: String, _ parameters: PostgresParameters) throws -> PostgresResult {
        try settle()
        let result = parameters.withPointers { count, values, lengths, formats in
            PQexecParams(pointer, sql, count, parameters.types, values, lengths, formats, 1)
        }
        return try take(result, sql)
    }

    /// Makes a prepared statement.
    ///
    /// - Returns: The types of its parameters, as the server understood them.
    func prepare(_ name: String, _ sql: String, _ types: [UInt32]) throws -> [UInt32] {
        try settle()
        let prepared = PQprepare(pointer, name, sql, Int32(types.count), types)
        defer { PQclear(prepared) }
        try check(prepared, sql)
        let described = PQdescribePrepared(pointer, name)
        defer { PQclear(described) }
        try check(described, sql)
        return (0..<PQnparams(described)).map { PQparamtype(described, $0) }
    }

    /// Runs a prepared statement, after a command that is sent in the same packet if there is one.
    func run(
        prepared name: String,
        _ parameters: PostgresParameters,
        after opening: String?,
        _ sql: String
    ) throws -> PostgresResult {
        try settle()
        guard let opening else {
            let result = parameters.withPointers { count, values, lengths, formats in
                PQexecPrepared(pointer, name, count, values, lengths, formats, 1)
            }
            return try take(result, sql)
        }
        return try pipeline(opening, name, parameters, sql)
    }

    /// Sends two commands in one packet, which saves a round trip at the start of a transaction.
    private func pipeline(
        _ opening: String,
        _ name: String,
        _ parameters: PostgresParameters,
        _ sql: String
    ) throws -> PostgresResult {
        guard PQenterPipelineMode(pointer) == 1 else { throw PostgresFailure.lost(pointer) }
        let isSent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryParams(pointer, opening, 0, nil, nil, nil, nil, 1) == 1
                && PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
                && PQpipelineSync(pointer) == 1
        }
        guard isSent else { throw PostgresFailure.lost(pointer) }
        let first = nextResult()
        defer { PQclear(first) }
        let second = nextResult()
        // The result of the synchronisation.
        PQclear(PQgetResult(pointer))
        _ = PQexitPipelineMode(pointer)
        do { try check(first, opening) } catch {
            PQclear(second)
            throw error
        }
        return try take(second, sql)
    }

    /// One command's result, and the nil that ends it.
    private func nextResult() -> OpaquePointer? {
        let result = PQgetResult(pointer)
        if result != nil, let more = PQgetResult(pointer) { PQclear(more) }
        return result
    }

    /// Copies rows in PostgreSQL's binary format into a table; the result is read with the next
    /// command.
    func copy(_ sql: String, _ rows: [UInt8]) throws {
        try settle()
        let started = PQexec(pointer, sql)
        defer { PQclear(started) }
        guard PQresultStatus(started) == PGRES_COPY_IN else {
            throw PostgresFailure.error(started, on: pointer, statement: sql)
        }
        let isSent = rows.withUnsafeBytes { raw in
            PQputCopyData(
                pointer,
                raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(raw.count)
            ) == 1
        }
        guard isSent, PQputCopyEnd(pointer, nil) == 1 else { throw PostgresFailure.lost(pointer) }
        owed = sql
        isForgotten = false
    }

    private func take(_ result: OpaquePointer?, _ sql: String) throws -> PostgresResult {
        do { try check(result, sql) } catch {
            PQclear(result)
            throw error
        }
        guard let result else { throw PostgresFailure.lost(pointer) }
        return PostgresResult(result)
    }

    private func check(_ result: OpaquePointer?, _ sql: String) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw PostgresFailure.error(result, on: pointer, statement: sql)
        }
    }

    /// Calls a closure with two arrays of C strings that end with null.
    private static func withArrays<T>(
        _ names: [String],
        _ values: [String],
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> T
    ) -> T {
        let copies = (names + values).map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer($0) }
        return body(
            pointers.prefix(names.count) + [nil],
            pointers.suffix(values.count) + [nil]
        )
    }
}

extension PostgresLink {
    /// Asks the server from another thread to give up a statement.
    struct Canceller: @unchecked Sendable {
        // libpq makes PQcancel safe to call from any thread on such an object.
        private let pointer: OpaquePointer

        init?(_ link: PostgresLink) {
            guard let pointer = PQgetCancel(link.pointer) else { return nil }
            self.pointer = pointer
        }

        func cancel() {
            var words = [CChar](repeating: 0, count: 256)
            _ = PQcancel(pointer, &words, Int32(words.count))
        }

        func release() { PQfreeCancel(pointer) }
    }
}
