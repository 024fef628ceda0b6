// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Merges one batch of staged rows inside a transaction.
///
/// Rows of one key are neighbours. The first of them that can be saved is; rows behind it are
/// duplicates, rows before it were not saved (spec/imports.md, the order of precedence).
struct BatchMerge {
    let reader: RowReader
    let merge: ProfileMerge
    let losers: Set<Int64>
    let batch: Int
    let isDryRun: Bool

    /// A row that may be saved, with what was read of it.
    private struct Candidate {
        var position: Int
        var rest: Range<Int>
        var read: RowReader.Outcome
    }

    /// Merges rows and brings the state up to date.
    ///
    /// - Returns: The problems of rows that failed or were imported with a remark.
    func run(
        _ rows: RecordBatch, _ state: inout MergeState, by context: Context,
        in connection: Connection
    ) throws -> [ImportProblem] {
        var log = ProblemLog(reader.columns, batch: batch)
        var open = rows.groups
        if let first = open.first, state.isKeyAccepted, isSameKey(rows.records[first.lowerBound], state) {
            duplicates(rows, first, &log, &state)
            open.removeFirst()
        }
        var isLastAccepted = state.isKeyAccepted && open.isEmpty
        while !open.isEmpty {
            let candidates = open.compactMap { next(in: $0, rows, &log, &state) }
            guard !candidates.isEmpty else { break }
            let results = try apply(candidates.map(\.read.row), state, context, connection)
            open = []
            for (candidate, result) in zip(candidates, results) {
                let record = rows.records[candidate.position]
                guard let refusal = result.refusal else {
                    accept(record, candidate.read, result, &log, &state)
                    duplicates(rows, candidate.rest, &log, &state)
                    isLastAccepted = candidate.rest.upperBound == rows.records.count
                    continue
                }
                log.fail(record, .notSaved, refusal)
                state.breakdown.count(.notSaved)
                if !candidate.rest.isEmpty { open.append(candidate.rest) }
            }
        }
        conclude(rows, isLastAccepted, &state)
        return log.problems
    }

    private func apply(
        _ rows: [MergeRow], _ state: MergeState, _ context: Context, _ connection: Connection
    ) throws -> [MergeResult] {
        guard !isDryRun, let transaction = connection as? Transaction else {
            return try merge.forecast(rows, in: connection)
        }
        return try merge.apply(rows, isFresh: state.isFresh, by: context, in: transaction)
    }

    /// The first row of a group that may be saved; those before it have failed.
    private func next(
        in group: Range<Int>, _ rows: RecordBatch, _ log: inout ProblemLog,
        _ state: inout MergeState
    ) -> Candidate? {
        for position in group {
            let record = rows.records[position]
            if let fate = fate(of: record) {
                log.fail(record, fate)
                state.breakdown.count(fate)
                continue
            }
            if let problem = record.problem {
                log.fail(record, problem)
                state.breakdown.count(.notSaved)
                continue
            }
            let read = reader.read(record)
            if let refusal = read.refusal ?? loss(of: record) {
                log.fail(record, .notSaved, refusal)
                state.breakdown.count(.notSaved)
                continue
            }
            return Candidate(
                position: position, rest: position + 1..<group.upperBound, read: read)
        }
        return nil
    }

    /// What a row that names nobody comes to.
    private func fate(of record: StagedRecord) -> RowFate? {
        guard record.key.first == 0 else { return nil }
        return record.key[1] == FileStager.wrongColumnsKey[1] ? .wrongColumns : .emptyIdentifier
    }

    private func loss(of record: StagedRecord) -> MergeRefusal? {
        guard losers.contains(record.line) else { return nil }
        return MergeRefusal(
            column: nil,
            ValueProblem(.uniqueTakenInFile, "an earlier row of the file has a value that is unique"))
    }

    private func accept(
        _ record: StagedRecord, _ read: RowReader.Outcome, _ result: MergeResult,
        _ log: inout ProblemLog, _ state: inout MergeState
    ) {
        switch result.outcome {
        case .created: state.breakdown.created += 1
        case .updated: state.breakdown.updated += 1
        case .unchanged: state.breakdown.unchanged += 1
        }
        let swing = result.permissionChanges(of: read.row, merge.plan)
        state.optIns += swing.optIns
        state.optOuts += swing.optOuts
        let warnings = read.warnings + result.warnings
        guard !warnings.isEmpty else { return }
        log.warn(record, warnings, result.profile)
        state.breakdown.count(.warning)
    }

    private func duplicates(
        _ rows: RecordBatch, _ range: Range<Int>, _ log: inout ProblemLog,
        _ state: inout MergeState
    ) {
        for position in range {
            log.fail(rows.records[position], .duplicate)
            state.breakdown.count(.duplicate)
        }
    }

    private func conclude(_ rows: RecordBatch, _ isLastAccepted: Bool, _ state: inout MergeState) {
        guard let last = rows.records.last else { return }
        state.key = Array(last.key)
        state.line = last.line
        state.isKeyAccepted = isLastAccepted
        state.done += Int64(rows.records.count)
        state.breakdown.total += rows.records.count
    }

    private func isSameKey(_ record: StagedRecord, _ state: MergeState) -> Bool {
        state.key.withUnsafeBufferPointer { compare(record.key, $0) == 0 }
    }
}
