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
    func check() throws {
        let reading = try database.engine.clockReading()
        let witness = try database.engine.witnessStore.read()
        try database.writeBlocking(.guarded) { transaction in
            try transaction.lockEpoch()
            try transaction.execute(
                """
                INSERT INTO change_clock (id, installation, epoch, counter, is_held, cluster)
                SELECT 1, $1, 1, 0, $2, $3 WHERE true ON CONFLICT DO NOTHING
                """,
                [randomness.token(), false, reading?.cluster]
            )
            let own = try Restoration.witness(of: transaction)
            let cluster: String? = try transaction.value("SELECT cluster FROM change_clock")
            let finding = ClockFinding(
                own: own,
                cluster: cluster,
                witness: witness,
                reading: reading
            )
            try apply(finding, reading?.cluster, in: transaction)
        }
        try database.witness()
    }

    private func apply(
        _ finding: ClockFinding,
        _ cluster: String?,
        in transaction: Transaction
    ) throws {
        let epoch: Int64
        switch finding {
        case .inOrder: return
        case .moved(let last): epoch = last
        case .restored(let seen):
            epoch = seen.epoch
            try hold(transaction, past: seen)
        }
        try transaction.execute(
            "UPDATE change_clock SET epoch = $1, counter = 0, cluster = $2 WHERE id = 1",
            [epoch + 1, cluster]
        )
    }

    private func hold(_ transaction: Transaction, past seen: Stamp) throws {
        try transaction.execute(
            "UPDATE change_clock SET rewound_from = $1, is_held = $2 WHERE id = 1",
            [seen, true]
        )
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
    /// The data lie in another cluster, whose numbers have nothing to do with those of the epoch
    /// that is named: a move, with nothing lost.
    case moved(Int64)
    /// The world has seen this stamp, and the database has not: it was restored from a backup.
    case restored(Stamp)

    init(own: Witness, cluster: String?, witness: Witness?, reading: ClockReading?) {
        if let witness, witness.installation == own.installation, own.stamp < witness.stamp {
            self = .restored(witness.stamp)
        } else if cluster != reading?.cluster {
            self = .moved(own.stamp.epoch)
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
