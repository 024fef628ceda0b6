// SPDX-License-Identifier: Apache-2.0
import CSV
public import Common
public import Database

/// The first look at a file: up to ten of the newest rows with their real values, oldest first.
///
/// Takes no tick and makes no run; rows are not limited to a window.
public struct ExportPreview: Sendable, Hashable {
    /// How many rows are shown.
    public static let rowCount = 10

    /// The headers in order.
    public let headers: [String]
    /// The rows; a cell is a text as it would stand in the file, without quotes.
    public let rows: [[String]]
    /// The file that these rows alone would make.
    public let text: String

    /// Looks at what a definition would give at a moment.
    ///
    /// - Throws: As ``ExportStore/create(_:by:in:)``.
    public init(
        of definition: ExportDefinition,
        in store: ExportStore,
        at moment: Instant,
        connection: Connection
    ) throws {
        let export = ExportRecord(
            workspace: store.workspace,
            id: ExportID(0),
            definition: try store.check(definition, at: moment, in: connection),
            state: .draft,
            schedule: nil,
            cutOff: nil,
            chainHead: nil,
            lastSeq: 0,
            epoch: 0,
            createdAt: Instant(microseconds: 0),
            createdBy: ""
        )
        let reading = try RowReading(export, at: moment, in: connection)
        let records = try ExportPreview.records(reading, in: connection)
        var header = reading.writer
        header.header(reading.plan.headers)
        let bytes = header.csv.bytes + records.joined()
        headers = reading.plan.headers
        text = String(decoding: bytes, as: UTF8.self)
        rows = ExportPreview.cells(bytes, export.definition.formats.delimiter)
    }

    /// The newest records that belong into the file, among the last ten thousand rows.
    private static func records(
        _ reading: RowReading,
        in connection: Connection
    ) throws -> [[UInt8]] {
        let query = reading.plan.query(newestFirst: true)
        var place = RowPlace(stamp: .max, id: .max)
        let judge = reading.judge(upTo: nil)
        var writer = reading.writer
        var records: [[UInt8]] = []
        // What a search finds is all in the file, and may be far apart.
        let limit = reading.plan.selection == nil ? pageSize : rowCount
        for _ in 1...20 {
            var count = 0
            let values = reading.newestParameters(place, limit)
            try connection.each(query, values) { cursor in
                count += 1
                place.stamp = cursor.integer(SourceRelation.stampIndex)
                place.id = cursor.integer(SourceRelation.idIndex)
                guard case .keep = judge(cursor) else { return true }
                writer.record(reading.plan.cells, cursor)
                records.append(writer.csv.bytes)
                writer.removeAll()
                return records.count < rowCount
            }
            guard records.count < rowCount, count == limit else { break }
        }
        return records.reversed()
    }

    /// A server's answer is in memory as a whole.
    private static let pageSize = 500

    private static func cells(_ bytes: [UInt8], _ delimiter: Delimiter) -> [[String]] {
        var reader = CSVReader(dialect: CSVDialect(delimiter: delimiter.csv))
        var rows: [[String]] = []
        reader.append(bytes) { record in
            rows.append((0..<record.fieldCount).map { record.string($0) })
            return .next
        }
        reader.finish { record in
            rows.append((0..<record.fieldCount).map { record.string($0) })
            return .next
        }
        return Array(rows.dropFirst())
    }
}
