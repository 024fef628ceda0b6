// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Common

/// Many rows at once: COPY to insert, arrays to find and to update.
extension PostgresConnection {
    func lookup(_ lookup: Lookup, _ body: (Int, any RowCursor) throws -> Void) throws {
        guard let keyType = try types(of: [lookup.key], in: lookup.table).first else { return }
        var keys = PostgresArray(of: keyType)
        var parameters = PostgresParameters()
        for key in lookup.keys where !keys.append(key) {
            throw DatabaseError.noSuchColumn("\(lookup.table).\(lookup.key)")
        }
        parameters.append(array: keys)
        for fixed in lookup.fixed { parameters.append(fixed.value) }
        let sql = PostgresLookup.sql(
            lookup,
            keyType,
            locking: locksRows ? lookup.keeps?.words : nil
        )
        note(sql)
        let result = try inTransaction { try $0.run(sql, parameters) }
        let cursor = PostgresLookup(result)
        for row in 0..<result.rowCount {
            result.row = row
            try body(Int(result.integer(result.columnCount - 1)) - 1, cursor)
        }
    }

    func insertion(into table: String, columns: [String]) throws -> any BulkWriter {
        let names = columns.joined(separator: ", ")
        return PostgresCopy(
            self,
            sql: "COPY \(table) (\(names)) FROM STDIN (FORMAT binary)",
            types: try types(of: columns, in: table)
        )
    }

    func update(of table: String, columns: [String], keys: BulkKeys) throws -> any BulkWriter {
        let names = columns + keys.columns
        let types = try types(of: names, in: table)
        let changes = columns.indices.map { "\(columns[$0]) = u.c\($0)" }.joined(separator: ", ")
        let lists = types.enumerated().map { "$\($0 + 1)::\($1.word)[]" }
        let found = keys.columns.enumerated().map {
            "\(table).\($1) = u.c\(columns.count + $0)"
        }
        let conditions = keys.fixed.enumerated().map {
            "\(table).\($1.column) = $\(names.count + 1 + $0)"
        }
        let sql = """
            UPDATE \(table) SET \(changes)
            FROM unnest(\(lists.joined(separator: ", "))) \
            AS u(\(names.indices.map { "c\($0)" }.joined(separator: ", ")))
            WHERE \((found + conditions).joined(separator: " AND "))
            """
        let arrays = PostgresArrays(self, sql: sql, types: types, fixed: keys.fixed.map(\.value))
        arrays.mustChange = keys.witness != nil
        return arrays
    }
}

extension Lookup.Keeping {
    /// The locks of rows (postgresql.org, "Explicit Locking").
    fileprivate var words: String {
        switch self {
        case .there: "FOR KEY SHARE"
        case .asTheyAre: "FOR NO KEY UPDATE"
        case .all: "FOR UPDATE"
        }
    }
}

/// The rows of a lookup, without the key's position at their end.
private final class PostgresLookup: RowCursor {
    private let result: PostgresResult

    init(_ result: PostgresResult) { self.result = result }

    /// A loop over an index, key by key: `OFFSET 0` keeps the planner from turning it inside out,
    /// which reads the whole table for every batch (measured: ten times as long).
    static func sql(_ lookup: Lookup, _ type: PostgresType, locking: String?) -> String {
        let columns = lookup.columns.joined(separator: ", ")
        let fixed = lookup.fixed.enumerated().map { "\($1.column) = $\($0 + 2)" }
        let conditions = (["\(lookup.key) = k.key"] + fixed).joined(separator: " AND ")
        let order = lookup.order.map { "ORDER BY \($0) " } ?? ""
        return """
            SELECT t.*, k.position
            FROM unnest($1::\(type.word)[]) WITH ORDINALITY AS k(key, position), LATERAL (
                SELECT \(columns) FROM \(lookup.table) WHERE \(conditions)
                \(order)OFFSET 0\(locking.map { " \($0)" } ?? "")
            ) t
            """
    }

