// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Reads a table, or the rows of one workspace in it, in pages by its primary key.
struct TablePages {
    let table: TableDefinition
    let workspace: Int64?
    private let keyTypes: [ColumnDefinition.ColumnType]
    private let keyPlaces: [Int]

    /// Rows a page: some hundred thousand values, held at once where the engine does.
    static let size = 5_000

    init(_ table: TableDefinition, workspace: Int64?) {
        self.table = table
        self.workspace = table.isOfWorkspaces ? workspace : nil
        keyPlaces = table.primaryKey.compactMap { key in
            table.columns.firstIndex { $0.name == key }
        }
        keyTypes = keyPlaces.map { table.columns[$0].type }
    }

    /// Calls a closure for each row of the page behind a key, in the order of keys.
    ///
    /// - Returns: The key of the last row and how many there were.
    func read(
        after last: [String]?,
        limit: Int = TablePages.size,
        in connection: Connection,
        _ body: (any RowCursor) throws -> Void
    ) throws -> (key: [String]?, count: Int) {
        var count = 0
        var key = last
        try connection.each(statement(after: last, limit), try values(after: last)) { cursor in
            try body(cursor)
            count += 1
            if count == limit { key = try self.key(of: cursor) }
            return true
        }
        return (key, count)
    }

    func count(in connection: Connection) throws -> Int64 {
        let condition = workspace == nil ? "" : " WHERE workspace_id = $1"
        return try connection.value(
            "SELECT count(*) FROM \(table.name)\(condition)",
            workspace.map { [$0] } ?? []
        ) ?? 0
    }

    /// Whether a column of the primary key is kept as a number.
    func isNumber(_ offset: Int) -> Bool { keyTypes[offset] != .text }

    /// The primary key of a row, as texts.
    func key(of cursor: any RowCursor) throws -> [String] {
        try zip(keyPlaces, keyTypes).map { place, type in
            switch type {
            case .text: cursor.text(place) ?? ""
            case .integer, .boolean, .moment, .day: String(cursor.integer(place))
            case .double, .bytes:
                throw DatabaseError.cannotMove(table: table.name, reason: "of its primary key")
            }
        }
    }

    private func statement(after last: [String]?, _ limit: Int) -> String {
        let names = table.columns.map(\.name).joined(separator: ", ")
        let key = table.primaryKey.joined(separator: ", ")
        var conditions: [String] = []
        if workspace != nil { conditions.append("workspace_id = $1") }
        if last != nil {
            let first = workspace == nil ? 1 : 2
            let places = keyTypes.indices.map { "$\(first + $0)" }.joined(separator: ", ")
            conditions.append("(\(key)) > (\(places))")
        }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return "SELECT \(names) FROM \(table.name)\(filter) ORDER BY \(key) LIMIT \(limit)"
    }

    private func values(after last: [String]?) throws -> [SQLValue] {
        let own: [SQLValue] = workspace.map { [.integer($0)] } ?? []
        return own + (try zip(last ?? [], keyTypes).map(value))
    }

    private func value(_ text: String, _ type: ColumnDefinition.ColumnType) throws -> SQLValue {
        if type == .text { return .text(text) }
        guard let number = Int64(text) else {
            throw DatabaseError.cannotMove(table: table.name, reason: "its progress is damaged")
        }
        switch type {
        case .boolean: return .boolean(number != 0)
        case .moment: return .moment(Instant(microseconds: number))
        case .day: return .day(Day(number: number))
        default: return .integer(number)
        }
    }
}

extension TablePages {
    /// The hash of a row.
    func hash(of cursor: any RowCursor) -> UInt64 {
        var hash = RowHash()
        for (place, column) in table.columns.enumerated() {
            if cursor.isNull(place) {
                hash.mixNull()
                continue
            }
            switch column.type {
            case .integer, .boolean, .moment, .day:
                hash.mix(UInt64(bitPattern: cursor.integer(place)))
            case .double: hash.mix(cursor.double(place))
            case .text: hash.mix(UnsafeRawBufferPointer(cursor.utf8(place)))
            case .bytes:
                guard case .bytes(let bytes) = cursor.value(place) else { continue }
                bytes.withUnsafeBytes { hash.mix($0) }
            }
        }
        return hash.value
    }

    /// Writes a row as the target's columns hold it.
    func write(_ cursor: any RowCursor, to writer: any BulkWriter) throws {
        for (place, column) in table.columns.enumerated() {
            if cursor.isNull(place) {
                writer.null()
                continue
            }
            switch column.type {
            case .integer, .boolean, .moment, .day: writer.integer(cursor.integer(place))
            case .double: writer.value(.double(cursor.double(place)))
            case .text: writer.utf8(cursor.utf8(place))
            case .bytes: writer.value(cursor.value(place))
            }
        }
        try writer.endRow()
    }
}

extension TableDefinition {
    /// Whether the rows belong to workspaces, one of which can be moved alone.
    public var isOfWorkspaces: Bool { columns.contains { $0.name == "workspace_id" } }
}
