// SPDX-License-Identifier: Apache-2.0
internal import GRDBSQLite

/// The table `given_rows` of one connection: rows in memory, which a statement reads like those of any
/// other table (sqlite.org, "The Virtual Table Mechanism Of SQLite").
///
/// A statement that writes a thousand rows keeps its place in each index; one that is run once a row
/// looks for it again each time.
final class GivenRowsTable {
    /// What statements call it; its columns are `c0`, `c1` and so on.
    static let name = "given_rows"
    /// As many columns as any table of SQLite may have (SQLITE_MAX_COLUMN).
    private static let width = 2_000

    /// What a statement finds in the table that begins now.
    fileprivate var rows: GivenRows.View?

    /// Adds the table to a connection.
    init(on connection: OpaquePointer) throws {
        let code = sqlite3_create_module_v2(
            connection,
            GivenRowsTable.name,
            GivenRowsTable.module,
            Unmanaged.passUnretained(self).toOpaque(),
            nil
        )
        guard code == SQLITE_OK else {
            throw SQLiteFailure.error(code: code, on: connection, statement: GivenRowsTable.name)
        }
    }

    /// Lets statements read rows for as long as a closure runs.
    func show<T>(_ rows: GivenRows, _ body: () throws -> T) rethrows -> T {
        try rows.withView { view in
            self.rows = view
            defer { self.rows = nil }
            return try body()
        }
    }

    fileprivate static let definition: String = {
        let columns = (0..<width).map { "c\($0)" }
        return "CREATE TABLE \(name) (\(columns.joined(separator: ", ")))"
    }()

    /// SQLite reads it for as long as there is a connection.
    nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
        let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        module.initialize(to: GivenRowsTable.functions)
        return UnsafePointer(module)
    }()
}

/// The table as a connection holds it; SQLite knows the first field alone.
private struct Table {
    var base = sqlite3_vtab()
    let source: Unmanaged<GivenRowsTable>
}

/// A statement's place in the rows; SQLite knows the first field alone.
private struct Place {
    var base = sqlite3_vtab_cursor()
    var rows: GivenRows.View?
    var row = 0
}

extension UnsafeMutablePointer<sqlite3_vtab> {
    fileprivate var table: UnsafeMutablePointer<Table> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: Table.self)
    }
}

extension UnsafeMutablePointer<sqlite3_vtab_cursor> {
    fileprivate var place: UnsafeMutablePointer<Place> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: Place.self)
    }
}

extension GivenRowsTable {
    /// What SQLite calls; the table is there without being created.
    fileprivate static var functions: sqlite3_module {
        var functions = sqlite3_module()
        functions.xConnect = { connection, source, _, _, made, _ in
            guard let source else { return SQLITE_ERROR }
            let code = sqlite3_declare_vtab(connection, GivenRowsTable.definition)
            guard code == SQLITE_OK else { return code }
            let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
            table.initialize(to: Table(source: .fromOpaque(source)))
            made?.pointee = UnsafeMutableRawPointer(table)
                .assumingMemoryBound(to: sqlite3_vtab.self)
            return SQLITE_OK
        }
        functions.xDisconnect = { table in
            table?.table.deallocate()
            return SQLITE_OK
        }
        functions.xBestIndex = { _, _ in SQLITE_OK }
        functions.xOpen = { _, made in
            let place = UnsafeMutablePointer<Place>.allocate(capacity: 1)
            place.initialize(to: Place())
            made?.pointee = UnsafeMutableRawPointer(place)
                .assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
        functions.xClose = { cursor in
            cursor?.place.deallocate()
            return SQLITE_OK
        }
        addReading(&functions)
        return functions
    }

    private static func addReading(_ functions: inout sqlite3_module) {
        functions.xFilter = { cursor, _, _, _, _ in
            guard let cursor, let table = cursor.pointee.pVtab else { return SQLITE_ERROR }
            cursor.place.pointee.rows = table.table.pointee.source.takeUnretainedValue().rows
            cursor.place.pointee.row = 0
            return SQLITE_OK
        }
        functions.xNext = { cursor in
            cursor?.place.pointee.row += 1
            return SQLITE_OK
        }
        functions.xEof = { cursor in
            guard let place = cursor?.place.pointee, let rows = place.rows else { return 1 }
            return place.row < rows.count ? 0 : 1
        }
        functions.xColumn = { cursor, context, column in
            guard let place = cursor?.place.pointee else { return SQLITE_ERROR }
            place.rows?.give(place.row, Int(column), to: context)
            return SQLITE_OK
        }
        functions.xRowid = { cursor, id in
            id?.pointee = sqlite3_int64(cursor?.place.pointee.row ?? 0)
            return SQLITE_OK
        }
    }
}