    var columnCount: Int { result.columnCount - 1 }
    var columnNames: [String] { result.columnNames.dropLast() }
    func isNull(_ index: Int) -> Bool { result.isNull(index) }
    func integer(_ index: Int) -> Int64 { result.integer(index) }
    func double(_ index: Int) -> Double { result.double(index) }
    func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> { result.utf8(index) }
    func value(_ index: Int) -> SQLValue { result.value(index) }
}

/// Gathers rows and copies them a few megabytes at a time.
private final class PostgresCopy: BulkWriter {
    private let connection: PostgresConnection
    private let sql: String
    private let types: [PostgresType]
    private var rows = PostgresBytes()
    private var column = 0
    private var misfit: Int?

    init(_ connection: PostgresConnection, sql: String, types: [PostgresType]) {
        self.connection = connection
        self.sql = sql
        self.types = types
    }

    func null() { write { $0.append(Int32(-1)) } }

    func integer(_ value: Int64) {
        let type = types[column]
        write { if !$0.field(value, as: type) { misfit = column } }
    }

    func utf8(_ bytes: UnsafeBufferPointer<UInt8>) { write { $0.sized(bytes) } }

    func value(_ value: SQLValue) {
        let type = types[column]
        write { if !$0.field(value, as: type) { misfit = column } }
    }

    func endRow() throws {
        column = 0
        if let misfit {
            throw DatabaseError.engine(
                code: "22000",
                message: "column \(misfit + 1) has another type than its value",
                statement: sql
            )
        }
        if rows.count > PostgresCopy.limit { try flush() }
    }

    func finish() throws { try flush() }

    private func write(_ cell: (inout PostgresBytes) -> Void) {
        if rows.count == 0 { rows.append(PostgresCopy.header) }
        if column == 0 { rows.append(Int16(types.count)) }
        cell(&rows)
        column += 1
    }

    private func flush() throws {
        guard rows.count > 0 else { return }
        rows.append(Int16(-1))
        connection.note(sql)
        try connection.inTransaction { try $0.copy(sql, rows.bytes) }
        rows.removeAll()
    }

    /// `PGCOPY`, its marks against mangling, no flags, no extension (postgresql.org, "COPY").
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8)
    private static let limit = 4 << 20
}

/// Gathers rows column by column and sends them as arrays.
private final class PostgresArrays: BulkWriter {
    private let connection: PostgresConnection
    private let sql: String
    private let fixed: [SQLValue]
    private var arrays: [PostgresArray]
    private var column = 0
    private var rows = 0
    private var misfit: Int?
    /// Whether a row that is not found breaks the transaction.
    var mustChange = false

    init(
        _ connection: PostgresConnection,
        sql: String,
        types: [PostgresType],
        fixed: [SQLValue]
    ) {
        self.connection = connection
        self.sql = sql
        self.fixed = fixed
        arrays = types.map { PostgresArray(of: $0) }
    }

    func null() {
        arrays[column].appendNull()
        column += 1
    }

    func integer(_ value: Int64) {
        if !arrays[column].append(integer: value) { misfit = column }
        column += 1
    }

    func utf8(_ bytes: UnsafeBufferPointer<UInt8>) {
        arrays[column].append(utf8: bytes)
        column += 1
    }

    func value(_ value: SQLValue) {
        if !arrays[column].append(value) { misfit = column }
        column += 1
    }

    func endRow() throws {
        column = 0
        rows += 1
        if let misfit {
            throw DatabaseError.engine(
                code: "22000",
                message: "column \(misfit + 1) has another type than its value",
                statement: sql
            )
        }
        if rows == PostgresArrays.limit { try finish() }
    }

    func finish() throws {
        guard rows > 0 else { return }
        var parameters = PostgresParameters()
        for array in arrays { parameters.append(array: array) }
        for value in fixed { parameters.append(value) }
        connection.note(sql)
        let expected = mustChange ? rows : nil
        try connection.inTransaction { try $0.post(sql, parameters, changing: expected) }
        for index in arrays.indices { arrays[index].removeAll() }
        rows = 0
    }

    private static let limit = 5_000
}
