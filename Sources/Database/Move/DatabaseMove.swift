// SPDX-License-Identifier: Apache-2.0
public import Common

/// Moves the rows of one database into another, of any engine: a whole installation or one
/// workspace (docs/decisions/0011-moving.md).
///
/// ``begin()`` freezes the source, ``copy(_:)`` and ``verify(_:)`` bring the rows over and compare
/// them, ``end(_:)`` gives the target its clock. Each may be cut anywhere and called again. Both
/// databases are opened with `isMoving`. All calls block.
public struct DatabaseMove: Sendable {
    /// The database that the rows leave.
    public let source: Database
    /// The database that they come to.
    public let target: Database
    /// The addresses of both, without passwords.
    public let places: (from: String, to: String)
    /// The workspace that moves; nil for all.
    public let workspace: WorkspaceID?
    let tables: [TableDefinition]
    let madeTables: @Sendable (Connection) throws -> [TableDefinition]
    let failpoints: Failpoints
    let randomness: any Randomness

    /// Prepares a move.
    ///
    /// - Parameters:
    ///   - source: The database that the rows leave.
    ///   - target: The database that they come to.
    ///   - places: The addresses of both, without passwords.
    ///   - workspace: The workspace that moves; all unless given.
    ///   - migrations: All rooms' migrations.
    ///   - failpoints: Places where tests can stop the program.
    ///   - randomness: For the move's id.
    ///   - madeTables: Finds the tables that rooms made besides migrations, of the workspace if
    ///     one is given; called on the source.
    public init(
        from source: Database,
        to target: Database,
        places: (from: String, to: String),
        workspace: WorkspaceID? = nil,
        migrations: [Migration],
        failpoints: Failpoints = .none,
        randomness: any Randomness = SystemRandomness(),
        madeTables: @escaping @Sendable (Connection) throws -> [TableDefinition]
    ) {
        self.source = source
        self.target = target
        self.places = places
        self.workspace = workspace
        tables = TableCatalogue.tables(of: migrations)
        self.madeTables = madeTables
        self.failpoints = failpoints
        self.randomness = randomness
    }

    /// Freezes the source, unless it is, and notes in the target what will come.
    ///
    /// - Returns: Whether there is anything left to do; false when the move has ended before.
    /// - Throws: ``DatabaseError/movedAway(to:)`` when the source is frozen for another target,
    ///   ``DatabaseError/cannotMove(table:reason:)`` when the target holds other data.
    public func begin() throws -> Bool {
        let known = try sent()
        let record =
            known
            ?? MoveRecord(
                id: randomness.token(),
                direction: .out,
                place: places.to,
                workspace: workspace?.value
            )
        let present = try received(record.id)
        if present?.endedAt != nil { return false }
        if present == nil {
            guard record.place == places.to else { throw DatabaseError.movedAway(to: record.place) }
            try checkTarget()
        }
        if known == nil { try freeze(record) }
        try failpoints.pass("move.frozen")
        if present == nil { try receive(record) }
        try failpoints.pass("move.received")
        return true
    }

    /// Copies what is missing.
    ///
    /// - Parameter report: Called with a table's name and its rows in the target, now and then.
    /// - Throws: ``DatabaseError``; what was copied stays.
    public func copy(_ report: (String, Int64) -> Void = { _, _ in }) throws {
        let move = try openMove()
        let made = try source.readBlocking(madeTables)
        for table in made {
            try target.writeBlocking(.guarded) { try $0.change([.createTable(table)]) }
        }
        for pages in try allPages() {
            let copy = TableCopy(
                source: source,
                target: target,
                move: move,
                pages: pages,
                failpoints: failpoints
            )
            try copy.run { report(pages.table.name, $0) }
            if pages.table.name == DatabaseSchema.idBlock.name { try makePartitions() }
        }
        try failpoints.pass("move.copied")
    }

    /// Before the rows come: what has no partition then lies outside of all until it is deleted.
    private func makePartitions() throws {
        let workspaces: [WorkspaceID] = try target.readBlocking { connection in
            try connection.rows("SELECT DISTINCT workspace_id FROM id_block WHERE workspace_id > 0")
                .map { try $0.get(0) }
        }
        for workspace in workspaces {
            let partitions = Partitions(workspace, in: target)
            for partition in try partitions.missing(since: 0) { try partitions.make(partition) }
        }
    }

    /// Compares both sides, table by table.
    ///
    /// - Returns: A line a table; the target stays closed while one of them is not equal.
    /// - Throws: ``DatabaseError``.
    public func verify() throws -> [TableLedger] {
        let move = try openMove()
        return try allPages().map { pages in
            let given = try target.readBlocking { connection in
                try CopyProgress(of: pages.table.name, move: move, in: connection)
            }
            return try TableComparison(source: source, target: target, pages: pages).run(given)
        }
    }

    /// The tables whose rows are copied.
    func allPages() throws -> [TablePages] {
        let made = try source.readBlocking(madeTables).map { TablePages($0, workspace: nil) }
        return copiedTables.map { TablePages($0, workspace: workspace?.value) } + made
    }

    /// Of a workspace only what is its own.
    var copiedTables: [TableDefinition] {
        tables.filter { $0.moving == .copied && (workspace == nil || $0.isOfWorkspaces) }
    }

    func openMove() throws -> String {
        guard let record = try sent() else {
            throw DatabaseError.noRow("the record of the move from \(places.from)")
        }
        return record.id
    }

    /// What the source knows of this move.
    func sent() throws -> MoveRecord? {
        let records = try source.readBlocking { try MoveRecord.all(in: $0) }
            .filter { $0.direction == .out }
        if let whole = records.first(where: { $0.workspace == nil }), workspace != nil {
            throw DatabaseError.movedAway(to: whole.place)
        }
        return records.first { $0.workspace == workspace?.value }
    }

    /// What the target knows of this move.
    func received(_ id: String) throws -> MoveRecord? {
        try target.readBlocking { try MoveRecord.all(in: $0) }
            .first { $0.id == id && $0.direction == .into }
    }

    private func receive(_ record: MoveRecord) throws {
        var mirrored = record
        mirrored.direction = .into
        mirrored.place = places.from
        try target.writeBlocking(.guarded) { transaction in
            try transaction.lock("schema")
            try mirrored.insert(in: transaction)
        }
    }

    /// Nothing of what comes may be there.
    private func checkTarget() throws {
        let open = try target.readBlocking { try MoveRecord.all(in: $0) }
        if let other = open.first(where: { $0.direction == .into && $0.endedAt == nil }) {
            throw DatabaseError.halfMoved(from: other.place)
        }
        try target.readBlocking { connection in
            for table in copiedTables {
                let pages = TablePages(table, workspace: workspace?.value)
                let first = try pages.read(after: nil, limit: 1, in: connection) { _ in }
                guard first.count == 0 else {
                    throw DatabaseError.cannotMove(
                        table: table.name,
                        reason: workspace == nil
                            ? "\(places.to) holds rows of its own there; name an empty database"
                            : "\(places.to) has a workspace of the same number"
                    )
                }
            }
        }
    }
}
