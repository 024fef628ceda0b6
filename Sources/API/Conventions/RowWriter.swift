// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Writes rows of a resource's listing as JSON objects, straight from the database's bytes.
struct RowWriter {
    private struct Field {
        let key: [UInt8]
        let name: String
        let index: Int
        let kind: ListingColumn.Kind
        let isFilled: Bool
        let isSpread: Bool
    }

    /// Where a value stands that something else may know better.
    private struct Gap {
        let id: Int64
        let name: String
        let range: Range<Int>
    }

    private let fields: [Field]
    private let idIndex: Int
    private let spread: (index: Int, values: @Sendable (String) -> [String: JSONValue])?
    private var gaps: [Gap] = []
    /// What was written.
    private(set) var json = JSONBytes(capacity: 32_768)
    /// The ids of the rows that were written.
    private(set) var ids: [Int64] = []

    init(_ resource: Resource) throws {
        let columns = resource.listing.columns
        func index(_ name: String) throws -> Int {
            guard let index = columns.firstIndex(where: { $0.name == name }) else {
                throw DatabaseError.noSuchColumn(name)
            }
            return index
        }
        idIndex = try index("id")
        fields = try resource.shown.enumerated().map { position, attribute in
            let index = try index(attribute.column)
            let key = (position == 0 ? "{\"" : ",\"") + attribute.name + "\":"
            return Field(
                key: Array(key.utf8),
                name: attribute.name,
                index: index,
                kind: columns[index].kind,
                isFilled: attribute.isFilled,
                isSpread: attribute.isSpread
            )
        }
        spread = try resource.spread.map { (try index($0.column), $0.values) }
    }

    /// How many rows were written.
    var count: Int { ids.count }

    /// Writes a row.
    mutating func write(_ row: any RowCursor) {
        if !ids.isEmpty { json.raw(",") }
        let id = row.integer(idIndex)
        ids.append(id)
        let parts = spread.map { $0.values(row.text($0.index) ?? "") }
        for field in fields {
            json.raw(field.key)
            let start = json.bytes.count
            if field.isSpread {
                part(parts?[field.name] ?? .null)
            } else {
                value(row, field)
            }
            guard field.isFilled else { continue }
            gaps.append(Gap(id: id, name: field.name, range: start..<json.bytes.count))
        }
        json.raw("}")
    }

    /// What was written, with the values that are known better; null stays null.
    func filled(_ values: [Int64: [String: Int64]]) -> [UInt8] {
        guard !values.isEmpty else { return json.bytes }
        var filled = JSONBytes(capacity: json.bytes.count + 64)
        var end = 0
        for gap in gaps {
            guard let value = values[gap.id]?[gap.name],
                !json.bytes[gap.range].elementsEqual("null".utf8)
            else { continue }
            filled.raw(json.bytes[end..<gap.range.lowerBound])
            filled.integer(value)
            end = gap.range.upperBound
        }
        filled.raw(json.bytes[end...])
        return filled.bytes
    }

    private mutating func part(_ value: JSONValue) {
        guard let bytes = try? JSONBytes(value).bytes else { return json.null() }
        json.raw(bytes)
    }

    private mutating func value(_ row: any RowCursor, _ field: Field) {
        guard !row.isNull(field.index) else { return json.null() }
        switch field.kind {
        case .integer: json.integer(row.integer(field.index))
        case .number: json.number(row.double(field.index))
        case .boolean: json.boolean(row.integer(field.index) != 0)
        case .text: json.utf8(row.utf8(field.index))
        case .moment: json.moment(row.integer(field.index))
        case .day: json.text(Day(number: row.integer(field.index)).description)
        case .json: json.raw(row.utf8(field.index))
        }
    }
}
