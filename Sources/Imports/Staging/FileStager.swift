// SPDX-License-Identifier: Apache-2.0
import Audience
import CSV
import Common
import Files

/// Reads a file once and stages its rows, sorted by what identifies their profiles.
struct FileStager {
    /// Keys of rows that name nobody; they come first, in the order of their lines.
    static let wrongColumnsKey: [UInt8] = [0, 1]
    static let emptyIdentifierKey: [UInt8] = [0, 2]

    /// What was learned while reading.
    struct Outcome {
        var reader: RowReader
        var rows: Int64 = 0
        var emptyLines: Int64 = 0
        var blankCells: Int64 = 0
        /// Rows of a rejects file whose line is not among those that failed.
        var foreignRows: Int64 = 0
    }

    let path: String
    var format: FileFormat
    let sorter: StagingSorter
    /// What the file is held against when it is a corrected rejects file.
    var replay: ReplayedLines?
    /// Makes the row reader once the header is known.
    let resolve: ([String]) throws -> RowReader

    /// Stages the whole file.
    ///
    /// - Throws: ``ImportError``, or what the Files room says of the file.
    func stage() throws -> Outcome {
        try ImportError.reading { try read() }
    }

    private func read() throws -> Outcome {
        var reader = CSVReader(dialect: try FileHead(path: path, format: format).dialect())
        let staging = FileReading(self)
        try Unpacker.read(path: path) { chunk in
            try reader.append(chunk) { record in try staging.take(record) }
            return true
        }
        try reader.finish { record in try staging.take(record) }
        guard var outcome = staging.outcome else { throw ImportError.noHeader }
        outcome.emptyLines = Int64(reader.emptyLines)
        return outcome
    }
}
