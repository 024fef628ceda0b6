// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension ImportLedger {
    /// The tables of lines, whose partitions are ranges of tasks.
    public static let tables: Set<String> = ["import_row", "import_problem", "custom_import_row"]

    /// Removes up to about a thousand lines of a task whose record is about to go; called until it
    /// gives 0, each time in a transaction of its own, so that other writers get between.
    ///
    /// - Returns: How many lines were removed.
    public func removeSome(of task: TaskID, in transaction: Transaction) throws -> Int {
        let accepted = try removeSome("import_row", by: "profile_id", of: task, in: transaction)
        guard accepted == 0 else { return accepted }
        let rows = try removeSome("custom_import_row", by: "row_id", of: task, in: transaction)
        guard rows == 0 else { return rows }
        return try removeSome("import_problem", by: "line", of: task, in: transaction)
    }

    private func removeSome(
        _ relation: String,
        by column: String,
        of task: TaskID,
        in transaction: Transaction
    ) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM \(relation) WHERE workspace_id = $1 AND task_id = $2 AND \(column) <= (
                SELECT max(\(column)) FROM (
                    SELECT \(column) FROM \(relation) WHERE workspace_id = $1 AND task_id = $2
                    ORDER BY \(column) LIMIT 1000) first)
            """,
            [workspace, task]
        )
    }
}
