// SPDX-License-Identifier: Apache-2.0
internal import Common

extension DatabaseMove {
    /// The epochs that a move joins.
    public struct Epochs: Sendable, Hashable {
        /// The epoch of the source, in which it was frozen.
        public var source: Int64
        /// The epoch that the target had.
        public var target: Int64
        /// The epoch in which the target goes on: above both.
        public var next: Int64
    }

    /// Gives the target its clock and opens it; the source stays frozen.
    ///
    /// Stamps and cut-offs came as they were: all of them lie below the new epoch, so every window
    /// goes on where it ended.
    ///
    /// - Parameters:
    ///   - adjust: Called in the same transaction, for what depends on the epoch.
    ///   - retire: Called in a transaction of the source afterwards, in which it is not frozen.
    /// - Throws: ``DatabaseError``.
    public func end(
        _ adjust: (Transaction, Epochs) throws -> Void = { _, _ in },
        retire: (Transaction) throws -> Void = { _ in }
    ) throws {
        let id = try openMove()
        if try received(id)?.endedAt == nil { try open(id, adjust) }
        try failpoints.pass("move.opened")
        try target.witness()
        try leave(id, retire)
    }

    private func open(
        _ id: String,
        _ adjust: (Transaction, Epochs) throws -> Void
    ) throws {
        try source.engine.markClock()
        try target.engine.markClock()
        let (left, standing) = try source.readBlocking { connection in
            (try Restoration.witness(of: connection), try ChangeClock.standing(in: connection))
        }
        try target.writeBlocking(.guarded) { transaction in
            try transaction.lockEpoch()
            let own = try Restoration.witness(of: transaction)
            let epochs = Epochs(
                source: left.stamp.epoch,
                target: own.stamp.epoch,
                next: max(left.stamp.epoch, own.stamp.epoch) + 1
            )
            let going = workspace == nil ? standing : try ChangeClock.standing(in: transaction)
            try Restoration.end(workspace == nil ? left.stamp : own.stamp, in: transaction)
            try start(epochs.next, going, in: transaction)
            if let workspace { try raiseWorkspaces(above: workspace, in: transaction) }
            try adjust(transaction, epochs)
            for record in try MoveRecord.all(in: transaction) where record.id == id {
                try record.end(in: transaction)
            }
        }
    }

    /// The source stays frozen; of one workspace it forgets what would still act.
    private func leave(_ id: String, _ retire: (Transaction) throws -> Void) throws {
        try source.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            let open = try MoveRecord.all(in: transaction).filter {
                $0.id == id && $0.endedAt == nil
            }
            guard let record = open.first else { return }
            if workspace != nil {
                let frozen = try frozenTables(in: transaction)
                try thaw(frozen, in: transaction)
                try retire(transaction)
                try freeze(frozen, in: transaction)
            }
            try record.end(in: transaction)
        }
    }

    private func start(
        _ epoch: Int64,
        _ standing: ChangeClock.Standing,
        in transaction: Transaction
    ) throws {
        let cluster = try target.engine.clockReading()?.cluster
        try transaction.clearClock()
        try transaction.execute(
            """
            INSERT INTO change_clock
                (id, installation, epoch, counter, rewound_from, is_held, cluster)
            VALUES (1, $1, $2, 0, $3, $4, $5)
            """,
            [standing.installation, epoch, standing.rewoundFrom, standing.isHeld, cluster]
        )
    }

    /// The next new workspace must not get the id of the one that came.
    private func raiseWorkspaces(
        above workspace: WorkspaceID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO id_block (workspace_id, kind, next_id)
            SELECT 0, 'workspace', $1 WHERE true
            ON CONFLICT (workspace_id, kind) DO UPDATE SET next_id = $1
            WHERE id_block.next_id < $1
            """,
            [workspace.value + 1]
        )
    }
}
