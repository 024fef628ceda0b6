// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension ImportLedger {
    /// How many rows of a task came to what, counted from the ledger itself.
    public struct Counts: Sendable, Hashable {
        /// Accepted rows by what they did.
        public var outcomes: [RowOutcome: Int] = [:]
        /// Lines with problems by their outcome's word.
        public var problems: [String: Int] = [:]
    }

    /// Counts the rows of a task.
    public func counts(of task: TaskID, in connection: Connection) throws -> Counts {
        var counts = Counts()
        let accepted = try connection.rows(
            """
            SELECT outcome, count(*) AS total FROM \(relation.table)
            WHERE workspace_id = $1 AND task_id = $2 GROUP BY outcome
            """,
            [workspace, task]
        )
        for row in accepted {
            let outcome = RowOutcome(rawValue: try row.get("outcome"))
            if let outcome { counts.outcomes[outcome] = try row.get("total") }
        }
        let problems = try connection.rows(
            """
            SELECT outcome, count(DISTINCT line) AS total FROM import_problem
            WHERE workspace_id = $1 AND task_id = $2 GROUP BY outcome
            """,
            [workspace, task]
        )
        for row in problems { counts.problems[try row.get("outcome")] = try row.get("total") }
        return counts
    }

    /// The lines that one batch of a task accepted.
    public func lines(of task: TaskID, batch: Int, in connection: Connection) throws -> Set<Int64> {
        var lines: Set<Int64> = []
        try connection.each(
            """
            SELECT line FROM \(relation.table)
            WHERE workspace_id = $1 AND task_id = $2 AND batch = $3
            """,
            [workspace, task, batch]
        ) { cursor in
            lines.insert(cursor.integer(0))
            return true
        }
        return lines
    }
}
