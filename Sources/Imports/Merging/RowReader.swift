// SPDX-License-Identifier: Apache-2.0
import Audience
import CSV
import Common

/// Reads the fields of a row as the attributes they fill.
struct RowReader {
    let columns: ResolvedColumns
    private let readers: [ValueReader]
    /// For an address column: its permission's column, when the file has one.
    private let permissions: [(address: Int, permission: Int)]
    /// The file's column that each merge column and list takes, by field.
    private let columnOfField: [Int?]

    init(_ columns: ResolvedColumns, countryCode: String?, separator: String) {
        self.columns = columns
        let byte = separator.utf8.first ?? UInt8(ascii: ",")
        readers = columns.plan.columns.map {
            ValueReader($0.attribute, countryCode: countryCode, separator: byte)
        }
        let roles = columns.plan.columns.map(\.attribute.role)
        permissions = roles.indices.compactMap { address in
            guard let role = roles[address]?.permission,
                let permission = roles.firstIndex(of: role)
            else { return nil }
            return (address, permission)
        }
        var byField = [Int?](repeating: nil, count: columns.header.count)
        for (column, field) in columns.fields.enumerated() { byField[field] = column }
        for (list, field) in columns.listFields.enumerated() {
            byField[field] = columns.fields.count + list
        }
        columnOfField = byField
    }

    /// A row that was read, or why it is not saved.
    struct Outcome {
        var row: MergeRow
        var refusal: MergeRefusal?
        var warnings: [(column: Int, warning: ValueWarning)] = []
    }

    /// The key by which a row is sorted and compared with others; nil when it names nobody.
    ///
    /// The first byte says which identifier it is, so that no two kinds ever meet. In a custom table
    /// whose rows are numbered, a row without number is a new one: its line is its key.
    func key(of record: borrowing CSVRecord, line: Int64, into arena: inout [UInt8]) -> Bool {
        for (position, column) in columns.identifiers.enumerated() {
            let field = record.field(columns.fields[column])
            switch readers[column].read(field) {
            case .value(.null): continue
            case .value(let cell), .warned(.some(let cell), _):
                arena.append(UInt8(position + 1))
                append(cell, to: &arena)
            case .warned(nil, _), .refused:
                arena.append(UInt8(position + 1))
                arena.append(contentsOf: field)
            }
            return true
        }
        guard columns.plan.table.hasAutomaticKey else { return false }
        arena.append(RowReader.newRow)
        // In the order of the lines, as bytes are compared.
        withUnsafeBytes(of: line.bigEndian) { arena.append(contentsOf: $0) }
        return true
    }

    /// The first byte of the key of a row that names none.
    static let newRow: UInt8 = 255

    /// Reads a staged row.
    func read(_ record: StagedRecord) -> Outcome {
        var outcome = Outcome(
            row: MergeRow(
                identity(of: record),
                cells: [Cell?](repeating: nil, count: readers.count),
                standings: [Bool?](repeating: nil, count: columns.listFields.count),
                line: record.line
            )
        )
        record.eachField { field, bytes in
            guard field < columnOfField.count, let column = columnOfField[field] else { return }
            if column < readers.count {
                read(bytes, column, &outcome)
            } else {
                readStanding(bytes, column, &outcome)
            }
        }
        warnOfMissingPermission(&outcome)
        return outcome
    }

    private func identity(of record: StagedRecord) -> MergeIdentity {
        guard let kind = record.key.first, kind != RowReader.newRow else { return .new }
        return .column(columns.identifiers[max(0, Int(kind) - 1)])
    }

    private func read(_ bytes: Bytes, _ column: Int, _ outcome: inout Outcome) {
        switch readers[column].read(bytes) {
        case .value(.null):
            outcome.row.cells[column] = columns.blanks[column] == .clear ? .some(.null) : nil
        case .value(let cell): outcome.row.cells[column] = cell
        case .warned(let cell, let warning):
            outcome.row.cells[column] = cell
            outcome.warnings.append((column, warning))
        case .refused(let problem):
            guard outcome.refusal == nil else { return }
            outcome.refusal = MergeRefusal(column: column, problem)
        }
    }

    private func readStanding(_ bytes: Bytes, _ column: Int, _ outcome: inout Outcome) {
        switch BooleanReader.read(bytes) {
        case .blank: return
        case .value(let isSubscribed):
            outcome.row.standings[column - readers.count] = isSubscribed
        case .refused(let problem):
            guard outcome.refusal == nil else { return }
            outcome.refusal = MergeRefusal(column: column, problem)
        }
    }

    /// An address without a word on whether it may be used.
    private func warnOfMissingPermission(_ outcome: inout Outcome) {
        for pair in permissions {
            guard let address = outcome.row.cells[pair.address], !address.isNull,
                outcome.row.cells[pair.permission]?.isNull ?? true
            else { continue }
            outcome.warnings.append((pair.permission, .permissionMissing))
        }
    }

    private func append(_ cell: Cell, to arena: inout [UInt8]) {
        switch cell {
        case .borrowed(let bytes): arena.append(contentsOf: bytes)
        case .text(let text): arena.append(contentsOf: text.utf8)
        case .integer(let value): arena.append(contentsOf: String(value).utf8)
        case .double(let value): arena.append(contentsOf: String(value).utf8)
        case .null: return
        }
    }
}
