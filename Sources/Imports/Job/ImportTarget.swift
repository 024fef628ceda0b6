// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks

/// Whose ledger a run writes: its own, or that of the task whose rejects it replays.
struct ImportTarget {
    let task: TaskID
    /// 0 for the file itself, n for its n-th replay.
    let batch: Int

    init(_ work: ImportWork) throws {
        guard case .replay(let task, _, _) = work.parameters.origin else {
            self.task = work.run.task.id
            batch = 0
            return
        }
        self.task = task
        batch = try work.run.database.readBlocking { connection in
            try ImportTarget.replayBatch(of: work.run.task, in: connection)
        }
    }

    /// Which replay of its parent a task is.
    static func replayBatch(of task: TaskRecord, in connection: Connection) throws -> Int {
        try connection.value(
            """
            SELECT count(*) FROM task
            WHERE workspace_id = $1 AND parent_id = $2 AND type = $3 AND id <= $4
            """,
            [task.workspace, task.subjects.parentID, task.type, task.id]
        ) ?? 1
    }

    /// The run as those who listen see it.
    func run(
        _ run: TaskRun,
        _ automated: AutomatedImport?,
        into table: ProfileTableID?,
        isStopped: Bool = false,
        in connection: Connection
    ) throws -> ImportRun {
        let record = try TaskStore(run.task.workspace).task(task, in: connection)
        return ImportRun(
            workspace: run.task.workspace,
            task: task,
            batch: batch,
            importID: automated?.id ?? record.subjects.importID,
            zone: try (automated?.definition ?? record.importCheckpoint()?.definition)?.zone
                ?? .utc,
            startedAt: run.task.startedAt ?? run.task.createdAt,
            isStopped: isStopped,
            table: table
        )
    }
}
