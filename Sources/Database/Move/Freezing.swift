// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Freezing by triggers: whoever writes is refused, whatever program and version it is.
extension DatabaseMove {
    func freeze(_ record: MoveRecord) throws {
        try source.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            try freeze(try frozenTables(in: transaction), in: transaction)
            try record.insert(in: transaction)
        }
    }

    /// Gives the move up: the source may be written to again.
    ///
    /// What came to the target stays there, and the target stays closed.
    ///
    /// - Parameter isForced: Whether the source is opened although the move of the whole has ended
    ///   or the target cannot tell; both sides may then go on apart, so sends of the source are
    ///   held.
    /// - Throws: ``DatabaseError/movedAway(to:)`` when the move has ended;
    ///   ``DatabaseError/noRow(_:)`` when there is none.
    public func giveUp(isForced: Bool = false) throws {
        guard let record = try sent() else {
            throw DatabaseError.noRow("a move from \(places.from)")
        }
        let mayBeForced = isForced && workspace == nil
        guard try mayBeForced || received(record.id)?.endedAt == nil else {
            throw DatabaseError.movedAway(to: record.place)
        }
        try source.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            try thaw(try frozenTables(in: transaction), in: transaction)
            try record.remove(in: transaction)
            // What the other side has sent meanwhile must not be sent here again unseen.
            if mayBeForced {
                try transaction.execute(
                    "UPDATE change_clock SET is_held = $1 WHERE id = 1",
                    [true]
                )
            }
        }
    }

    /// The tables and, where only some rows are frozen, their workspace.
    func frozenTables(
        in connection: Connection
    ) throws -> [(table: TableDefinition, workspace: Int64?)] {
        let own = tables.filter {
            $0.moving != .left && (workspace == nil || $0.isOfWorkspaces)
        }
        return own.map { ($0, workspace?.value) }
            + (try madeTables(connection).map { ($0, nil) })
    }

    func freeze(
        _ tables: [(table: TableDefinition, workspace: Int64?)],
        in transaction: Transaction
    ) throws {
        for (table, rows) in tables {
            try transaction.change(transaction.engine.freezing(table.name, workspace: rows))
        }
    }

    func thaw(
        _ tables: [(table: TableDefinition, workspace: Int64?)],
        in transaction: Transaction
    ) throws {
        for (table, rows) in tables {
            try transaction.change(transaction.engine.thawing(table.name, workspace: rows))
        }
    }
}
