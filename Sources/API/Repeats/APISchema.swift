// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The table of the API room: first answers of requests that may be repeated.
public enum APISchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(id: "api-1", steps: [.createTable(repeatedRequest)])
    ]

    static let repeatedRequest = TableDefinition(
        "repeated_request",
        columns: [
            .integer("workspace_id"), .integer("user_id"), .text("request_key"),
            ColumnDefinition("digest", .bytes), .integer("resource_id"), .integer("status"),
            ColumnDefinition("answer", .bytes).orNull, .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "user_id", "request_key"],
        indexes: [
            IndexDefinition("repeated_request_age", ["workspace_id", "created_at"])
        ]
    )

    /// Deletes answers that are older than their 24 hours, at most a thousand.
    ///
    /// - Returns: How many were deleted; call again until it is 0.
    public static func clear(
        _ workspace: WorkspaceID,
        at moment: Instant,
        in transaction: Transaction
    ) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM repeated_request WHERE workspace_id = $1 AND created_at <= $2
                AND request_key IN (SELECT request_key FROM repeated_request
                    WHERE workspace_id = $1 AND created_at <= $2 LIMIT 1000)
            """,
            [workspace, moment - Repeats.keptFor]
        )
    }
}
