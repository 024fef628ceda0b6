// SPDX-License-Identifier: Apache-2.0
import CSV
import Files

/// The beginning of a file: its dialect, its header, a sample of its rows.
struct FileHead {
    let path: String
    let format: FileFormat

    /// The first bytes, unpacked, and whether they are the whole file.
    func bytes() throws -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        var isWhole = true
        try Unpacker.read(path: path) { chunk in
            bytes.append(contentsOf: chunk.prefix(FileHead.sampleSize - bytes.count))
            isWhole = bytes.count < FileHead.sampleSize
            return isWhole
        }
        return (bytes, isWhole)
    }

    /// How the file is written, detected where the format does not say.
    func dialect() throws -> CSVDialect {
        let sample = try bytes()
        return format.dialect(sample: sample.bytes, isWholeFile: sample.isWhole)
    }

    /// The header's names and the first rows, at most `limit`.
    ///
    /// - Throws: ``ImportError/noHeader`` for an empty file.
    func read(rows limit: Int) throws -> (header: [String], rows: [[String]]) {
        var reader = CSVReader(dialect: try dialect())
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
        return (header.map { String($0.trimmingBlanks()) }, Array(found.dropFirst()))
    }

    private static let sampleSize = 64 << 10
}
