// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Exports
import Files
import Tasks

/// Removes what a workspace keeps no longer: old task records with their file lines, kept export
/// files, transferbox files, and what dead processes left in the spool.
///
/// Change records stay: an export that is behind needs them, and so does the answer which files
/// carried a person. Profiles stay too; a policy for them comes later.
struct DataRetentionJob: TaskJob {
    static let taskType = TaskType(
        name: "data_retention",
        displayName: "Data retention",
        queue: "retention"
    )

    let spool: Spool
    let locations: LocationStore

    var type: TaskType { DataRetentionJob.taskType }

    func run(_ run: TaskRun) async throws -> TaskOutcome {
        let limits = try await run.database.read { connection in
            try RetentionLimits(run.task.workspace, in: connection)
        }
        let ledger = try await run.database.blocking { try clear(run, limits) }
        for line in ledger.lines { try await run.step(line) }
        return .ended(try TaskEnding(.completed, ledger.words, result: ledger))
    }

    /// Each part may be done again after a crash; what is gone is gone.
    private func clear(_ run: TaskRun, _ limits: RetentionLimits) throws -> RetentionLedger {
        var ledger = RetentionLedger()
        let workspace = run.task.workspace
        let now = run.database.time.now()
        let history = HistoryRetention(run: run, spool: spool)
        try history.clear(before: now - limits.tasks, &ledger)
        ledger.exportFiles = try ExportRetention(workspace, spool: spool)
            .removeFiles(olderThan: limits.files, from: run.database)
        ledger.transferboxFiles = try locations.transferboxes
            .removeFiles(olderThan: limits.files, now: now, workspace: workspace).count
        ledger.leftovers = try spool.sweep()
        return ledger
    }
}

/// How long a workspace keeps what.
struct RetentionLimits {
    /// Finished tasks.
    let tasks: Span
    /// Files of the transferbox, and the copies of delivered exports.
    let files: Span

    init(_ workspace: WorkspaceID, in connection: Connection) throws {
        let settings = SettingStore(workspace)
        tasks = .days(Int64(try settings.value(.taskRetentionDays, in: connection)))
        files = .days(Int64(try settings.value(.transferboxDays, in: connection)))
    }
}

/// What a task of retention removed.
struct RetentionLedger: Codable, Hashable {
    var tasks = 0
    var fileLines = 0
    var partitions = 0
    var spoolFiles = 0
    var exportFiles = 0
    var transferboxFiles = 0
    var leftovers = 0

    /// What was removed, one line each.
    var lines: [String] {
        [
            ("task records", tasks), ("lines of imported files", fileLines),
            ("partitions of such lines", partitions),
            ("files of removed tasks", spoolFiles), ("kept export files", exportFiles),
            ("transferbox files", transferboxFiles), ("leftovers in the spool", leftovers),
        ].filter { $0.1 > 0 }.map { "Removed \($0.0): \($0.1)." }
    }

    /// The outcome in one line.
    var words: String { lines.isEmpty ? "Nothing had expired." : lines.joined(separator: " ") }
}
