// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Merges one batch of staged rows inside a transaction.
///
/// Rows of one key are neighbours. The first of them that can be saved is; rows behind it are
/// duplicates, rows before it were not saved (spec/imports.md, the order of precedence).
struct BatchMerge {
    /// The import task that the ledger rows belong to: the run's own, or the one it replays.
    let ledgerTask: TaskID
    /// 0 for the file itself, n for its n-th replay.
    let batch: Int
    private let reader: RowReader
    private let merge: ProfileMerge
    private let losers: [Int64: [Int]]

    /// Makes the merge of one run.
    ///
    /// - Parameters:
    ///   - reader: Reads rows as the plan has it.
    ///   - ledgerTask: The import task that the ledger rows belong to.
    ///   - batch: 0 for the file itself, n for its n-th replay.
    ///   - losers: Lines that may not write some unique columns.
    init(_ reader: RowReader, ledgerTask: TaskID, batch: Int, losers: [Int64: [Int]]) {
        self.reader = reader
        self.ledgerTask = ledgerTask
        self.batch = batch
        self.losers = losers
        merge = ProfileMerge(reader.columns.plan, task: ledgerTask, batch: batch)
    }

    /// A row that may be saved, with what was read of it.
    fileprivate struct Candidate {
        var position: Int
        var rest: Range<Int>
        var read: RowReader.Outcome
    }

    /// What was decided of a whole batch before the transaction that merges it.
    struct Ahead {
        fileprivate var candidates: [Candidate]
        fileprivate var results: [MergeResult]
    }

    /// Decides what a batch will do while the one before it is still being written.
    ///
    /// - Parameters:
    ///   - rows: The batch.
    ///   - state: What the batch before it came to.
    ///   - connection: One that does not see what that batch wrote.
    /// - Returns: The decisions; nil when rows fail, or profiles have to be locked to decide.
    /// - Throws: `DatabaseError`.
    func lookAhead(
        _ rows: RecordBatch,
        _ state: MergeState,
        in connection: Connection
    ) throws -> Ahead? {
        guard batch == 0, !state.isFresh, let first = rows.records.first,
            first.key.first == state.key.first, !isSameKey(first, state)
        else { return nil }
        var log = ProblemLog(reader.columns, batch: batch)
        var scratch = state
        let candidates = rows.groups.compactMap { next(in: $0, rows, &log, &scratch) }
        guard log.problems.isEmpty, candidates.count == rows.groups.count else { return nil }
        return try merge.decideAhead(candidates.map(\.read.row), in: connection)
            .map { Ahead(candidates: candidates, results: $0) }
    }

    /// Merges rows and brings the state up to date; on a mere connection, says what would happen.
    ///
    /// - Returns: The problems of rows that failed or were imported with a remark.
    func run(
        _ rows: RecordBatch,
        _ state: inout MergeState,
        ahead: Ahead? = nil,
        by context: Context,
        in connection: Connection
    ) throws -> [ImportProblem] {
        var log = ProblemLog(reader.columns, batch: batch)
        var open = rows.groups
        if let first = open.first, state.isKeyAccepted,
            isSameKey(rows.records[first.lowerBound], state)
        {
            duplicates(rows, first, &log, &state)
            open.removeFirst()
        }
        var isLastAccepted = state.isKeyAccepted && open.isEmpty
        if batch > 0 {
            for group in try acceptedBefore(open, rows, connection) {
                duplicates(rows, group, &log, &state)
                open.removeAll { $0 == group }
                if group.upperBound == rows.records.count { isLastAccepted = true }
            }
        }
        var decided = ahead
        while !open.isEmpty {
            let candidates =
                decided?.candidates ?? open.compactMap { next(in: $0, rows, &log, &state) }
            guard !candidates.isEmpty else { break }
            let merged = candidates.map(\.read.row)
            let results = try apply(merged, decided?.results, state, context, connection)
            decided = nil
            open = []
            for (candidate, result) in zip(candidates, results) {
                let record = rows.records[candidate.position]
                guard let refusal = result.refusal else {
                    accept(record, candidate.read, result, &log, &state)
                    duplicates(rows, candidate.rest, &log, &state)
                    if candidate.rest.upperBound == rows.records.count { isLastAccepted = true }
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

    /// The groups of a replay whose profile the task has imported already.
    private func acceptedBefore(
        _ groups: [Range<Int>],
        _ rows: RecordBatch,
        _ connection: Connection
    ) throws -> Set<Range<Int>> {
        let named = groups.filter { rows.records[$0.lowerBound].key.first ?? 0 > 0 }
        let read = named.map { reader.read(rows.records[$0.lowerBound]).row }
        let ledger = ImportLedger(
            merge.plan.table.workspace,
            of: merge.plan.table.ledger
        )
        let accepted = try ledger.accepted(
            try merge.profiles(of: read, in: connection),
            by: ledgerTask,
            in: connection
        )
        return Set(accepted.map { named[$0] })
    }

    private func apply(
        _ rows: [MergeRow],
        _ decided: [MergeResult]?,
        _ state: MergeState,
        _ context: Context,
        _ connection: Connection
    ) throws -> [MergeResult] {
        guard let transaction = connection as? Transaction else {
            return try merge.forecast(rows, in: connection)
        }
        if let decided {
            return try merge.apply(rows, decided: decided, by: context, in: transaction)
        }
        return try merge.apply(rows, isFresh: state.isFresh, by: context, in: transaction)
    }

    /// The first row of a group that may be saved; those before it have failed.
    private func next(
        in group: Range<Int>,
        _ rows: RecordBatch,
        _ log: inout ProblemLog,
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
            var read = reader.read(record)
            if let refusal = read.refusal {
                log.fail(record, .notSaved, refusal)
                state.breakdown.count(.notSaved)
                continue
            }
            read.row.lostColumns = losers[record.line] ?? []
            return Candidate(
                position: position,
                rest: position + 1..<group.upperBound,
                read: read
            )
        }
        return nil
    }

    /// What a row that names nobody comes to.
    private func fate(of record: StagedRecord) -> RowFate? {
        guard record.key.first == 0 else { return nil }
        return record.key[1] == FileStager.wrongColumnsKey[1] ? .wrongColumns : .emptyIdentifier
    }

    private func accept(
        _ record: StagedRecord,
        _ read: RowReader.Outcome,
        _ result: MergeResult,
        _ log: inout ProblemLog,
        _ state: inout MergeState
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
        log.warn(record, warnings, merge.plan.table.people == nil ? nil : result.profile)
        state.breakdown.count(.warning)
    }

    private func duplicates(
        _ rows: RecordBatch,
        _ range: Range<Int>,
        _ log: inout ProblemLog,
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
