// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// How many tasks of some types were made on each day, by status.
public struct TaskDays: Sendable {
    /// The counts of one day.
    public typealias Counts = [TaskStatus: Int]

    let workspace: WorkspaceID

    /// The tasks of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The counts of consecutive days, each from its midnight in a zone.
    ///
    /// Read from the index by type alone; tasks count on the day on which they were made.
    public func counts(
        of types: [String],
        on days: [Day],
        in zone: Zone,
        from connection: Connection
    ) throws -> [Counts] {
        guard let first = days.first, let midnight = TimeOfDay("00:00") else { return [] }
        let bounds = try (0...days.count).map { offset in
            let start = zone.instant(of: midnight, on: first + offset)
            return try TaskStore(workspace).firstTask(madeFrom: start, in: connection)
        }
        return try days.indices.map { day in
            try types.reduce(into: Counts()) { counts, type in
                let rows = try connection.rows(
                    """
                    SELECT status, count(*) AS total FROM task
                    WHERE workspace_id = $1 AND type = $2 AND id >= $3 AND id < $4
                    GROUP BY status
                    """,
                    [workspace, type, bounds[day], bounds[day + 1]]
                )
                for row in rows {
                    counts[try row.get("status"), default: 0] += try row.get("total", as: Int.self)
                }
            }
        }
    }
}

extension TaskStore {
    /// The newest task; nil while there is none.
    public func newest(in connection: Connection) throws -> TaskID? {
        try connection.value(
            "SELECT id FROM task WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1",
            [workspace]
        )
    }

    /// How many tasks have a status, from an id on; counts no further than a limit.
    public func count(
        _ status: TaskStatus,
        from first: TaskID = TaskID(0),
        atMost limit: Int = 1_000,
        in connection: Connection
    ) throws -> Int {
        let rows = try connection.rows(
            """
            SELECT id FROM task WHERE workspace_id = $1 AND status = $2 AND id >= $3
            ORDER BY id LIMIT $4
            """,
            [workspace, status, first, limit]
        )
        return rows.count
    }

    /// The first id of the tasks that were made at a moment or later; behind the last one when there
    /// is none.
    ///
    /// Found by halving, since ids are given in the order of creation.
    public func firstTask(
        madeFrom moment: Instant,
        in connection: Connection
    ) throws -> TaskID {
        let newest = try newest(in: connection)
        var (low, high) = (Int64(0), (newest?.value ?? 0) + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let row = try connection.row(
                """
                SELECT id, created_at FROM task WHERE workspace_id = $1 AND id >= $2
                ORDER BY id LIMIT 1
                """,
                [workspace, middle]
            )
            if let row, try row.get("created_at", as: Instant.self) < moment {
                low = try row.get("id", as: Int64.self) + 1
            } else {
                high = middle
            }
        }
        return TaskID(low)
    }
}
