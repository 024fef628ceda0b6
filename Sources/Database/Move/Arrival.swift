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
    /// - Parameter adjust: Called in the same transaction, for what depends on the epoch.
    /// - Throws: ``DatabaseError``.
    public func end(_ adjust: (Transaction, Epochs) throws -> Void) throws {
        let id = try openMove()
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
        try failpoints.pass("move.opened")
        try target.witness()
        try source.writeBlocking(.guarded) { transaction in
            for record in try MoveRecord.all(in: transaction) where record.id == id {
                try record.end(in: transaction)
            }
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
