// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// Collects the problems of one batch of rows with their original text.
struct ProblemLog {
    private let columns: ResolvedColumns
    private let batch: Int
    private(set) var problems: [ImportProblem] = []

    init(_ columns: ResolvedColumns, batch: Int) {
        self.columns = columns
        self.batch = batch
    }

    /// A row that failed.
    mutating func fail(_ record: StagedRecord, _ fate: RowFate, _ refusal: MergeRefusal? = nil) {
        let standard = ProblemLog.standard(fate)
        add(
            record,
            number: 1,
            outcome: fate.rawValue,
            column: refusal?.column.map(columns.headerName),
            code: refusal?.code ?? standard.code,
            message: refusal?.message ?? standard.message,
            profile: nil
        )
    }

    /// A row whose text could not be read.
    mutating func fail(_ record: StagedRecord, _ problem: StagedProblem) {
        add(
            record,
            number: 1,
            outcome: RowFate.notSaved.rawValue,
            column: nil,
            code: problem.code,
            message: problem.message,
            profile: nil
        )
    }

    /// An imported row with remarks.
    mutating func warn(
        _ record: StagedRecord,
        _ warnings: [(column: Int, warning: ValueWarning)],
        _ profile: ProfileID?
    ) {
        for (offset, warning) in warnings.enumerated() {
            add(
                record,
                number: offset + 1,
                outcome: RowFate.warning.rawValue,
                column: columns.headerName(of: warning.column),
                code: warning.warning.rawValue,
                message: warning.warning.message,
                profile: profile
            )
        }
    }

    private mutating func add(
        _ record: StagedRecord,
        number: Int,
        outcome: String,
        column: String?,
        code: String,
        message: String,
        profile: ProfileID?
    ) {
        problems.append(
            ImportProblem(
                line: record.line,
                number: number,
                batch: batch,
                outcome: outcome,
                column: column,
                code: code,
                message: message,
                fields: record.fields,
                identifier: identifier(of: record),
                profile: profile
            )
        )
    }

    /// What the row is found by when a person is erased: its own key, or in a custom table the words
    /// by which it names its profile.
    private func identifier(of record: StagedRecord) -> String? {
        guard columns.plan.table.people == nil else {
            let key = record.key
            return key.first ?? 0 > 0 ? String(decoding: key.dropFirst(), as: UTF8.self) : nil
        }
        let owner = columns.plan.columns.firstIndex(where: \.attribute.isOwner)
        guard let owner, record.fields.indices.contains(columns.fields[owner]) else { return nil }
        return record.fields[columns.fields[owner]]
    }

    private static func standard(_ fate: RowFate) -> (code: String, message: String) {
        switch fate {
        case .wrongColumns:
            ("wrongColumns", "the number of fields differs from the header's")
        case .emptyIdentifier: ("emptyIdentifier", "every identifier is blank")
        case .duplicate:
            ("duplicate", "an earlier row of the file has the same identifier")
        case .notSaved: ("notSaved", "the row could not be saved")
        case .warning: ("warning", "the row was imported with a remark")
        }
    }
}
