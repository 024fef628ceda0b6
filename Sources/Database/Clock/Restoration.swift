// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Recognises a database that was restored from an older backup, and puts its clock in order.
struct Restoration {
    /// How far the id allocators jump, past what the lost time may have given out.
    static let idJump: Int64 = 1 << 24

    private let database: Database
    private let randomness: any Randomness

    init(_ database: Database, _ randomness: any Randomness) {
        self.database = database
        self.randomness = randomness
    }

    /// Makes the clock row of a new database; raises the epoch of one that was restored or moved.
    ///
    /// Nobody waits for a node that finds all in order.
    func check() throws {
        let witness = try database.engine.witnessStore.read()
        try makeRow()
        let finding = try database.readBlocking { try find(witness, in: $0) }
        if finding != .inOrder {
            try database.writeBlocking(.guarded) { transaction in
                try transaction.lockEpoch()
                try apply(try find(witness, in: transaction), in: transaction)
            }
        }
        try database.witness()
    }

    /// Nodes that start at once agree on the one that came first.
    private func makeRow() throws {
        let cluster = try database.engine.clockReading()?.cluster
        let installation = randomness.token()
        try database.writeBlocking(.guarded) { transaction in
            try transaction.execute(
                """
                INSERT INTO change_clock (id, installation, epoch, counter, is_held, cluster)
                SELECT 1, $1, 1, 0, $2, $3 WHERE true ON CONFLICT DO NOTHING
                """,
                [installation, false, cluster]
            )
        }
    }

    /// The witness was read before the row, and the engine's clock is read after it: neither can
    /// then look older than the row because another node has gone on meanwhile.
    private func find(_ witness: Witness?, in connection: Connection) throws -> ClockFinding {
        let own = try Restoration.witness(of: connection)
        let cluster: String? =
            try connection.row("SELECT cluster FROM change_clock")?.get("cluster")
        let past: Stamp? = try connection.value(
            "SELECT last_stamp FROM past_epoch WHERE epoch = $1",
            [witness?.stamp.epoch ?? 0]
        )
        return ClockFinding(
            own: own,
            past: past,
            cluster: cluster,
            witness: witness,
            reading: try database.engine.clockReading()
        )
    }

    private func apply(_ finding: ClockFinding, in transaction: Transaction) throws {
        let own = try Restoration.witness(of: transaction)
        let standing = try ChangeClock.standing(in: transaction)
        var rewoundFrom = standing.rewoundFrom
        var last = own.stamp
        switch finding {
        case .inOrder: return
        case .moved: break
        case .restored(let seen):
            rewoundFrom = seen
            last = max(own.stamp, seen)
            try Restoration.end(seen, in: transaction)
            try jumpIDs(in: transaction)
        }
        try Restoration.end(own.stamp, in: transaction)
        try transaction.clearClock()
        try transaction.execute(
            """
            INSERT INTO change_clock
                (id, installation, epoch, counter, rewound_from, is_held, cluster)
            VALUES (1, $1, $2, 0, $3, $4, $5)
            """,
            [
                own.installation, last.epoch + 1, rewoundFrom,
                standing.isHeld || finding != .moved, try database.engine.clockReading()?.cluster,
            ]
        )
    }

    /// Remembers how far an epoch has been seen.
    static func end(_ last: Stamp, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO past_epoch (epoch, last_stamp)
            SELECT $1, $2 WHERE true ON CONFLICT (epoch) DO UPDATE SET last_stamp = $2
            WHERE past_epoch.last_stamp < $2
            """,
            [last.epoch, last]
        )
    }

    private func jumpIDs(in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE id_block SET next_id = next_id + $1 WHERE workspace_id >= 0",
            [Restoration.idJump]
        )
    }

    static func witness(of connection: Connection) throws -> Witness {
        guard
            let row = try connection.row(
                "SELECT installation, epoch, counter FROM change_clock WHERE id = 1"
            )
        else { throw DatabaseError.noRow("the change clock") }
        let stamp = Stamp(epoch: try row.get("epoch"), number: try row.get("counter"))
        return Witness(installation: try row.get("installation"), stamp: stamp)
    }
}

/// How a clock row compares with the world's memory of it.
///
/// Pure.
enum ClockFinding: Hashable {
    /// All is as it was left.
    case inOrder
    /// The data lie in another cluster, whose numbers have nothing to do with those of the epoch:
    /// a move, with nothing lost.
    case moved
    /// The world has seen this stamp, and the database has not: it was restored from a backup.
    case restored(Stamp)

    /// Compares; `past` is how far the witness' own epoch had been seen, when it is over.
    init(own: Witness, past: Stamp?, cluster: String?, witness: Witness?, reading: ClockReading?) {
        let known = past.map { min($0, own.stamp) } ?? own.stamp
        if let witness, witness.installation == own.installation, known < witness.stamp {
            self = .restored(witness.stamp)
        } else if cluster != reading?.cluster {
            self = .moved
        } else if let reading, reading.number < own.stamp.number {
            self = .restored(own.stamp)
        } else {
            self = .inOrder
        }
    }
}

extension ChangeClock {
    /// What a database says of itself after a restore.
    public struct Standing: Sendable, Hashable {
        /// The installation's identity.
        public var installation: String
        /// The present epoch.
        public var epoch: Int64
        /// The highest stamp that the world had seen before the last restore.
        public var rewoundFrom: Stamp?
        /// Whether sends are held until a person accepts the restore.
        public var isHeld: Bool
    }

    /// How the clock stands.
    public static func standing(in connection: Connection) throws -> Standing {
        guard
            let row = try connection.row(
                "SELECT installation, epoch, rewound_from, is_held FROM change_clock WHERE id = 1"
            )
        else { throw DatabaseError.noRow("the change clock") }
        return Standing(
            installation: try row.get("installation"),
            epoch: try row.get("epoch"),
            rewoundFrom: try row.get("rewound_from"),
            isHeld: try row.get("is_held")
        )
    }

    /// A person accepts a restored database: sends go on.
    public static func accept(in transaction: Transaction) throws {
        try transaction.execute("UPDATE change_clock SET is_held = $1 WHERE id = 1", [false])
    }
}
