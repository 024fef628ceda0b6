// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks

/// Makes the partitions of a workspace ahead of its ids, and drops those that hold no row any more.
///
/// A table that is busy is left for another minute: nobody waits behind this for over a second.
struct PartitionJob: TaskJob {
    static let taskType = TaskType(
        name: "partitions",
        displayName: "Partitions",
        queue: "retention"
    )

    var type: TaskType { PartitionJob.taskType }

    func run(_ run: TaskRun) async throws -> TaskOutcome {
        do {
            let ledger = try await run.database.blocking { try maintain(run) }
            return .ended(try TaskEnding(.completed, ledger.words, result: ledger))
        } catch DatabaseError.conflict {
            return .waiting(
                until: run.database.time.now() + .minutes(1),
                reason: "A table is in use; its partitions wait until it is not."
            )
        }
    }

    /// What was made and dropped before an interruption stays so.
    private func maintain(_ run: TaskRun) throws -> PartitionLedger {
        let partitions = Partitions(run.task.workspace, in: run.database)
        var ledger = PartitionLedger()
        for partition in try partitions.missing() where try !run.isStopRequested() {
            if try partitions.make(partition) { ledger.made += 1 }
        }
        for partition in try partitions.emptied() where try !run.isStopRequested() {
            if try partitions.drop(partition) { ledger.dropped += 1 }
        }
        return ledger
    }

    /// Whether there is something to do for a workspace.
    static func isNeeded(_ workspace: WorkspaceID, in database: Database) throws -> Bool {
        let partitions = Partitions(workspace, in: database)
        return try !partitions.missing().isEmpty || !partitions.emptied().isEmpty
    }
}

/// What a task of partitions did.
struct PartitionLedger: Codable, Hashable {
    var made = 0
    var dropped = 0

    /// The outcome in one line.
    var words: String { "Made partitions: \(made). Dropped empty partitions: \(dropped)." }
}
