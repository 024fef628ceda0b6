// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Common

/// One PostgreSQL connection with its prepared statements.
final class PostgresConnection: EngineConnection {
    let batchRows = 2_000
    let link: PostgresLink
    private let record: (@Sendable (String) -> Void)?
    private let identities: PostgresIdentities
    private var statements: [String: Statement] = [:]
    private var columnTypes: [String: [PostgresType]] = [:]
    private var nextName = 0
    /// The command that begins the transaction, until the first statement takes it along.
    private var opening: String?
    private var isolation: Isolation?
    /// What went wrong first: PostgreSQL refuses the rest of the transaction.
    private(set) var failure: DatabaseError?

    private struct Statement {
        var name: String
        var types: [UInt32]
    }

    init(
        _ link: PostgresLink,
        identities: PostgresIdentities,
        record: (@Sendable (String) -> Void)?
    ) {
        self.link = link
        self.identities = identities
        self.record = record
    }

    /// Begins a transaction with its first statement; a reading one when there is no isolation.
    func begin(_ isolation: Isolation?) {
        self.isolation = isolation
        failure = nil
        opening = PostgresDialect.opening(isolation)
    }

    /// Commits what was written; what failed in between fails the whole.
    func commit() throws {
        if let failure { throw failure }
        guard opening == nil else { return }
        try link.run("COMMIT")
    }

    /// Ends a reading transaction without waiting for the server's word.
    func endReading() throws {
        guard opening == nil else { return }
        try link.send("COMMIT")
    }

    /// Gives the transaction up.
    func rollback() {
        guard opening == nil else { return }
        link.forget()
        try? link.run("ROLLBACK")
    }

    /// Runs a transaction that another thread can stop.
    ///
    /// A connection that was stopped is not used again: the server's answer to the request could
    /// come late and stop whatever runs then.
    func cancellable<T>(by cancellation: Cancellation, _ body: () throws -> T) throws -> T {
        guard let canceller = PostgresLink.Canceller(link) else { return try body() }
        defer {
            canceller.release()
            if cancellation.isCancelled { link.retire() }
        }
        return try cancellation.guarding(stop: { canceller.cancel() }, body)
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try run(sql, values).changed
    }

