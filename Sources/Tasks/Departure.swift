// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What must be known and done of nodes and tasks when data move to another database.
public enum Departure {
    /// How long a node that is not seen counts as alive: several heartbeats.
    public static let patience = Span.seconds(30)

    /// The names of the nodes that are running.
    public static func livingNodes(now: Instant, in connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT name FROM node WHERE seen_at >= $1 ORDER BY name",
            [now - patience]
        ).map { try $0.get(0) }
    }

    /// Removes what would still run here of a workspace that has moved: it runs in its new place.
    public static func retire(_ workspace: WorkspaceID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM schedule WHERE workspace_id = $1", [workspace])
        try transaction.execute(
            "DELETE FROM task WHERE workspace_id = $1 AND status IN ('new', 'executing')",
            [workspace]
        )
    }
}
