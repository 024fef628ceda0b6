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

    /// Makes the clock row of a new database; raises the epoch of a restored one.
    func check() throws {
        try database.writeBlocking { transaction in
            try transaction.execute(
                """
                INSERT INTO change_clock (id, installation, epoch, counter, is_held)
                SELECT 1, $1, 1, 0, $2 WHERE true ON CONFLICT DO NOTHING
                """,
                [randomness.token(), false]
            )
            let own = try Restoration.witness(of: transaction)
            guard let witness = try database.engine.witnessStore.read(),
                witness.installation == own.installation, own.stamp < witness.stamp
            else { return }
            try rewind(transaction, past: witness)
        }
        try database.witness()
    }

    private func rewind(_ transaction: Transaction, past witness: Witness) throws {
        try transaction.execute(
            """
            UPDATE change_clock SET epoch = $1, counter = 0, rewound_from = $2, is_held = $3
            WHERE id = 1
            """,
            [witness.stamp.epoch + 1, witness.stamp, true]
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
