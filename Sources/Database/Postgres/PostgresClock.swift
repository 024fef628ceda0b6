// SPDX-License-Identifier: Apache-2.0
internal import Common

/// The change clock on transaction ids (design/architecture.md, "Change clock").
extension PostgresConnection {
    func drawStamp() throws -> Stamp {
        let sql = "SELECT epoch, pg_current_xact_id()::text::bigint FROM change_clock WHERE id = 1"
        var stamp: Stamp?
        try each(sql, []) { row in
            stamp = Stamp(epoch: row.integer(0), number: row.integer(1))
            return true
        }
        return try stamp ?? snapshotIsOfAnEarlierEpoch()
    }

    /// Who has read the clock holds a lock on it until its transaction ends: the open transactions
    /// of a tick are then all of its own epoch.
    func lockEpoch() throws {
        try inTransaction { link in
            try link.run("SET LOCAL lock_timeout = '2s'; LOCK TABLE change_clock")
        }
    }

    /// TRUNCATE, since a snapshot from before it then sees an empty table (PostgreSQL 13.6,
    /// "Caveats"), where it would go on seeing a row that was updated: a transaction that began in
    /// the old epoch cannot draw a stamp of it any more.
    func clearClock() throws {
        try inTransaction { try $0.run("TRUNCATE change_clock") }
    }

    /// The bounds of the transaction's snapshot.
    ///
    /// An id of its own would make the tick unseen to itself for ever, so it is refused.
    func tickBounds() throws -> TickBounds {
        let sql = """
            SELECT c.epoch, pg_snapshot_xmin(s.now)::text::bigint,
                pg_snapshot_xmax(s.now)::text::bigint,
                ARRAY(SELECT x FROM pg_snapshot_xip(s.now) x)::text,
                pg_current_xact_id_if_assigned() IS NOT NULL
            FROM change_clock c, (SELECT pg_current_snapshot() AS now) s WHERE c.id = 1
            """
        var bounds: TickBounds?
        try each(sql, []) { row in
            guard row.integer(4) == 0 else { throw DatabaseError.tickAfterWriting }
            let epoch = row.integer(0)
            let open = (row.text(3) ?? "").split(whereSeparator: { "{},".contains($0) })
            bounds = TickBounds(
                min: Stamp(epoch: epoch, number: row.integer(1)),
                max: Stamp(epoch: epoch, number: row.integer(2)),
                open: open.compactMap { Int64($0) }.map { Stamp(epoch: epoch, number: $0) }
            )
            return true
        }
        return try bounds ?? snapshotIsOfAnEarlierEpoch()
    }

    private func snapshotIsOfAnEarlierEpoch<T>() throws -> T {
        try inTransaction { _ in throw DatabaseError.conflict("40001") }
    }
}
