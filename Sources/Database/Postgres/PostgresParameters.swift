// SPDX-License-Identifier: Apache-2.0
internal import CLibPQ

/// The parameters of one statement, in binary.
struct PostgresParameters {
    private var bytes = PostgresBytes()
    private(set) var types: [UInt32] = []
    private var places: [(offset: Int, length: Int)?] = []

    /// No parameters yet.
    init() {}

    /// Binds values to a statement's types; nil when one of them does not fit its type.
    init?(_ values: [SQLValue], as wanted: [UInt32]) {
        guard values.count == wanted.count else { return nil }
        for (value, oid) in zip(values, wanted) {
            guard value != .null else {
                appendNull(oid)
                continue
            }
            guard let type = PostgresType(rawValue: oid), append(value, as: type) else {
                return nil
            }
        }
    }

    /// Appends a value; false when it does not fit the type.
    mutating func append(_ value: SQLValue, as type: PostgresType) -> Bool {
        let start = bytes.count
        guard bytes.field(value, as: type) else { return false }
        types.append(type.rawValue)
        places.append((start + 4, bytes.count - start - 4))
        return true
    }

    /// Appends a value of its own type.
    mutating func append(_ value: SQLValue) {
        guard let type = PostgresType(of: value) else { return appendNull(0) }
        _ = append(value, as: type)
    }

    /// Appends an array that is already in binary.
    mutating func append(array: PostgresArray) {
        types.append(array.type.array)
        places.append((bytes.count, array.length))
        array.write(to: &bytes)
    }

    private mutating func appendNull(_ oid: UInt32) {
        types.append(oid)
        places.append(nil)
    }

    /// Calls a closure with what libpq takes: values, lengths and formats.
    func withPointers<T>(
        _ body: (
            Int32, [UnsafePointer<CChar>?], [Int32], [Int32]
        ) throws -> T
    ) rethrows -> T {
        try bytes.bytes.withUnsafeBytes { raw in
            // An empty text at the end has an address of nothing; any address does.
            let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = places.map { place in
                place.flatMap { place in base.map { $0 + place.offset } }
            }
            let lengths = places.map { Int32($0?.length ?? 0) }
            return try body(
                Int32(places.count),
                values,
                lengths,
                Array(repeating: 1, count: places.count)
            )
        }
    }
}

/// An array of one type, gathered in binary: one column of many rows.
struct PostgresArray {
    let type: PostgresType
    private var elements = PostgresBytes()
    private(set) var count: Int32 = 0
    private var hasNull = false

    init(of type: PostgresType) { self.type = type }

    /// The length of the header: dimensions, flags, type, size and lower bound.
    private static let headerLength = 20

    var length: Int { PostgresArray.headerLength + elements.count }

    mutating func removeAll() {
        elements.removeAll()
        count = 0
        hasNull = false
    }

    mutating func appendNull() {
        elements.append(Int32(-1))
        hasNull = true
        count += 1
    }

    /// Appends an element; false when it does not fit the type.
    mutating func append(_ value: SQLValue) -> Bool {
        if value == .null { hasNull = true }
        count += 1
        return elements.field(value, as: type)
    }

    mutating func append(integer: Int64) -> Bool {
        count += 1
        return elements.field(integer, as: type)
    }

    mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
        count += 1
        elements.sized(utf8)
    }

    /// Writes the array as `array_recv` reads it.
    func write(to bytes: inout PostgresBytes) {
        bytes.append(Int32(1))
        bytes.append(Int32(hasNull ? 1 : 0))
        bytes.append(type.rawValue)
        bytes.append(count)
        bytes.append(Int32(1))
        bytes.append(elements.bytes)
    }
}
