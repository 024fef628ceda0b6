// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Merges many rows into a profile table: profiles, ledger rows and change records in one go.
///
/// Rows of a custom table are merged by the same rules; where they belong to profiles, those are
/// found first and kept from being deleted until the transaction ends.
///
/// Both engines do the same: look all keys up, decide as a pure function of what was found, write
/// in bulk (design/protocols.md, "Import").
public struct ProfileMerge {
    /// How rows are merged.
    public let plan: MergePlan
    private let decisions: MergeDecisions
    private let task: TaskID?
    private let batch: Int
    private let owners: OwnerResolution?
    /// Permissions that no column fills: true when a profile is made.
    private let defaults: [Attribute]

    /// Makes a merge.
    ///
    /// - Parameters:
    ///   - plan: How rows are merged.
    ///   - task: The import task that the ledger rows belong to; none are written when nil.
    ///   - batch: 0 for the file itself, n for its n-th replay.
    public init(_ plan: MergePlan, task: TaskID?, batch: Int = 0) {
        owners = OwnerResolution(plan)
        let plan = OwnerResolution.resolved(plan)
        self.plan = plan
        self.task = task
        self.batch = batch
        decisions = MergeDecisions(plan)
        let mapped = Set(plan.columns.map(\.attribute.id))
        defaults = (plan.table.people?.attributes ?? []).filter {
            $0.role?.isChannelPermission == true && !mapped.contains($0.id)
        }
    }

    /// Says what rows would do, without writing.
    public func forecast(_ rows: [MergeRow], in connection: Connection) throws -> [MergeResult] {
        try decisions.decide(resolve(rows, in: connection), isFresh: false, in: connection)
    }

    /// The profiles that rows name; nil for those that name none yet.
    public func profiles(of rows: [MergeRow], in connection: Connection) throws -> [ProfileID?] {
        try decisions.decide(resolve(rows, in: connection), isFresh: false, in: connection)
            .map(\.profile)
    }

    private func resolve(_ rows: [MergeRow], in connection: Connection) throws -> [MergeRow] {
        try owners?.resolve(rows, in: connection) ?? rows
    }

