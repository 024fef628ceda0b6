// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// Erases payloads and errors of bulks for good, 24 hours after their requests.
///
/// Counts and status stay. A bulk that has not finished by then has failed.
public struct BulkErasure: Sendable {
    /// Why a bulk that was not run in time failed.
    static let tooLate =
        "It did not run within 24 hours of the request; its members were erased."

    private static let pageSize: Int64 = 100

    let workspace: WorkspaceID

    /// The erasure of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Whether there is something to erase.
    public func isDue(at now: Instant, in connection: Connection) throws -> Bool {
        try !due(at: now, limit: 1, in: connection).isEmpty
    }

    /// Erases some bulks, the oldest first; fewer than there are.
    ///
    /// - Returns: How many bulks were erased; none when nothing is left.
    public func eraseSome(in transaction: Transaction) throws -> Int {
        let bulks = try due(
            at: transaction.moment,
            limit: BulkErasure.pageSize,
            in: transaction
        )
        for bulk in bulks {
            // The task first, as the job locks them.
            try TaskStore(workspace)
                .endWaiting(bulk.task, .fatal, BulkErasure.tooLate, in: transaction)
            try erase(bulk.id, in: transaction)
        }
        return bulks.count
    }

    private func due(
        at now: Instant,
        limit: Int64,
        in connection: Connection
    ) throws -> [(id: MemberBulkID, task: TaskID)] {
        try connection.rows(
            """
            SELECT id, task_id FROM member_bulk
            WHERE workspace_id = $1 AND erased_at IS NULL AND created_at <= $2
            ORDER BY created_at LIMIT $3
            """,
            [workspace, now - MemberBulkStore.keeping, limit]
        ).map { (try $0.get("id"), try $0.get("task_id")) }
    }

    private func erase(_ id: MemberBulkID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE member_bulk SET errors = NULL, erased_at = $3, idempotency_key = NULL,
                request_digest = NULL, finished_at = coalesce(finished_at, $3),
                failure = CASE WHEN status = 'finished' THEN NULL
                    WHEN status = 'failed' THEN failure ELSE $4 END,
                status = CASE WHEN status = 'finished' THEN status ELSE 'failed' END
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, transaction.moment, BulkErasure.tooLate]
        )
        try transaction.execute(
            "DELETE FROM member_bulk_payload WHERE workspace_id = $1 AND bulk_id = $2",
            [workspace, id]
        )
    }
}
