// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import GRDBSQLite

/// Rows in memory, cell after cell, as a bulk writer is given them.
final class GivenRows {
    private let width: Int
    private var cells: [GivenCell] = []
    private var bytes: [UInt8] = []

    /// Rows of so many cells.
    init(width: Int) { self.width = width }

    /// How many rows are complete.
    var count: Int { cells.count / width }

    /// Whether they take as much memory as they should.
    var areFull: Bool { count >= GivenRows.mostRows || bytes.count >= GivenRows.mostBytes }

    /// Ends a row, which must have all its cells.
    func endRow() {
        precondition(cells.count.isMultiple(of: width), "a row has \(width) cells")
    }

    func append(_ value: SQLValue) {
        switch value {
        case .null: cells.append(.null)
        case .integer(let value): append(value)
        case .double(let value): cells.append(.double(value))
        case .boolean(let value): append(value ? 1 : 0)
        case .moment(let value): append(value.microseconds)
        case .day(let value): append(value.number)
        case .text(var text): text.withUTF8 { append(utf8: $0) }
        case .bytes(let value):
            cells.append(.bytes(at: bytes.count, value.count))
            bytes.append(contentsOf: value)
        }
    }

    func append(_ value: Int64) { cells.append(.integer(value)) }

    func append(utf8 text: UnsafeBufferPointer<UInt8>) {
        cells.append(.text(at: bytes.count, text.count))
        bytes.append(contentsOf: text)
    }

    func removeAll() {
        cells.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Shows the rows where they lie, for as long as a closure runs.
    func withView<T>(_ body: (View) throws -> T) rethrows -> T {
        try cells.withUnsafeBufferPointer { cells in
            try bytes.withUnsafeBufferPointer { bytes in
                try body(View(cells: cells, bytes: bytes, width: width))
            }
        }
    }

    /// Rows that a statement reads.
    struct View {
        fileprivate var cells: UnsafeBufferPointer<GivenCell>
        fileprivate var bytes: UnsafeBufferPointer<UInt8>
        fileprivate var width: Int

        /// How many rows there are.
        var count: Int { cells.count / width }

        /// Makes a cell the result of a function; its bytes are not copied.
        func give(_ row: Int, _ column: Int, to context: OpaquePointer?) {
            guard column < width else { return sqlite3_result_null(context) }
            cells[row * width + column].give(to: context, bytes)
        }
    }

    private static let mostRows = 1_000
    private static let mostBytes = 1 << 20
}

/// A number, or where the bytes of a text lie.
private enum GivenCell {
    case null
    case integer(Int64)
    case double(Double)
    case text(at: Int, Int)
    case bytes(at: Int, Int)

    func give(to context: OpaquePointer?, _ bytes: UnsafeBufferPointer<UInt8>) {
        switch self {
        case .null: sqlite3_result_null(context)
        case .integer(let value): sqlite3_result_int64(context, value)
        case .double(let value): sqlite3_result_double(context, value)
        case .text(_, 0): sqlite3_result_text(context, "", 0, SQLiteStatement.transient)
        case .text(let place, let length):
            let start = bytes.baseAddress.map { UnsafeRawPointer($0 + place) }
            let text = start?.assumingMemoryBound(to: CChar.self)
            sqlite3_result_text(context, text, Int32(length), nil)
        case .bytes(_, 0): sqlite3_result_zeroblob(context, 0)
        case .bytes(let place, let length):
            sqlite3_result_blob(context, bytes.baseAddress.map { $0 + place }, Int32(length), nil)
        }
    }
}
