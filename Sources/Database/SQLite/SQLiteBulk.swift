// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import GRDBSQLite

/// Gathers rows and has a statement insert many at once.
final class SQLiteInsertion: BulkWriter {
    private let rows: GivenRows
    private let table: GivenRowsTable
    private let insert: () throws -> Void

    /// Begins the insertion of rows of so many cells, which a closure inserts from a table.
    init(of width: Int, through table: GivenRowsTable, _ insert: @escaping () throws -> Void) {
        rows = GivenRows(width: width)
        self.table = table
        self.insert = insert
    }

    func null() { rows.append(.null) }

    func integer(_ value: Int64) { rows.append(value) }

    func utf8(_ bytes: UnsafeBufferPointer<UInt8>) { rows.append(utf8: bytes) }

    func value(_ value: SQLValue) { rows.append(value) }

    func endRow() throws {
        rows.endRow()
        if rows.areFull { try finish() }
    }

    func finish() throws {
        guard rows.count > 0 else { return }
        defer { rows.removeAll() }
        try table.show(rows, insert)
    }
}

/// Changes rows by running one prepared statement once for each.
final class SQLiteUpdate: BulkWriter {
    private let statement: SQLiteStatement
    private let giveBack: () -> Void
    private var column: Int32 = 0
    /// Whether a row that is not found breaks the transaction.
    var mustChange = false

    init(_ statement: SQLiteStatement, giveBack: @escaping () -> Void) {
        self.statement = statement
        self.giveBack = giveBack
    }

    deinit { giveBack() }

    /// Binds values that are the same in every row.
    func keep(_ values: [SQLValue], from place: Int) {
        for (offset, value) in values.enumerated() {
            statement.bind(value, at: Int32(place + offset))
        }
    }

    func null() {
        column += 1
        sqlite3_bind_null(statement.pointer, column)
    }

    func integer(_ value: Int64) {
        column += 1
        sqlite3_bind_int64(statement.pointer, column, value)
    }

    func utf8(_ bytes: UnsafeBufferPointer<UInt8>) {
        column += 1
        statement.bindBorrowed(bytes, at: column)
    }

    func value(_ value: SQLValue) {
        column += 1
        statement.bind(value, at: column)
    }

    func endRow() throws {
        column = 0
        defer { statement.reset() }
        _ = try statement.step()
        guard mustChange, sqlite3_changes(sqlite3_db_handle(statement.pointer)) == 0 else { return }
        throw DatabaseError.conflict("40001")
    }

    func finish() throws {}
}
