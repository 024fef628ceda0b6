// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import CSV
internal import Common
internal import Files

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
    /// For a replay: the lines that may be replayed, named by the column ``RejectsFile`` adds.
    var replayLines: Set<Int64>?
    /// Makes the row reader once the header is known.
    let resolve: ([String]) throws -> RowReader

    /// Stages the whole file.
    ///
    /// - Throws: ``ImportError``, or what the Files room says of the file.
    func stage() throws -> Outcome {
        let sample = try head()
        let dialect = format.dialect(sample: sample.bytes, isWholeFile: sample.isWhole)
        var reader = CSVReader(dialect: dialect)
        let staging = Staging(self)
        try Unpacker.read(path: path) { chunk in
            try reader.append(chunk) { record in try staging.take(record) }
            return true
        }
        try reader.finish { record in try staging.take(record) }
        guard var outcome = staging.outcome else { throw ImportError.noHeader }
        outcome.emptyLines = Int64(reader.emptyLines)
        return outcome
    }

    /// The header's names alone, with a sample of rows; for Refresh schema.
    func header(rows limit: Int) throws -> (header: [String], rows: [[String]]) {
        let sample = try head()
        let dialect = format.dialect(sample: sample.bytes, isWholeFile: sample.isWhole)
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

    private func head() throws -> (bytes: [UInt8], isWhole: Bool) {
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

/// The state of one reading: the header first, then rows.
private final class Staging {
    private let stager: FileStager
    private var key: [UInt8] = []
    private(set) var outcome: FileStager.Outcome?
    private var width = 0
    private var kept = 0
    private var lineField: Int?

    init(_ stager: FileStager) { self.stager = stager }

    func take(_ record: borrowing CSVRecord) throws -> CSVReader.Step {
        guard outcome != nil else {
            try start(record)
            return .next
        }
        try add(record)
        return .next
    }

    private func start(_ record: borrowing CSVRecord) throws {
        if let problem = record.problem { throw ImportError.badHeader(problem.description) }
        var header: [String] = []
        for index in 0..<record.fieldCount {
            header.append(String(record.string(index).trimmingBlanks()))
        }
        lineField = header.firstIndex(of: RejectsFile.lineHeader)
        guard stager.replayLines == nil || lineField != nil else {
            throw ImportError.notARejectsFile("it has no column \(RejectsFile.lineHeader)")
        }
        width = header.count
        if stager.replayLines != nil {
            header = Array(header.prefix { !RejectsFile.isAdded($0) })
        }
        kept = header.count
        outcome = FileStager.Outcome(reader: try stager.resolve(header))
    }

    private func add(_ record: borrowing CSVRecord) throws {
        guard let line = line(of: record) else {
            outcome?.foreignRows += 1
            return
        }
        outcome?.rows += 1
        let isWhole = record.fieldCount == width
        let count = isWhole ? kept : record.fieldCount
        key.removeAll(keepingCapacity: true)
        var problem: StagedProblem?
        if !isWhole {
            key = FileStager.wrongColumnsKey
        } else if outcome?.reader.key(of: record, into: &key) == true {
            problem = record.problem.map(StagedProblem.init)
        } else {
            key = FileStager.emptyIdentifierKey
        }
        guard count > 0 else {
            let raw = record.raw
            return try key.withUnsafeBufferPointer {
                try stager.sorter.add(key: $0, line: line, fieldCount: 1, problem: problem) { _ in raw }
            }
        }
        try key.withUnsafeBufferPointer { key in
            try stager.sorter.add(key: key, line: line, fieldCount: count, problem: problem) {
                record.field($0)
            }
        }
    }
}

extension Staging {
    /// The line that a row stands for; nil when a replay must not touch it.
    private func line(of record: borrowing CSVRecord) -> Int64? {
        guard let lines = stager.replayLines, let lineField else { return Int64(record.line) }
        guard let line = Int64(record.string(lineField)), lines.contains(line) else { return nil }
        return line
    }
}

extension StagedProblem {
    init(_ problem: CSVProblem) {
        switch problem {
        case .unterminatedQuote: self = .unterminatedQuote
        case .textAfterClosingQuote: self = .textAfterClosingQuote
        case .nulByte: self = .nulByte
        case .invalidBytes: self = .invalidBytes
        case .tooLong, .tooManyFields: self = .other
        }
    }

    /// What is wrong, for programs.
    var code: String {
        switch self {
        case .unterminatedQuote: "unterminatedQuote"
        case .textAfterClosingQuote: "textAfterClosingQuote"
        case .nulByte: "nulByte"
        case .invalidBytes: "invalidBytes"
        case .other: "unreadable"
        }
    }

    /// What is wrong, for people.
    var message: String {
        switch self {
        case .unterminatedQuote: "a quote is opened and never closed"
        case .textAfterClosingQuote: "there is text behind a closing quote"
        case .nulByte: "the row holds a NUL character"
        case .invalidBytes: "the row holds bytes that are invalid in the file's encoding"
        case .other: "the row cannot be read"
        }
    }
}

extension String {
    /// The string without spaces around it.
    func trimmingBlanks() -> Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