    /// Merges rows of which no two name the same profile.
    ///
    /// In a fresh table, which was empty when the import began, nothing is looked up: a row that
    /// exists all the same breaks the unique key.
    public func apply(
        _ rows: [MergeRow],
        isFresh: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws -> [MergeResult] {
        let rows = try resolve(rows, in: transaction)
        let results = try decisions.decide(rows, isFresh: isFresh, in: transaction)
        return try write(rows, results, isAhead: false, context, transaction)
    }

    /// Decides what rows will do before the transaction that merges them, without locking anything.
    ///
    /// That is possible where only the rows themselves say which profile they concern, no value
    /// has to be unique among all, and each row makes or changes a profile: what it writes then
    /// fails if the profile has changed meanwhile.
    ///
    /// - Returns: What ``apply(_:decided:by:in:)`` takes; nil where profiles have to be locked.
    /// - Throws: `DatabaseError`.
    public func decideAhead(
        _ rows: [MergeRow],
        in connection: Connection
    ) throws -> [MergeResult]? {
        guard owners == nil, plan.lists.isEmpty, let identifier = rows.first?.identifier,
            rows.allSatisfy({ $0.identifier == identifier }),
            plan.columns.indices.allSatisfy({
                plan.columns[$0].attribute.isUnique == ($0 == identifier)
            })
        else { return nil }
        let results = try decisions.decide(rows, isFresh: false, in: connection)
        let isSafe = results.allSatisfy { $0.refusal == nil && $0.outcome != .unchanged }
        return isSafe ? results : nil
    }

    /// Merges rows as was decided ahead.
    ///
    /// - Throws: `DatabaseError.conflict`, at the latest at the commit, when a profile has changed
    ///   since; `DatabaseError.uniqueViolation` when one was made.
    public func apply(
        _ rows: [MergeRow],
        decided: [MergeResult],
        by context: Context,
        in transaction: Transaction
    ) throws -> [MergeResult] {
        try write(rows, decided, isAhead: true, context, transaction)
    }

    private func write(
        _ rows: [MergeRow],
        _ decided: [MergeResult],
        isAhead: Bool,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> [MergeResult] {
        var results = decided
        let created = results.indices.filter {
            results[$0].outcome == .created && results[$0].refusal == nil
        }
        if !created.isEmpty {
            let first = try transaction.allocate(
                created.count,
                plan.table.idKind,
                in: context.workspace
            )
            for (offset, index) in created.enumerated() {
                results[index].profile = ProfileID(first + Int64(offset))
            }
        }
        try writeLedger(rows, results, context, transaction)
        try recordConsent(rows, results, context, transaction)
        try recordLists(rows, results, context, transaction)
        // The longest work last: a server does it while the next rows are read.
        if !created.isEmpty { try insert(created, rows, results, context, transaction) }
        try update(rows, results, isAhead: isAhead, context, transaction)
        return results
    }

    private func insert(
        _ created: [Int],
        _ rows: [MergeRow],
        _ results: [MergeResult],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let stamp = try transaction.stamp().value
        let moment = SQLValue.moment(context.moment)
        let written = plan.columns.indices.filter { !plan.columns[$0].attribute.isRowID }
        let columns =
            ["id"] + written.map { plan.columns[$0].attribute.column } + defaults.map(\.column)
            + ["created_at", "updated_at", "created_stamp", "updated_stamp"]
        let writer = try transaction.insertion(into: plan.table.physicalName, columns: columns)
        for index in created {
            writer.integer(results[index].profile?.value ?? 0)
            for position in written {
                write(rows[index].cells[position], plan.columns[position].attribute, writer)
            }
            for _ in defaults { writer.value(.boolean(true)) }
            writer.value(moment)
            writer.value(moment)
            writer.integer(stamp)
            writer.integer(stamp)
            try writer.endRow()
        }
        try writer.finish()
    }

    /// Writes a cell of a new profile; a channel permission that is not given is true.
    private func write(_ cell: Cell?, _ attribute: Attribute, _ writer: any BulkWriter) {
        if let cell { return cell.write(to: writer, as: attribute) }
        guard attribute.role?.isChannelPermission == true else { return writer.null() }
        writer.value(.boolean(true))
    }

    /// Updates only the columns that change: indexes on the others are not touched.
    private func update(
        _ rows: [MergeRow],
        _ results: [MergeResult],
        isAhead: Bool,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let changed = results.indices.filter {
            results[$0].outcome == .updated && results[$0].refusal == nil
        }
        guard !changed.isEmpty else { return }
        let stamp = try transaction.stamp().value
        for (positions, indices) in Dictionary(grouping: changed, by: { results[$0].changed }) {
            let columns = positions.map { plan.columns[$0].attribute.column }
            let writer = try transaction.update(
                of: plan.table.physicalName,
                columns: columns + ["updated_at", "updated_stamp"],
                key: "id",
                witness: isAhead ? "updated_stamp" : nil
            )
            for index in indices {
                for position in positions {
                    write(position, rows[index], results[index], writer)
                }
                writer.value(.moment(context.moment))
                writer.integer(stamp)
                writer.integer(results[index].profile?.value ?? 0)
                if isAhead { writer.integer(results[index].witness ?? 0) }
                try writer.endRow()
            }
            try writer.finish()
        }
    }

    private func write(
        _ position: Int,
        _ row: MergeRow,
        _ result: MergeResult,
        _ writer: any BulkWriter
    ) {
        if let all = result.appended[position] { return writer.value(.text(all)) }
        (row.cells[position] ?? .null).write(to: writer, as: plan.columns[position].attribute)
    }

    private func recordConsent(
        _ rows: [MergeRow],
        _ results: [MergeResult],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let consent = plan.columns.firstIndex { $0.attribute.role == .marketingConsent }
        guard let consent, let people = plan.table.people else { return }
        var changes: [Collection: [(ProfileID, Bool?)]] = [:]
        for index in rows.indices {
            guard results[index].refusal == nil, let profile = results[index].profile else {
                continue
            }
            let isNew = results[index].outcome == .created
            let cell = rows[index].cells[consent] ?? .null
            guard isNew ? !cell.isNull : results[index].changed.contains(consent) else { continue }
            changes[rows[index].collection ?? plan.collection, default: []]
                .append((profile, cell.isNull ? nil : cell.isTrue))
        }
        for (collection, changes) in changes {
            try ChangeRecords(people, collection, context).consent(changes, in: transaction)
        }
    }

    private func recordLists(
        _ rows: [MergeRow],
        _ results: [MergeResult],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        guard let people = plan.table.people else { return }
        for (position, list) in plan.lists.enumerated() {
            var changes: [Collection: [(ProfileID, Bool)]] = [:]
            for index in rows.indices where results[index].refusal == nil {
                guard results[index].changedLists.contains(position),
                    let profile = results[index].profile,
                    let wanted = rows[index].standings[position]
                else { continue }
                changes[rows[index].collection ?? plan.collection, default: []]
                    .append((profile, wanted))
            }
            for (collection, changes) in changes {
                try SubscriptionStore(context.workspace).write(
                    changes,
                    on: list,
                    collection,
                    table: people,
                    by: context,
                    in: transaction
                )
            }
        }
    }

    private func writeLedger(
        _ rows: [MergeRow],
        _ results: [MergeResult],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        guard let task else { return }
        let writer = try transaction.insertion(
            into: plan.table.ledger.table,
            columns: [
                "workspace_id", "task_id", plan.table.ledger.row, "line", "outcome", "batch",
            ]
        )
        for index in rows.indices where results[index].refusal == nil {
            writer.integer(context.workspace.value)
            writer.integer(task.value)
            writer.integer(results[index].profile?.value ?? 0)
            writer.integer(rows[index].line)
            writer.integer(Int64(results[index].outcome.rawValue))
            writer.integer(Int64(batch))
            try writer.endRow()
        }
        try writer.finish()
    }
}
