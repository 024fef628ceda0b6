// SPDX-License-Identifier: Apache-2.0
public import Common

/// The installation's change clock: takes ticks and finds kept ones.
public struct ChangeClock: Sendable {
    let database: Database

    /// Uses a database's clock.
    public init(_ database: Database) {
        self.database = database
    }

    /// Takes a tick now and keeps it; the witness learns of it before it is used.
    public func tick() async throws -> Tick {
        let tick = try await database.write { transaction in
            try ChangeClock.take(in: transaction)
        }
        try database.witness()
        return tick
    }

    /// The latest kept tick that is not younger than a moment; the beginning when there is none.
    public func latest(notAfter moment: Instant) async throws -> Tick {
        try await database.read { connection in
            let row = try connection.row(
                """
                SELECT id, moment, min_stamp, max_stamp, open_stamps FROM tick
                WHERE moment <= $1 ORDER BY moment DESC, id DESC LIMIT 1
                """, [moment])
            return try row.map(ChangeClock.read) ?? .beginning
        }
    }

    /// Forgets kept ticks older than a moment, but for one a day.
    public func forget(before moment: Instant) async throws {
        _ = try await database.write { transaction in
            try transaction.execute(
                """
                DELETE FROM tick WHERE moment < $1 AND id NOT IN
                (SELECT min(id) FROM tick WHERE moment < $1 GROUP BY max_stamp)
                """, [moment])
        }
    }

    static func take(in transaction: Transaction) throws -> Tick {
        let bounds = try transaction.engine.tickBounds()
        let last: Int64 = try transaction.value("SELECT coalesce(max(id), 0) FROM tick") ?? 0
        let tick = Tick(id: last + 1, moment: transaction.moment, bounds: bounds)
        try transaction.execute(
            """
            INSERT INTO tick (id, moment, min_stamp, max_stamp, open_stamps)
            VALUES ($1, $2, $3, $4, $5)
            """, [tick.id, tick.moment, bounds.min, bounds.max, JSONColumn(bounds.open)])
        return tick
    }

    private static func read(_ row: Row) throws -> Tick {
        Tick(
            id: try row.get("id"), moment: try row.get("moment"),
            bounds: TickBounds(
                min: try row.get("min_stamp"), max: try row.get("max_stamp"),
                open: try row.json("open_stamps")))
    }
}
