// SPDX-License-Identifier: Apache-2.0
import Audience
import CSV
import Database

/// Writes rows as CSV records, from the bytes of the cursor, without a string for each cell.
struct RecordWriter {
    private(set) var csv: CSVWriter
    private let formats: ValueFormats
    private var campaigns: CampaignFinder
    private var moments: MomentWriter
    private var scratch: [UInt8] = []

    init(_ formats: ValueFormats, campaigns: CampaignBook) {
        self.formats = formats
        self.campaigns = CampaignFinder(campaigns)
        moments = MomentWriter(formats)
        csv = CSVWriter(
            delimiter: formats.delimiter.csv,
            neutralizesFormulas: formats.neutralizesFormulas
        )
    }

    /// Writes the header line.
    mutating func header(_ headers: [String]) {
        for header in headers { csv.append(header) }
        csv.endRecord()
    }

    /// Writes a row.
    mutating func record(_ cells: [CellWriter], _ cursor: any RowCursor) {
        for cell in cells { write(cell, cursor) }
        csv.endRecord()
    }

    /// Forgets what was written, once it is stored elsewhere.
    mutating func removeAll() { csv.removeAll() }

    /// Hands over what was written, without a copy.
    mutating func take() -> [UInt8] { csv.take() }

    private mutating func write(_ cell: CellWriter, _ cursor: any RowCursor) {
        switch cell {
        case .text(let index): csv.append(cursor.utf8(index))
        case .names(let first, let names): writeNames(first, names, cursor)
        case .campaign(let index, let field): writeCampaign(index, field, cursor)
        case .either(let cell, let isNull, let fallback):
            write(cursor.isNull(isNull) ? .text(fallback) : cell, cursor)
        case .flag(let index): csv.append(formats.booleans.text(cursor.integer(index) != 0))
        case .integer(let index), .number(let index), .boolean(let index), .day(let index),
            .moment(let index), .several(let index), .words(let index, _, _):
            guard !cursor.isNull(index) else { return csv.appendEmpty() }
            writeValue(cell, index, cursor)
        }
    }

    private mutating func writeValue(_ cell: CellWriter, _ index: Int, _ cursor: any RowCursor) {
        switch cell {
        case .integer: csv.append(cursor.integer(index))
        case .number: csv.append(NumberText.text(cursor.double(index)))
        case .boolean: csv.append(formats.booleans.text(cursor.integer(index) != 0))
        case .words(_, let ifTrue, let ifFalse):
            csv.append(cursor.integer(index) != 0 ? ifTrue : ifFalse)
        case .day: csv.append(moments.day(cursor.integer(index)))
        case .moment: csv.append(moments.moment(cursor.integer(index)))
        case .several: writeSeveral(cursor.utf8(index))
        default: csv.appendEmpty()
        }
    }

    /// Empty when there is no such campaign.
    private mutating func writeCampaign(
        _ index: Int,
        _ field: CampaignField,
        _ cursor: any RowCursor
    ) {
        guard let place = campaigns.place(of: cursor.integer(index)) else {
            return csv.appendEmpty()
        }
        csv.append(campaigns.book.text(field, at: place))
    }

    private mutating func writeNames(
        _ first: Int,
        _ names: [[UInt8]],
        _ cursor: any RowCursor
    ) {
        scratch.removeAll(keepingCapacity: true)
        for (offset, name) in names.enumerated() where cursor.integer(first + offset) != 0 {
            if !scratch.isEmpty { scratch.append(formats.severalSeparator.byte) }
            scratch.append(contentsOf: name)
        }
        csv.append(scratch)
    }

    /// Joins a JSON array; one with escapes in it takes the slow way.
    private mutating func writeSeveral(_ json: UnsafeBufferPointer<UInt8>) {
        scratch.removeAll(keepingCapacity: true)
        guard !json.contains(UInt8(ascii: "\\")) else {
            let texts = SeveralValues.texts(String(decoding: json, as: UTF8.self))
            return csv.append(texts.joined(separator: formats.severalSeparator.rawValue))
        }
        var isInside = false
        for byte in json.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\"") {
                isInside.toggle()
            } else if byte == UInt8(ascii: ","), !isInside {
                scratch.append(formats.severalSeparator.byte)
            } else if isInside || byte != UInt8(ascii: " ") {
                scratch.append(byte)
            }
        }
        csv.append(scratch)
    }
}

/// Numbers with a decimal point.
enum NumberText {
    /// The shortest text that reads back as the same number; whole ones without a fraction.
    static func text(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? number.description
    }
}
