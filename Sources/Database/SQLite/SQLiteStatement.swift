// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import GRDBSQLite

/// A prepared statement on one SQLite connection, through the C interface.
final class SQLiteStatement {
    let pointer: OpaquePointer
    private let connection: OpaquePointer
    private let sql: String

    init(_ sql: String, on connection: OpaquePointer) throws {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection,
            sql,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &pointer,
            nil
        )
        guard code == SQLITE_OK, let pointer else {
            throw SQLiteFailure.error(code: code, on: connection, statement: sql)
        }
        self.pointer = pointer
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(pointer) }

    /// Runs one step; true while there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let error = SQLiteFailure.error(code: code, on: connection, statement: sql)
            sqlite3_reset(pointer)
            throw error
        }
    }

    /// Makes the statement ready to run again; its values stay bound.
    func reset() { sqlite3_reset(pointer) }

    /// Binds all values; too few would leave those of an earlier run in place.
    func bind(_ values: [SQLValue]) throws {
        let wanted = Int(sqlite3_bind_parameter_count(pointer))
        guard values.count == wanted else {
            throw DatabaseError.engine(
                code: String(SQLITE_RANGE),
                message: "\(wanted) values wanted, \(values.count) given",
                statement: sql
            )
        }
        for (offset, value) in values.enumerated() { bind(value, at: Int32(offset + 1)) }
    }

    func bind(_ value: SQLValue, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(pointer, index)
        case .integer(let value): sqlite3_bind_int64(pointer, index, value)
        case .double(let value): sqlite3_bind_double(pointer, index, value)
        case .boolean(let value): sqlite3_bind_int64(pointer, index, value ? 1 : 0)
        case .moment(let value): sqlite3_bind_int64(pointer, index, value.microseconds)
        case .day(let value): sqlite3_bind_int64(pointer, index, value.number)
        case .text(let value): bindCopy(value, at: index)
        // An empty array has no address, which would bind null.
        case .bytes(let value) where value.isEmpty: sqlite3_bind_zeroblob(pointer, index, 0)
        case .bytes(let value):
            _ = value.withUnsafeBytes {
                sqlite3_bind_blob(
                    pointer,
                    index,
                    $0.baseAddress,
                    Int32($0.count),
                    SQLiteStatement.transient
                )
            }
        }
    }

    /// Binds text whose bytes stay valid until the statement was stepped.
    func bindBorrowed(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        guard let base = bytes.baseAddress else {
            sqlite3_bind_text(pointer, index, "", 0, SQLiteStatement.transient)
            return
        }
        let characters = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text(pointer, index, characters, Int32(bytes.count), nil)
    }

    private func bindCopy(_ text: String, at index: Int32) {
        var text = text
        text.withUTF8 { utf8 in
            let base = UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
            _ =
                base.map {
                    sqlite3_bind_text(
                        pointer,
                        index,
                        $0,
                        Int32(utf8.count),
                        SQLiteStatement.transient
                    )
                } ?? sqlite3_bind_text(pointer, index, "", 0, SQLiteStatement.transient)
        }
    }

    /// SQLITE_TRANSIENT: SQLite copies the bytes.
    static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension SQLiteStatement: RowCursor {
    var columnCount: Int { Int(sqlite3_column_count(pointer)) }

    var columnNames: [String] {
        (0..<sqlite3_column_count(pointer)).map {
            String(cString: sqlite3_column_name(pointer, $0))
        }
    }

    func isNull(_ index: Int) -> Bool {
        sqlite3_column_type(pointer, Int32(index)) == SQLITE_NULL
    }

    func integer(_ index: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(index)) }

    func double(_ index: Int) -> Double { sqlite3_column_double(pointer, Int32(index)) }

    func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        guard let base = sqlite3_column_text(pointer, Int32(index)) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let count = Int(sqlite3_column_bytes(pointer, Int32(index)))
        return UnsafeBufferPointer(start: base, count: count)
    }

    func value(_ index: Int) -> SQLValue {
        switch sqlite3_column_type(pointer, Int32(index)) {
        case SQLITE_INTEGER: return .integer(integer(index))
        case SQLITE_FLOAT: return .double(double(index))
        case SQLITE_TEXT: return .text(String(decoding: utf8(index), as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(pointer, Int32(index)))
            let base = sqlite3_column_blob(pointer, Int32(index))
            return .bytes(Array(UnsafeRawBufferPointer(start: base, count: count)))
        default: return .null
        }
    }
}

/// Makes errors of the room from SQLite's result codes.
enum SQLiteFailure {
    static func error(code: Int32, on connection: OpaquePointer, statement: String) -> DatabaseError
    {
        let message = String(cString: sqlite3_errmsg(connection))
        let extended = sqlite3_extended_errcode(connection)
        switch (code & 0xff, extended) {
        case (SQLITE_CONSTRAINT, uniqueCode), (SQLITE_CONSTRAINT, primaryKeyCode):
            let key = message.split(separator: ":", maxSplits: 1).last.map(String.init) ?? message
            return .uniqueViolation(key: String(key.drop(while: { $0 == " " })))
        case (SQLITE_CONSTRAINT, triggerCode): return .frozen
        case (SQLITE_CONSTRAINT, _): return .constraint(message)
        case (SQLITE_BUSY, _), (SQLITE_LOCKED, _): return .busy
        case (SQLITE_FULL, _): return .diskFull
        default:
            return .engine(code: String(extended), message: message, statement: statement)
        }
    }

    private static let uniqueCode = SQLITE_CONSTRAINT | (8 << 8)
    private static let primaryKeyCode = SQLITE_CONSTRAINT | (6 << 8)
    /// The only triggers are those that freeze.
    private static let triggerCode = SQLITE_CONSTRAINT | (7 << 8)
}
