// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
public import Common
public import Database
import Exports
import Files
import Tasks

/// Moves an installation, or one workspace of it, to another database with all that lies besides
/// (docs/operating.md, "Moving to PostgreSQL").
///
/// A move that was cut is repeated with the same arguments and goes on where it was.
public struct InstallationMove: Sendable {
    /// What a move did.
    public struct Outcome: Sendable, Hashable, Codable {
        /// A line a table; empty when the move had ended before.
        public var tables: [TableLedger]
        /// How many files of the spool were copied.
        public var spoolFiles: Int
        /// How many files of transferboxes and outbox were copied.
        public var otherFiles: Int
        /// The epoch in which the target goes on.
        public var epoch: Int64
        /// Whether the target is complete and open.
        public var isComplete: Bool
    }

    let from: Configuration
    let to: Configuration
    let time: any TimeSource
    let failpoints: Failpoints
    /// The database that the data leave.
    public let source: Database
    let move: DatabaseMove

    /// Opens both databases, frozen or incomplete as they may be.
    ///
    /// - Parameters:
    ///   - from: Where the installation is.
    ///   - to: Where it goes.
    ///   - workspace: The technical name of the workspace that moves; all unless given.
    ///   - time: The clock.
    ///   - failpoints: Places where tests can stop the program.
    /// - Throws: ``MoveError``, ``ConfigurationError``, or what the databases say.
    public init(
        from: Configuration,
        to: Configuration,
        workspace: String? = nil,
        time: any TimeSource = SystemTime(),
        failpoints: Failpoints = .none
    ) throws {
        guard from.database != to.database else { throw MoveError.samePlace }
        self.from = from
        self.to = to
        self.time = time
        self.failpoints = failpoints
        let source = try from.openToMove(time)
        let target = try to.openToMove(time)
        let id = try workspace.map { name in
            try InstallationMove.workspace(named: name, source, target)
        }
        self.source = source
        move = DatabaseMove(
            from: source,
            to: target,
            places: ("\(from.database)", "\(to.database)"),
            workspace: id,
            migrations: MillraceSchema.migrations,
            failpoints: failpoints
        ) { try PhysicalTables.all(of: id, in: $0) }
    }

    /// Moves everything; blocks.
    ///
    /// - Parameters:
    ///   - isForced: Whether nodes may seem to be running.
    ///   - report: Called now and then with words on what is under way.
    /// - Returns: What was done; where it is not complete the target stays closed.
    /// - Throws: ``MoveError``, or what the rooms say.
    public func run(
        isForced: Bool = false,
        _ report: (String) -> Void = { _ in }
    ) throws -> Outcome {
        if !isForced { try checkNodes() }
        let files = MoveFiles(self)
        try files.checkKey()
        let isOpen = try !move.begin()
        var outcome = Outcome(
            tables: [],
            spoolFiles: 0,
            otherFiles: 0,
            epoch: 0,
            isComplete: false
        )
        if !isOpen {
            try move.copy { report("\($0): \($1) rows") }
            outcome.spoolFiles = try files.copySpool(report)
            outcome.otherFiles = try files.copyFolders()
            report("comparing both sides")
            outcome.tables = try move.verify()
            guard outcome.tables.allSatisfy(\.isEqual) else { return outcome }
            try failpoints.pass("move.verified")
        }
        try end()
        outcome.isComplete = true
        outcome.epoch = try move.target.readBlocking { try ChangeClock.standing(in: $0).epoch }
        return outcome
    }

    /// Gives the move up, so that the source can be used again.
    ///
    /// - Throws: As `DatabaseMove.giveUp(isForced:)`.
    public func giveUp(isForced: Bool) throws { try move.giveUp(isForced: isForced) }

    private func end() throws {
        try move.end { transaction, epochs in
            try EpochArrival.carry(
                move.workspace,
                from: epochs.source,
                to: epochs.next,
                in: transaction
            )
            guard move.workspace != nil else { return }
            // The target's own exports are in its last epoch, or have something to say.
            try EpochArrival.carry(nil, from: epochs.target, to: epochs.next, in: transaction)
        } retire: { transaction in
            guard let workspace = move.workspace else { return }
            try Departure.retire(workspace, in: transaction)
            try WorkspaceStore().forget(workspace, in: transaction)
        }
        try failpoints.pass("move.ended")
    }

    private func checkNodes() throws {
        for (database, configuration) in [(source, from), (move.target, to)] {
            let now = database.time.now()
            let nodes = try database.readBlocking { connection in
                try Departure.livingNodes(now: now, in: connection)
            }
            guard nodes.isEmpty else {
                throw MoveError.nodesAreRunning(nodes, place: "\(configuration.database)")
            }
        }
    }

    /// A workspace that has moved is off the source's list, but on the target's.
    private static func workspace(
        named name: String,
        _ source: Database,
        _ target: Database
    ) throws -> WorkspaceID {
        let here = try source.readBlocking { try WorkspaceStore().workspace(named: name, in: $0) }
        let there = try target.readBlocking { try WorkspaceStore().workspace(named: name, in: $0) }
        guard let found = here ?? there else { throw ConfigurationError.noSuchWorkspace(name) }
        if let here, let there, here.id != there.id || here.createdAt != there.createdAt {
            throw MoveError.nameTaken(name)
        }
        return found.id
    }
}

extension Configuration {
    fileprivate func openToMove(_ time: any TimeSource) throws -> Database {
        if case .memory = database { throw ConfigurationError.noMemoryDatabase }
        return try Database(
            database,
            migrations: MillraceSchema.migrations,
            witness: witnessFile,
            time: time,
            isMoving: true
        )
    }
}
