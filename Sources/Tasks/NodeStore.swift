// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The nodes that are running, by their heartbeats.
public struct NodeStore: Sendable {
    let database: Database

    /// The nodes of a database.
    public init(_ database: Database) {
        self.database = database
    }

    /// A node and its last sign of life.
    public struct Node: Sendable, Hashable {
        /// Host, process and token.
        public var name: String
        /// When it was last seen.
        public var seenAt: Instant
    }

    /// The nodes seen since a moment.
    public func nodes(since moment: Instant) async throws -> [Node] {
        try await database.read { connection in
            try connection.rows(
                "SELECT name, seen_at FROM node WHERE seen_at >= $1 ORDER BY name",
                [moment]
            ).map { Node(name: try $0.get("name"), seenAt: try $0.get("seen_at")) }
        }
    }

    func beat(_ node: NodeName, now: Instant) async throws {
        _ = try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO node (name, started_at, seen_at) VALUES ($1, $2, $2)
                ON CONFLICT (name) DO UPDATE SET seen_at = $2
                """,
                [node.text, now]
            )
        }
    }

    func leave(_ node: NodeName) async throws {
        _ = try await database.write { transaction in
            try transaction.execute("DELETE FROM node WHERE name = $1", [node.text])
        }
    }
}
