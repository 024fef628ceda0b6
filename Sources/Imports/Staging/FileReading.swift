// SPDX-License-Identifier: Apache-2.0
import Audience
import CSV

/// The state of one reading: the header first, then rows.
final class FileReading {
    private let stager: FileStager
    private var key: [UInt8] = []
    private(set) var outcome: FileStager.Outcome?
    private var width = 0
    private var kept = 0
    private var lineField = 0
    private var replay: ReplayedLines?

    init(_ stager: FileStager) {
        self.stager = stager
        replay = stager.replay
    }

    /// Takes the next record of the file.
    func take(_ record: borrowing CSVRecord) throws -> CSVReader.Step {
        if outcome == nil {
            try start(record)
        } else if replay == nil {
            let isWhole = record.fieldCount == width
            let fate = Fate(isWhole: isWhole, count: record.fieldCount, problem: record.problem)
            try stage(record, Int64(record.line), fate)
        } else {
            try stageReplayed(record)
        }
        return .next
    }

    private func start(_ record: borrowing CSVRecord) throws {
        if let problem = record.problem { throw ImportError.badHeader(problem.description) }
        var header: [String] = []
        for index in 0..<record.fieldCount {
            header.append(String(record.string(index).trimmingBlanks()))
        }
        width = header.count
        if replay != nil {
            guard let line = header.firstIndex(of: RejectsFile.lineHeader) else {
                throw ImportError.notARejectsFile("it has no column \(RejectsFile.lineHeader)")
            }
            lineField = line
            header = Array(header.prefix { !RejectsFile.isAdded($0) })
        }
        kept = header.count
        outcome = FileStager.Outcome(reader: try stager.resolve(header))
    }

    /// What is known of a row before its values are read.
    private struct Fate {
        var isWhole: Bool
        var count: Int
        var problem: StagedProblem?

        init(isWhole: Bool, count: Int, problem: CSVProblem?) {
            self.isWhole = isWhole
            self.count = count
            self.problem = problem.map(StagedProblem.init)
        }
    }

    private func stage(_ record: borrowing CSVRecord, _ line: Int64, _ fate: Fate) throws {
        outcome?.rows += 1
        key.removeAll(keepingCapacity: true)
        if !fate.isWhole {
            key = FileStager.wrongColumnsKey
        } else if outcome?.reader.key(of: record, line: line, into: &key) != true {
            key = FileStager.emptyIdentifierKey
        }
        // Of a record that is too long there are no fields, only the beginning of its text.
        let isCut = record.fieldCount == 0
        try key.withUnsafeBufferPointer { key in
            try stager.sorter.add(
                key: key,
                line: line,
                fieldCount: isCut ? 1 : fate.count,
                problem: fate.problem
            ) { isCut ? record.raw : record.field($0) }
        }
        for index in 0..<fate.count where record.field(index).isEmpty { outcome?.blankCells += 1 }
    }
}

// Rows of a rejects file.
extension FileReading {
    private func stageReplayed(_ record: borrowing CSVRecord) throws {
        guard let line = Int64(record.string(lineField)),
            let original = try replay?.take(line)
        else {
            outcome?.foreignRows += 1
            return
        }
        var fate = Fate(
            isWhole: record.fieldCount == width,
            count: record.fieldCount == width ? kept : record.fieldCount,
            problem: record.problem
        )
        if fate.isWhole { judge(record, against: original, &fate) }
        try stage(record, line, fate)
    }

    /// A row whose text was wrong and that was not touched is as wrong as before.
    private func judge(
        _ record: borrowing CSVRecord,
        against original: ReplayedLines.Original,
        _ fate: inout Fate
    ) {
        var used = kept
        for index in kept..<lineField where !record.field(index).isEmpty { used = index + 1 }
        if used > kept {
            fate.isWhole = false
            fate.count = used
            return
        }
        guard let fields = original.unreadableFields, fields.count <= kept else { return }
        for index in 0..<kept {
            let field = index < fields.count ? fields[index] : ""
            guard record.string(index) == field else { return }
        }
        fate.problem = fate.problem ?? original.problem
        guard original.problem == nil else { return }
        fate.isWhole = false
        fate.count = fields.count
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
