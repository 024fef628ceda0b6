// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The nodes that are running, by their heartbeats.
public struct NodeStore: Sendable {
    /// How long a node that is not seen counts as alive: several heartbeats.
    public static let patience = Span.seconds(30)
    /// How long a node that was lost is listed.
    public static let memory = Span.days(1)

    let database: Database

    /// The nodes of a database.
    public init(_ database: Database) {
        self.database = database
    }

    /// A node and its last sign of life.
    public struct Node: Sendable, Hashable {
        /// Host, process, realm and token.
        public var name: String
        /// What it does, in the words of `serve --roles`.
        public var roles: [String]
        /// The version of its program.
        public var version: String
        /// When it began.
        public var startedAt: Instant
        /// When it was last seen.
        public var seenAt: Instant
        /// How many tasks it was running then.
        public var running: Int

        /// Whether it was not seen for so long that it must have died without a word.
        public func isLost(now: Instant) -> Bool { now - seenAt > NodeStore.patience }
    }

    /// All nodes that are listed, lost ones too, by name.
    public func all() async throws -> [Node] {
        try await database.read { connection in
            try connection.rows(
                "SELECT name, roles, version, started_at, seen_at, running FROM node ORDER BY name"
            ).map(Node.init)
        }
    }

    /// Removes nodes that were lost more than a day ago.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    public func forgetLost() async throws -> Int {
        try await database.write(.guarded) { transaction in
            try transaction.execute(
                "DELETE FROM node WHERE seen_at < $1",
                [transaction.moment - NodeStore.memory]
            )
        }
    }

    func beat(_ node: NodeName, roles: [String], version: String, running: Int) async throws {
        try await database.write(.guarded) { transaction in
            _ = try transaction.execute(
                """
                INSERT INTO node (name, started_at, seen_at, roles, version, running)
                VALUES ($1, $2, $2, $3, $4, $5)
                ON CONFLICT (name) DO UPDATE SET seen_at = $2, running = $5
                """,
                [node.text, transaction.moment, roles.joined(separator: ","), version, running]
            )
        }
    }

    func leave(_ node: NodeName) async throws {
        try await database.write(.guarded) { transaction in
            _ = try transaction.execute("DELETE FROM node WHERE name = $1", [node.text])
        }
    }
}

extension NodeStore.Node {
    fileprivate init(_ row: Row) throws {
        let roles: String? = try row.get("roles")
        self.init(
            name: try row.get("name"),
            roles: roles?.split(separator: ",").map(String.init) ?? [],
            version: try row.get("version") ?? "",
            startedAt: try row.get("started_at"),
            seenAt: try row.get("seen_at"),
            running: try row.get("running") ?? 0
        )
    }
}
