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
    ///
    /// - Parameter moment: Where it is given, a tick that was taken after it does as well: what is
    ///   due at one time on several nodes then shares one.
    /// - Returns: The tick.
    /// - Throws: ``DatabaseError``.
    public func tick(unlessSince moment: Instant? = nil) async throws -> Tick {
        let tick = try await database.write(.guarded) { transaction in
            try ChangeClock.take(in: transaction, unlessSince: moment)
        }
        try await database.blocking { [database] in try database.witness() }
        return tick
    }

    /// The latest kept tick that is not younger than a moment; the beginning when there is none.
    public func latest(notAfter moment: Instant) async throws -> Tick {
        try await database.read { connection in
            let row = try connection.row(
                """
                SELECT id, moment, min_stamp, max_stamp, open_stamps FROM tick
                WHERE moment <= $1 ORDER BY moment DESC, id DESC LIMIT 1
                """,
                [moment]
            )
            return try row.map(ChangeClock.read) ?? .beginning
        }
    }

    /// Forgets kept ticks older than a moment, but for the first of each day (UTC).
    public func forget(before moment: Instant) async throws {
        try await database.write { transaction in
            let old = try transaction.rows(
                "SELECT id, moment FROM tick WHERE moment < $1 ORDER BY moment, id",
                [moment]
            )
            var lastDay: Day?
            for row in old {
                let day = Day(utc: try row.get("moment"))
                if day == lastDay {
                    let id: Int64 = try row.get("id")
                    try transaction.execute("DELETE FROM tick WHERE id = $1", [id])
                }
                lastDay = day
            }
        }
    }

    /// One at a time, so that numbers and bounds rise together.
    static func take(
        in transaction: Transaction,
        unlessSince moment: Instant? = nil
    ) throws -> Tick {
        try transaction.lock("tick")
        let bounds = try transaction.engine.tickBounds()
        let latest = try latest(in: transaction)
        if let moment, let latest, latest.serves(since: moment, transaction.moment, bounds) {
            return latest
        }
        let tick = Tick(id: (latest?.id ?? 0) + 1, moment: transaction.moment, bounds: bounds)
        try transaction.execute(
            """
            INSERT INTO tick (id, moment, min_stamp, max_stamp, open_stamps)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [tick.id, tick.moment, bounds.min, bounds.max, JSONColumn(bounds.open)]
        )
        return tick
    }

    private static func latest(in connection: Connection) throws -> Tick? {
        try connection.row(
            """
            SELECT id, moment, min_stamp, max_stamp, open_stamps FROM tick
            ORDER BY id DESC LIMIT 1
            """
        ).map(ChangeClock.read)
    }

    private static func read(_ row: Row) throws -> Tick {
        Tick(
            id: try row.get("id"),
            moment: try row.get("moment"),
            bounds: TickBounds(
                min: try row.get("min_stamp"),
                max: try row.get("max_stamp"),
                open: try row.json("open_stamps")
            )
        )
    }
}

extension Tick {
    /// Whether it stands for one that would be taken now.
    fileprivate func serves(since: Instant, _ now: Instant, _ present: TickBounds) -> Bool {
        moment > since && moment <= now && bounds.max.epoch == present.max.epoch
    }
}
