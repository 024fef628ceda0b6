// SPDX-License-Identifier: Apache-2.0
import CSV

/// One record as a value, to be compared.
struct Row: Equatable, CustomStringConvertible {
    var line: Int
    var offset: Int
    var fields: [String]
    var problem: CSVProblem?
    var raw: String

    var description: String {
        "\(line)@\(offset) \(fields) \(problem.map(String.init(describing:)) ?? "")"
    }
}

/// All that a reader tells about an input.
struct Reading: Equatable {
    var rows: [Row] = []
    var emptyLines = 0

    /// Reads bytes cut at the given places.
    init(
        _ bytes: [UInt8],
        _ dialect: CSVDialect,
        limit: Int = CSVReader.defaultMaximumRecordLength,
        cuts: [Int] = [],
    ) {
        var rows: [Row] = []
        let take = { (record: borrowing CSVRecord) -> CSVReader.Step in
            rows.append(Row(record))
            return .next
        }
        var reader = CSVReader(dialect: dialect, maximumRecordLength: limit)
        var start = 0
        for cut in cuts + [bytes.count] {
            reader.append(Array(bytes[start..<cut]), take)
            start = cut
        }
        reader.finish(take)
        self.rows = rows
        emptyLines = reader.emptyLines
    }
}

extension Row {
    init(_ record: borrowing CSVRecord) {
        line = record.line
        offset = record.offset
        fields = []
        for index in 0..<record.fieldCount { fields.append(record.string(index)) }
        problem = record.problem
        raw = String(decoding: record.raw, as: UTF8.self)
    }
}

/// Seeded randomness (SplitMix64), so that a failure can be run again.
struct SeededRandomness: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension String {
    /// The text as UTF-16, least significant byte first.
    var littleEndian: [UInt8] { utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
    /// The text as UTF-16, most significant byte first.
    var bigEndian: [UInt8] { utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
}
