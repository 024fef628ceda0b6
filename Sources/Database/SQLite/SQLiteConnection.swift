// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import GRDBSQLite

/// One SQLite connection with its prepared statements.
final class SQLiteConnection: EngineConnection {
    let batchRows = 500
    private let connection: OpaquePointer
    private let record: (@Sendable (String) -> Void)?
    private var statements: [String: SQLiteStatement] = [:]
    /// Statements in use by an outer loop; the same text then gets one of its own.
    private var busy: Set<ObjectIdentifier> = []
    /// Where statements find the rows that are to be inserted; made when it is first needed.
    private var givenRows: GivenRowsTable?

    init(_ connection: OpaquePointer, record: (@Sendable (String) -> Void)?) {
        self.connection = connection
        self.record = record
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try each(sql, values) { _ in true }
        return Int(sqlite3_changes64(connection))
    }

    func each(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (any RowCursor) throws -> Bool
    ) throws {
        let statement = try borrow(sql)
        defer { giveBack(statement) }
        try statement.bind(values)
        while try statement.step() {
            guard try body(statement) else { return }
        }
    }

    func lookup(_ lookup: Lookup, _ body: (Int, any RowCursor) throws -> Void) throws {
        let columns = lookup.columns.joined(separator: ", ")
        let conditions = lookup.fixed.enumerated().map { "\($1.column) = $\($0 + 2)" }
        let condition = (conditions + ["\(lookup.key) = $1"]).joined(separator: " AND ")
        let order = lookup.order.map { " ORDER BY \($0)" } ?? ""
        let statement = try borrow(
            "SELECT \(columns) FROM \(lookup.table) WHERE \(condition)\(order)"
        )
        defer { giveBack(statement) }
        for (offset, fixed) in lookup.fixed.enumerated() {
            statement.bind(fixed.value, at: Int32(offset + 2))
        }
        for position in lookup.positions {
            statement.bind(lookup.keys[position], at: 1)
            defer { statement.reset() }
            while try statement.step() { try body(position, statement) }
        }
    }

    func insertion(into table: String, columns: [String]) throws -> any BulkWriter {
        let names = columns.joined(separator: ", ")
        let cells = columns.indices.map { "c\($0)" }.joined(separator: ", ")
        // FAIL keeps the rows before one that breaks a rule, which is for the transaction to undo;
        // ABORT would copy each page aside to undo them itself.
        let sql = """
            INSERT OR FAIL INTO \(table) (\(names)) SELECT \(cells) FROM \(GivenRowsTable.name)
            """
        let given = try givenRows ?? GivenRowsTable(on: connection)
        givenRows = given
        return SQLiteInsertion(of: columns.count, through: given) {
            _ = try self.execute(sql, [])
        }
    }

    func update(of table: String, columns: [String], keys: BulkKeys) throws -> any BulkWriter {
        let changes = columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        let names = keys.columns + keys.fixed.map(\.column)
        let conditions = names.enumerated().map { "\($1) = $\(columns.count + 1 + $0)" }
        let sql = "UPDATE \(table) SET \(changes) WHERE \(conditions.joined(separator: " AND "))"
        let writer = try writer(sql)
        writer.keep(keys.fixed.map(\.value), from: columns.count + keys.columns.count + 1)
        writer.mustChange = keys.witness != nil
        return writer
    }

    func change(_ step: SchemaStep) throws {
        for sql in SQLiteDialect.ddl.statements(for: step) { _ = try execute(sql, []) }
    }

    /// There is one writer at a time.
    func lock(_ name: String) throws {}
    func lockEpoch() throws {}
    var skippingLocked: String { "" }
    func mayBeForgotten() throws {}
    func keepEmpty(_ table: String) throws {}
    func clearClock() throws { _ = try execute("DELETE FROM change_clock", []) }

    func allocate(_ count: Int, _ kind: String, workspace: Int64) throws -> Int64 {
        var next: Int64?
        let sql = """
            INSERT INTO id_block (workspace_id, kind, next_id) VALUES ($1, $2, 1 + $3)
            ON CONFLICT (workspace_id, kind) DO UPDATE SET next_id = id_block.next_id + $3
            RETURNING next_id
            """
        try each(sql, [.integer(workspace), .text(kind), .integer(Int64(count))]) { row in
            next = row.integer(0)
            return true
        }
        guard let next else { throw DatabaseError.noRow("the id block") }
        return next - Int64(count)
    }

    func drawStamp() throws -> Stamp {
        try readClock(
            "UPDATE change_clock SET counter = counter + 1 WHERE id = 1 RETURNING epoch, counter",
            offset: 0
        )
    }

    func tickBounds() throws -> TickBounds {
        let next = try readClock("SELECT epoch, counter FROM change_clock WHERE id = 1", offset: 1)
        return TickBounds(min: next, max: next, open: [])
    }

    func freezing(_ table: String, workspace: Int64?) -> [SchemaStep] {
        SQLiteDialect.freezing(table, workspace: workspace).map { .statement($0) }
    }

    func thawing(_ table: String, workspace: Int64?) -> [SchemaStep] {
        SQLiteDialect.thawing(table, workspace: workspace).map { .statement($0) }
    }

    func contains(_ column: String, _ placeholder: String) -> String {
        "instr(\(column), \(placeholder)) > 0"
    }

    func hasValue(_ column: String, _ placeholder: String) -> String {
        "EXISTS (SELECT 1 FROM json_each(\(column)) v WHERE v.value = \(placeholder))"
    }

    private func readClock(_ sql: String, offset: Int64) throws -> Stamp {
        var stamp: Stamp?
        try each(sql, []) { cursor in
            stamp = Stamp(epoch: cursor.integer(0), number: cursor.integer(1) + offset)
            return true
        }
        guard let stamp else { throw DatabaseError.noRow("the change clock") }
        return stamp
    }

    private func writer(_ sql: String) throws -> SQLiteUpdate {
        let statement = try borrow(sql)
        return SQLiteUpdate(statement) { [weak self] in self?.giveBack(statement) }
    }

    private func giveBack(_ statement: SQLiteStatement) {
        statement.reset()
        busy.remove(ObjectIdentifier(statement))
    }

    private func borrow(_ sql: String) throws -> SQLiteStatement {
        record?(sql)
        let statement = try prepare(sql)
        busy.insert(ObjectIdentifier(statement))
        return statement
    }

    private func prepare(_ sql: String) throws -> SQLiteStatement {
        if let statement = statements[sql], !busy.contains(ObjectIdentifier(statement)) {
            return statement
        }
        let statement = try SQLiteStatement(SQLiteDialect.rewrite(sql), on: connection)
        if statements.count >= SQLiteConnection.statementLimit { statements.removeAll() }
        if statements[sql] == nil { statements[sql] = statement }
        return statement
    }

    private static let statementLimit = 500
}
