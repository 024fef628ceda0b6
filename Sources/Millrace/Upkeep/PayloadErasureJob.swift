// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Imports
import Tasks

/// Erases payloads and errors of member bulks, 24 hours after their requests (spec/imports.md).
struct PayloadErasureJob: TaskJob {
    static let taskType = TaskType(
        name: "payload_erasure",
        displayName: "Payload erasure",
        queue: "retention"
    )

    var type: TaskType { PayloadErasureJob.taskType }

    func run(_ run: TaskRun) async throws -> TaskOutcome {
        let ledger = try await run.database.blocking { try erase(run) }
        return .ended(try TaskEnding(.completed, ledger.words, result: ledger))
    }

    /// Page by page, each one transaction: an interruption leaves whole bulks.
    private func erase(_ run: TaskRun) throws -> PayloadErasureLedger {
        let erasure = BulkErasure(run.task.workspace)
        var ledger = PayloadErasureLedger()
        while try !run.isStopRequested() {
            let erased = try run.database.writeBlocking(.guarded) { transaction in
                try run.guardLease(in: transaction)
                return try erasure.eraseSome(in: transaction)
            }
            guard erased > 0 else { break }
            ledger.bulks += erased
            try run.failpoints.pass("erasure.page")
        }
        return ledger
    }
}

/// What a task of erasure did.
struct PayloadErasureLedger: Codable, Hashable {
    var bulks = 0

    /// The outcome in one line.
    var words: String { "Erased payloads of bulks: \(bulks)." }
}
