// SPDX-License-Identifier: Apache-2.0
internal import Common

/// What a database knows of a move of its data, or of one into it.
///
/// The source has one that says where its data went, the target one of the same id that says
/// where they came from; it is incomplete until that one has an end.
struct MoveRecord: Sendable, Hashable {
    /// Which way the data go.
    enum Direction: String, SQLConvertible { case out, into }

    var id: String
    var direction: Direction
    /// The other database's address, without a password.
    var place: String
    /// The workspace that moves; nil for all.
    var workspace: Int64?
    var endedAt: Instant?

    static let table = TableDefinition(
        "database_move",
        isScoped: false,
        columns: [
            .text("id"), .text("direction"), .text("place"), .integer("only_workspace").orNull,
            .moment("began_at"), .moment("ended_at").orNull,
        ],
        primaryKey: ["id"],
        moving: .left
    )

    init(id: String, direction: Direction, place: String, workspace: Int64?) {
        self.id = id
        self.direction = direction
        self.place = place
        self.workspace = workspace
    }

    private init(_ row: Row) throws {
        id = try row.get("id")
        direction = try row.get("direction")
        place = try row.get("place")
        workspace = try row.get("only_workspace")
        endedAt = try row.get("ended_at")
    }

    /// All records, the latest first.
    static func all(in connection: Connection) throws -> [MoveRecord] {
        try connection.rows(
            """
            SELECT id, direction, place, only_workspace, ended_at FROM database_move
            ORDER BY began_at DESC, id
            """
        ).map(MoveRecord.init)
    }

    static func latestPlace(in connection: Connection) throws -> String? {
        try all(in: connection).first { $0.direction == .out }?.place
    }

    /// Refuses a database whose data are not here, or not yet.
    static func check(in connection: Connection) throws {
        for record in try all(in: connection) {
            let isWhole = record.workspace == nil
            if record.direction == .out, isWhole || record.endedAt == nil {
                throw DatabaseError.movedAway(to: record.place)
            }
            if record.direction == .into, record.endedAt == nil {
                throw DatabaseError.halfMoved(from: record.place)
            }
        }
    }

    func insert(in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO database_move (id, direction, place, only_workspace, began_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [id, direction, place, workspace, transaction.moment]
        )
    }

    func end(in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE database_move SET ended_at = $2 WHERE id = $1",
            [id, transaction.moment]
        )
    }

    func remove(in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM database_move WHERE id = $1", [id])
        try transaction.execute("DELETE FROM database_copy WHERE move_id = $1", [id])
    }
}
