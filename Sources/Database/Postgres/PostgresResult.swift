// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ
internal import Common

/// A result in binary, and the row that is read.
final class PostgresResult: RowCursor {
    let pointer: OpaquePointer
    private let types: [UInt32]
    /// The present row, from 0.
    var row: Int32 = 0
    private var names: [String]?

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        types = (0..<PQnfields(pointer)).map { PQftype(pointer, $0) }
    }

    deinit { PQclear(pointer) }

    var rowCount: Int32 { PQntuples(pointer) }
    var columnCount: Int { types.count }

    /// How many rows a command changed.
    var changed: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    var columnNames: [String] {
        if let names { return names }
        let found = (0..<Int32(types.count)).map { String(cString: PQfname(pointer, $0)) }
        names = found
        return found
    }

    func isNull(_ index: Int) -> Bool { PQgetisnull(pointer, row, Int32(index)) != 0 }

    func integer(_ index: Int) -> Int64 {
        guard !isNull(index) else { return 0 }
        let raw = bytes(index)
        switch PostgresType(rawValue: types[index]) {
        case .integer: return raw.big(Int64.self)
        case .middle: return Int64(raw.big(Int32.self))
        case .short: return Int64(raw.big(Int16.self))
        case .boolean: return raw[0] == 0 ? 0 : 1
        case .moment: return raw.big(Int64.self) + PostgresType.momentOrigin
        case .day: return Int64(raw.big(Int32.self)) + PostgresType.dayOrigin
        case .double: return Int64(Double(bitPattern: raw.big(UInt64.self)))
        default: return 0
        }
    }

    func double(_ index: Int) -> Double {
        guard !isNull(index) else { return 0 }
        guard types[index] == PostgresType.double.rawValue else { return Double(integer(index)) }
        return Double(bitPattern: bytes(index).big(UInt64.self))
    }

    func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        bytes(index).bindMemory(to: UInt8.self)
    }

    func value(_ index: Int) -> SQLValue {
        guard !isNull(index) else { return .null }
        switch PostgresType(rawValue: types[index]) {
        case .integer, .middle, .short: return .integer(integer(index))
        case .boolean: return .boolean(integer(index) != 0)
        case .moment: return .moment(Instant(microseconds: integer(index)))
        case .day: return .day(Day(number: integer(index)))
        case .double: return .double(double(index))
        case .bytes: return .bytes(Array(bytes(index)))
        case .text, .name: return .text(String(decoding: utf8(index), as: UTF8.self))
        // Types that the schema has not, such as the numeric of a sum without a cast.
        case nil: return .bytes(Array(bytes(index)))
        }
    }

    private func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let length = Int(PQgetlength(pointer, row, Int32(index)))
        return UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, Int32(index)),
            count: length
        )
    }
}

extension UnsafeRawBufferPointer {
    /// Reads a number in network byte order.
    fileprivate func big<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer {
        Integer(bigEndian: loadUnaligned(as: type))
    }
}
