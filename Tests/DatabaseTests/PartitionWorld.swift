// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport

/// A table in ranges of ten ids, in workspace 1.
final class PartitionWorld: Sendable {
    static let kind = IDKind(rawValue: "cut")
    static let migrations = [
        Migration(
            id: "cut-1",
            steps: [
                .createTable(
                    TableDefinition(
                        "cut",
                        columns: [
                            .integer("workspace_id"), .integer("id"), .integer("profile_id"),
                            .integer("stamp"),
                        ],
                        primaryKey: ["workspace_id", "id"],
                        isClustered: true,
                        indexes: [
                            IndexDefinition("cut_stamp", ["workspace_id", "stamp"]),
                            IndexDefinition("cut_profile", ["workspace_id", "profile_id"]),
                        ],
                        partition: TablePartition(by: "id", of: kind, width: 10)
                    )
                )
            ]
        )
    ]

    let place: DatabasePlace
    let database: Database

    init(_ engine: TestEngine) throws {
        place = try engine.place(migrations: Self.migrations)
        database = try Self.open(place)
    }

    var partitions: Partitions { Partitions(WorkspaceID(1), in: database) }
    var uri: String {
        guard case .postgres(let address) = place.address else { return "" }
        return address.description
    }

    /// Another node's way to the same database.
    func another() throws -> Database { try Self.open(place) }

    private static func open(_ place: DatabasePlace) throws -> Database {
        try Database(
            place.address,
            migrations: migrations,
            time: ManualTime(),
            randomness: SeededRandomness()
        )
    }

    /// Copies rows in, with ids from the allocator unless given.
    func insert(_ count: Int, from given: Int64? = nil) throws {
        try database.writeBlocking { transaction in
            let first =
                try given ?? transaction.allocate(count, Self.kind, in: WorkspaceID(1))
            let writer = try transaction.insertion(
                into: "cut",
                columns: ["workspace_id", "id", "profile_id", "stamp"]
            )
            for id in first..<first + Int64(count) {
                for value in [1, id, id % 7, id + 100] { writer.integer(value) }
                try writer.endRow()
            }
            try writer.finish()
        }
    }

    func make() throws {
        for partition in try partitions.missing() { try partitions.make(partition) }
    }

    /// What an upkeep does; another node may be faster with each of it.
    static func maintain(_ database: Database) throws -> [String] {
        let partitions = Partitions(WorkspaceID(1), in: database)
        let made = try partitions.missing().filter { partition in
            try persistently { try partitions.make(partition) }
        }
        let dropped = try partitions.emptied().filter { partition in
            try persistently { try partitions.drop(partition) }
        }
        return made.map { "make \($0.ids.lowerBound)" }
            + dropped.map { "drop \($0.ids.lowerBound)" }
    }

    /// A busy machine may take over a second for the other's turn.
    private static func persistently(_ work: () throws -> Bool) throws -> Bool {
        while true {
            do { return try work() } catch DatabaseError.conflict { continue }
        }
    }

    func ids(_ condition: String) throws -> [Int64] {
        try database.readBlocking { connection in
            try connection.rows(
                "SELECT id FROM cut WHERE workspace_id = $1 AND \(condition) ORDER BY id",
                [1]
            ).map { try $0.get(0) }
        }
    }

    func looked(up keys: [Int64]) throws -> [Int64] {
        var found: [Int64] = []
        let lookup = Lookup(
            table: "cut",
            key: "id",
            columns: ["id"],
            keys: keys.map { .integer($0) },
            fixed: [("workspace_id", .integer(1))]
        )
        try database.readBlocking { connection in
            try connection.lookup(lookup) { found.append($1.integer(0)) }
        }
        return found.sorted()
    }

    func count(in relation: String) throws -> Int {
        try database.readBlocking { try $0.value("SELECT count(*) FROM \(relation)") } ?? 0
    }

    /// The partitions of workspaces.
    func relations() throws -> [String] {
        try database.readBlocking { connection in
            try connection.rows(
                """
                SELECT relname::text FROM pg_class
                WHERE relkind = 'r' AND strpos(relname, 'cut_w') = 1 ORDER BY 1
                """
            ).map { try $0.get(0) }
        }
    }

    /// How many files the table and its indexes have.
    func files() throws -> Int {
        try database.readBlocking { connection in
            try connection.value(
                """
                SELECT count(pg_relation_filepath(oid)) FROM pg_class
                WHERE strpos(relname, 'cut_') = 1 AND relkind IN ('r', 'i')
                """
            )
        } ?? 0
    }
}
