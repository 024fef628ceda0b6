// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Files

/// Finds rows that lose a unique value to an earlier row of the same file.
///
/// Only files that fill a unique attribute besides the identifier need this second sorting.
struct UniqueInFile {
    let reader: RowReader
    let spool: Spool
    let name: String

    /// The merge columns that have to be looked at.
    private var columns: [Int] {
        let all = reader.columns.plan.columns
        let identifiers = reader.columns.identifiers
        return all.indices.filter { column in
            all[column].attribute.isUnique && !(identifiers == [column])
        }
    }

    /// The lines that lose, with the merge columns in which they do.
    func losers(in sorter: StagingSorter) throws -> [Int64: [Int]] {
        let columns = columns
        guard !columns.isEmpty else { return [:] }
        let values = StagingSorter(spool: spool, name: name + "-unique")
        defer { values.remove() }
        try eachFirst(in: sorter) { row in
            for column in columns where row.identifier != column {
                try add(row, column, to: values)
            }
        }
        return try losers(among: values)
    }

    /// Calls a closure for the first row of each key that can be read: the one that is accepted.
    private func eachFirst(in sorter: StagingSorter, _ body: (MergeRow) throws -> Void) throws {
        let runs = try sorter.merged()
        var accepted: [UInt8]?
        while let record = runs.record {
            let isTaken =
                accepted?.withUnsafeBufferPointer { compare($0, record.key) == 0 } ?? false
            if !isTaken, record.key.first ?? 0 > 0, record.problem == nil {
                let read = reader.read(record)
                if read.refusal == nil {
                    try body(read.row)
                    accepted = Array(record.key)
                }
            }
            try runs.advance()
        }
    }

    private func add(_ row: MergeRow, _ column: Int, to values: StagingSorter) throws {
        let type = reader.columns.plan.columns[column].attribute.type
        guard let value = row.cells[column], !value.isNull else { return }
        var key = Array("\(column):".utf8)
        key.append(contentsOf: String(describing: value.sql(type)).utf8)
        try key.withUnsafeBufferPointer {
            try values.add(key: $0, line: row.line, fieldCount: 0) { _ in
                Bytes(start: nil, count: 0)
            }
        }
    }

    /// The column that a value's key begins with.
    private func column(of key: Bytes) -> Int? {
        Int(String(decoding: key.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self))
    }

    private func losers(among values: StagingSorter) throws -> [Int64: [Int]] {
        var losers: [Int64: [Int]] = [:]
        var last: [UInt8]?
        let runs = try values.merged()
        while let record = runs.record {
            let isSame = last?.withUnsafeBufferPointer { compare($0, record.key) == 0 } ?? false
            if isSame, let column = column(of: record.key) {
                losers[record.line, default: []].append(column)
            } else {
                last = Array(record.key)
            }
            try runs.advance()
        }
        return losers
    }
}
