// SPDX-License-Identifier: Apache-2.0
public import Common

/// Makes and drops the partitions of a workspace; there are none where the engine has no use for
/// them.
///
/// Making and dropping holds a table for a moment. Where that cannot be had within a second, a call
/// throws ``DatabaseError/conflict(_:)``: nothing was changed, and it is tried again later.
public struct Partitions {
    private let database: Database
    private let workspace: WorkspaceID

    /// The partitions of a workspace in a database.
    public init(_ workspace: WorkspaceID, in database: Database) {
        self.workspace = workspace
        self.database = database
    }

    /// The partitions that should be made before more ids are given out.
    ///
    /// A range whose rows have come before its partition is not among them: its rows stay where
    /// they are until they are deleted.
    ///
    /// - Parameter lowest: The first id to make partitions for, for rows that are brought from
    ///   elsewhere; the next id that is given out unless said otherwise.
    /// - Returns: The partitions, by table and then by range.
    /// - Throws: ``DatabaseError``.
    public func missing(since lowest: Int64? = nil) throws -> [Partition] {
        try database.readBlocking { connection in
            try each(in: connection) { table, cut, present in
                let next = try next(cut, in: connection)
                return try cut.ahead(of: next, since: lowest)
                    .filter { ids in !present.contains { $0.overlaps(ids) } }
                    .map { partition(table, cut, $0) }
                    .filter { try !connection.engine.hasSpilled($0) }
            }
        }
    }

    /// The partitions that are there and whose ids were all given out, oldest first.
    public func past() throws -> [Partition] {
        try database.readBlocking { connection in
            try each(in: connection) { table, cut, present in
                let next = try next(cut, in: connection)
                return present.filter { $0.upperBound <= next }
                    .sorted { $0.lowerBound < $1.lowerBound }
                    .map { partition(table, cut, $0) }
            }
        }
    }

    /// The partitions among ``past()`` that hold no row any more.
    public func emptied() throws -> [Partition] {
        let past = try past()
        return try database.readBlocking { connection in
            try past.filter { try connection.engine.isEmpty($0) }
        }
    }

    /// Makes a partition.
    ///
    /// - Returns: Whether it was made: false when another node was faster.
    /// - Throws: ``DatabaseError/conflict(_:)`` when the table is busy.
    @discardableResult
    public func make(_ partition: Partition) throws -> Bool {
        try database.writeBlocking(.bulk) { try $0.engine.make(partition) }
    }

    /// Drops a partition of ``past()`` with its files when it is empty or its rows may be forgotten.
    ///
    /// A row that still comes for it later is kept, beside the partitions.
    ///
    /// - Parameters:
    ///   - partition: The partition.
    ///   - mayForget: Whether its rows may go; asked before and once more while nobody else can
    ///     reach it, so it must be quick.
    /// - Returns: Whether it was dropped by this call.
    /// - Throws: ``DatabaseError/conflict(_:)`` when the table is busy.
    @discardableResult
    public func drop(
        _ partition: Partition,
        if mayForget: (Connection) throws -> Bool = { _ in false }
    ) throws -> Bool {
        let isDue = try database.readBlocking { connection in
            try isDroppable(partition, mayForget, in: connection)
        }
        guard isDue else { return false }
        return try database.writeBlocking(.bulk) { transaction in
            guard try transaction.engine.hold(partition),
                try isDroppable(partition, mayForget, in: transaction)
            else { return false }
            try transaction.engine.drop(partition)
            return true
        }
    }

    private func isDroppable(
        _ partition: Partition,
        _ mayForget: (Connection) throws -> Bool,
        in connection: Connection
    ) throws -> Bool {
        let present = try connection.engine
            .partitions(of: partition.table, workspace: workspace.value)
        guard present?.contains(partition.ids) == true else { return false }
        return try mayForget(connection) || connection.engine.isEmpty(partition)
    }

    private func each(
        in connection: Connection,
        _ body: (TableDefinition, TablePartition, [Range<Int64>]) throws -> [Partition]
    ) throws -> [Partition] {
        try database.partitionedTables.flatMap { table -> [Partition] in
            guard let cut = table.partition,
                let present = try connection.engine
                    .partitions(of: table.name, workspace: workspace.value)
            else { return [] }
            return try body(table, cut, present)
        }
    }

    private func next(_ cut: TablePartition, in connection: Connection) throws -> Int64 {
        try connection.value(
            "SELECT next_id FROM id_block WHERE workspace_id = $1 AND kind = $2",
            [workspace, cut.kind.rawValue]
        ) ?? 0
    }

    private func partition(
        _ table: TableDefinition,
        _ cut: TablePartition,
        _ ids: Range<Int64>
    ) -> Partition {
        Partition(table: table.name, column: cut.column, workspace: workspace, ids: ids)
    }
}
