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
        let sample = try FileStager.head(of: path)
        let dialect = format.dialect(sample: sample.bytes, isWholeFile: sample.isWhole)
        var reader = CSVReader(dialect: dialect)
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

    /// The header's names and the first rows of a file.
    ///
    /// - Returns: What was found; fewer rows when the file has no more.
    /// - Throws: ``ImportError/noHeader``, or what the Files room says of the file.
    static func sample(
        path: String,
        format: FileFormat,
        rows limit: Int
    ) throws -> (header: [String], rows: [[String]]) {
        let start = try head(of: path)
        let dialect = format.dialect(sample: start.bytes, isWholeFile: start.isWhole)
        var reader = CSVReader(dialect: dialect)
        var found: [[String]] = []
        func take(_ record: borrowing CSVRecord) -> CSVReader.Step {
            found.append((0..<record.fieldCount).map { record.string($0) })
            return found.count > limit ? .stop : .next
        }
        try Unpacker.read(path: path) { chunk in
            reader.append(chunk) { take($0) }
            return !reader.isStopped
        }
        reader.finish { take($0) }
        guard let header = found.first else { throw ImportError.noHeader }
        return (header, Array(found.dropFirst()))
    }

    private static func head(of path: String) throws -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        var isWhole = true
        try Unpacker.read(path: path) { chunk in
            bytes.append(contentsOf: chunk.prefix(FileStager.sampleSize - bytes.count))
            isWhole = bytes.count < FileStager.sampleSize
            return isWhole
        }
        return (bytes, isWhole)
    }

    private static let sampleSize = 64 << 10
}