    func each(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any RowCursor) throws -> Bool
    ) throws {
        let result = try run(sql, values)
        for row in 0..<result.rowCount {
            result.row = row
            guard try body(result) else { return }
        }
    }

    func change(_ step: SchemaStep) throws {
        try open()
        // Waiting behind a reader would hold up everyone who comes after (design/architecture.md).
        try kept { try link.run("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = 0") }
        for sql in try PostgresDialect.ddl.statements(for: step, without: exists) {
            record?(sql)
            try kept { try link.run(sql) }
        }
        columnTypes = [:]
    }

    /// Whether an index is there: `IF NOT EXISTS` would lock the table to find that out.
    private func exists(_ index: String) throws -> Bool {
        var isThere = false
        try each("SELECT to_regclass($1) IS NOT NULL", [.text(index)]) { row in
            isThere = row.integer(0) == 1
            return true
        }
        return isThere
    }

    func freezing(_ table: String, workspace: Int64?) -> [SchemaStep] {
        PostgresDialect.freezing(table, workspace: workspace).map { .statement($0) }
    }

    func thawing(_ table: String, workspace: Int64?) -> [SchemaStep] {
        PostgresDialect.thawing(table, workspace: workspace).map { .statement($0) }
    }

    func contains(_ column: String, _ placeholder: String) -> String {
        "strpos(\(column), \(placeholder)) > 0"
    }

    func hasValue(_ column: String, _ placeholder: String) -> String {
        "EXISTS (SELECT 1 FROM json_array_elements_text(\(column)::json) v(value) "
            + "WHERE v.value = CAST(\(placeholder) AS text))"
    }

    func lock(_ name: String) throws {
        _ = try execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text(name)])
    }

    /// The server takes statistics by itself.
    func assumeStatistics() throws {}

    /// Of the one partition, since those of old rows have theirs and may be large.
    func noteGrowth(of table: String, at id: Int64, workspace: Int64) throws {
        var part: String?
        try each(
            "SELECT tableoid::regclass::text FROM \(table) WHERE workspace_id = $1 AND id = $2",
            [.integer(workspace), .integer(id)]
        ) { cursor in
            part = cursor.text(0)
            return false
        }
        if let part { _ = try execute("ANALYZE \(part)", []) }
    }

    func mayBeForgotten() throws { _ = try execute("SET LOCAL synchronous_commit = off", []) }

    /// Locks the table exclusively, then looks at all rows that are committed by then, whatever this
    /// transaction sees (postgresql.org, "ALTER TABLE": a new constraint is checked against all rows).
    func keepEmpty(_ table: String) throws {
        do {
            try change(.statement("ALTER TABLE \(table) ADD CHECK (false)"))
        } catch DatabaseError.constraint {
            throw DatabaseError.conflict("23514")
        }
    }

    var skippingLocked: String { "FOR UPDATE SKIP LOCKED" }

    func allocate(_ count: Int, _ kind: String, workspace: Int64) throws -> Int64 {
        try identities.allocate(count, kind, workspace: workspace)
    }

    /// Whether rows that are found for a change are locked: only where isolation does not guard.
    var locksRows: Bool { isolation == .guarded || isolation == .bulk }

    /// Runs something on the link once the transaction has begun, and keeps its first failure.
    func inTransaction<T>(_ work: (PostgresLink) throws -> T) throws -> T {
        try open()
        return try kept { try work(link) }
    }

    /// The types of a table's columns.
    func types(of columns: [String], in table: String) throws -> [PostgresType] {
        let sql = "SELECT \(columns.joined(separator: ", ")) FROM \(table) LIMIT 0"
        if let known = columnTypes[sql] { return known }
        let result = try inTransaction { try $0.run(sql, PostgresParameters()) }
        let types = try (0..<Int32(columns.count)).map { index in
            guard let type = PostgresType(rawValue: PQftype(result.pointer, index)) else {
                throw DatabaseError.noSuchColumn("\(table).\(columns[Int(index)])")
            }
            return type
        }
        columnTypes[sql] = types
        return types
    }

    func note(_ sql: String) { record?(sql) }

    private func run(_ sql: String, _ values: [SQLValue]) throws -> PostgresResult {
        record?(sql)
        if let failure { throw failure }
        let (statement, parameters) = try bind(sql, values)
        let first = opening
        opening = nil
        return try kept {
            try link.run(prepared: statement.name, parameters, after: first, sql)
        }
    }

    /// The prepared statement for a text and values, made when there is none for their types.
    private func bind(_ sql: String, _ values: [SQLValue]) throws -> (Statement, PostgresParameters)
    {
        if let known = statements[sql], let bound = PostgresParameters(values, as: known.types) {
            return (known, bound)
        }
        // The server would take values that no parameter stands for.
        guard values.count == SQLScanner.parameterCount(sql) else {
            throw DatabaseError.engine(
                code: "07001",
                message: "\(SQLScanner.parameterCount(sql)) values wanted, \(values.count) given",
                statement: sql
            )
        }
        let types = values.map { PostgresType(of: $0)?.rawValue ?? 0 }
        let key = statements[sql] == nil ? sql : "\(sql)\u{0}\(types)"
        if let known = statements[key], let bound = PostgresParameters(values, as: known.types) {
            return (known, bound)
        }
        let statement = try prepare(sql, types)
        guard let bound = PostgresParameters(values, as: statement.types) else {
            throw DatabaseError.engine(
                code: "07006",
                message: "a value has another type than its parameter",
                statement: sql
            )
        }
        statements[key] = statement
        return (statement, bound)
    }

    private func prepare(_ sql: String, _ types: [UInt32]) throws -> Statement {
        try open()
        if statements.count >= PostgresConnection.statementLimit { try forget() }
        nextName += 1
        let name = "s\(nextName)"
        let found = try kept { try link.prepare(name, sql, types) }
        return Statement(name: name, types: found)
    }

    private func forget() throws {
        statements = [:]
        try kept { try link.run("DEALLOCATE ALL") }
    }

    private func open() throws {
        if let failure { throw failure }
        guard let first = opening else { return }
        opening = nil
        try kept { try link.run(first) }
    }

    private func kept<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch let error as DatabaseError {
            failure = failure ?? error
            throw error
        }
    }

    private static let statementLimit = 500
}
