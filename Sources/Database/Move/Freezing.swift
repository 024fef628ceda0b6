// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Freezing by triggers: whoever writes is refused, whatever program and version it is.
extension DatabaseMove {
    func freeze(_ record: MoveRecord, _ prepare: (Transaction) throws -> Void) throws {
        try source.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            try prepare(transaction)
            for (table, rows) in try frozenTables(in: transaction) {
                try transaction.change(
                    transaction.engine.freezing(table.name, workspace: rows)
                )
            }
            try record.insert(in: transaction)
        }
    }

    /// Gives the move up: the source may be written to again.
    ///
    /// What came to the target stays there, and the target stays closed.
    ///
    /// - Parameters:
    ///   - isForced: Whether also a move that has ended is given up; both sides then go on apart.
    ///   - restore: Called in the transaction that thaws, after it has.
    /// - Throws: ``DatabaseError/movedAway(to:)`` when the move has ended;
    ///   ``DatabaseError/noRow(_:)`` when there is none.
    public func giveUp(
        isForced: Bool = false,
        _ restore: (Transaction) throws -> Void = { _ in }
    ) throws {
        guard let record = try sent() else {
            throw DatabaseError.noRow("a move from \(places.from)")
        }
        let hasEnded =
            try isForced ? record.endedAt != nil : received(record.id)?.endedAt != nil
        guard isForced || !hasEnded else { throw DatabaseError.movedAway(to: record.place) }
        try source.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            for (table, rows) in try frozenTables(in: transaction) {
                try transaction.change(transaction.engine.thawing(table.name, workspace: rows))
            }
            try restore(transaction)
            try record.remove(in: transaction)
            // What the other side has sent meanwhile must not be sent here again unseen.
            if isForced {
                try transaction.execute(
                    "UPDATE change_clock SET is_held = $1 WHERE id = 1",
                    [true]
                )
            }
        }
    }

    /// The tables and, where only some rows are frozen, their workspace.
    private func frozenTables(
        in connection: Connection
    ) throws -> [(TableDefinition, workspace: Int64?)] {
        let own = tables.filter {
            $0.moving != .left && (workspace == nil || $0.isOfWorkspaces)
        }
        return own.map { ($0, workspace?.value) }
            + (try madeTables(connection).map { ($0, nil) })
    }
}
