// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Tasks

/// Deletes all rows of a custom table, a thousand a transaction, each with its deletion record; then
/// the table itself, when that is asked for.
public struct CustomTableClearingJob: TaskJob {
    /// `custom_table_clearing`.
    public static let taskType = TaskType(
        name: "custom_table_clearing",
        displayName: "Custom table clearing",
        queue: "deletions"
    )

    struct Parameters: Codable, Sendable {
        var table: CustomTableID
        var dropsTable: Bool
    }

    struct Ledger: Codable, Sendable {
        var deleted = 0
    }

    /// Makes the job.
    public init() {}

    /// `custom_table_clearing`.
    public var type: TaskType { CustomTableClearingJob.taskType }

    /// Enqueues the clearing of a table.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``.
    public static func start(
        _ id: CustomTableID,
        dropsTable: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let table = try CustomTableStore(context.workspace).table(id, in: transaction)
        let task = try NewTask(
            taskType,
            info: table.name,
            parameters: Parameters(table: id, dropsTable: dropsTable),
            lane: "table \(id)"
        )
        let made = try TaskStore(context.workspace)
            .enqueue(task, by: context, in: transaction)
        guard let made else { throw AudienceError.noSuchCustomTable("number \(id)") }
        return made
    }

    /// Deletes chunk by chunk; a stop leaves the rows that were not reached.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        try await run.database.blocking {
            var ledger = try run.checkpoint(as: Ledger.self) ?? Ledger()
            var isDone = false
            while !isDone {
                let before = ledger
                (ledger, isDone) = try run.database.writeBlocking(.guarded) { transaction in
                    try step(parameters, before, run, in: transaction)
                }
                try run.failpoints.pass("table.cleared")
            }
        }
        return .endedInTransaction
    }

    private func step(
        _ parameters: Parameters,
        _ before: Ledger,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> (Ledger, Bool) {
        try run.guardLease(in: transaction)
        var ledger = before
        if let who = try run.stopRequester(in: transaction) {
            let words = "Stopped by \(who). Rows deleted: \(ledger.deleted)."
            try run.end(try TaskEnding(.completed, words, result: ledger), in: transaction)
            return (ledger, true)
        }
        let store = CustomTableStore(run.task.workspace)
        let table = try store.table(parameters.table, in: transaction)
        let context = run.context.at(transaction.moment)
        let batch = try RowDeletion(table, by: context).deleteSome(in: transaction)
        ledger.deleted += batch.deleted
        guard !batch.mayGoOn else {
            let done = Int64(ledger.deleted)
            try run.save(checkpoint: ledger, done: done, total: nil, in: transaction)
            return (ledger, false)
        }
        if parameters.dropsTable { try store.delete(table.id, in: transaction) }
        let gone = parameters.dropsTable ? " The table is gone." : ""
        let words = "Rows deleted: \(ledger.deleted).\(gone)"
        try run.end(try TaskEnding(.completed, words, result: ledger), in: transaction)
        return (ledger, true)
    }
}
