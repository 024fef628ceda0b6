// SPDX-License-Identifier: Apache-2.0
internal import Common

/// The change clock on transaction ids (design/architecture.md, "Change clock").
extension PostgresConnection {
    func drawStamp() throws -> Stamp {
        let sql = """
            SELECT epoch, pg_current_xact_id()::text::bigint,
                pg_try_advisory_xact_lock_shared(\(PostgresConnection.epochLock))
            FROM change_clock WHERE id = 1
            """
        var stamp: Stamp?
        try each(sql, []) { row in
            guard row.integer(2) == 1 else { throw DatabaseError.conflict("55P03") }
            stamp = Stamp(epoch: row.integer(0), number: row.integer(1))
            return true
        }
        guard let stamp else { throw DatabaseError.noRow("the change clock") }
        return stamp
    }

    func lockEpoch() throws {
        _ = try execute("SELECT pg_advisory_xact_lock(\(PostgresConnection.epochLock))", [])
    }

    /// Held shared by every transaction with a stamp, alone by one that raises the epoch: the open
    /// transactions of a tick are then all of its own epoch.
    private static let epochLock = 1

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
        guard let bounds else { throw DatabaseError.noRow("the change clock") }
        return bounds
    }
}
