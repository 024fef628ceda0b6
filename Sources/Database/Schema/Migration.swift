// SPDX-License-Identifier: Apache-2.0
internal import Common

/// A numbered change of the schema that is applied once.
public struct Migration: Sendable {
    /// Identifies the migration for ever, such as `tasks-1`.
    public var id: String
    /// The oldest program version that can work with the schema afterwards.
    public var oldestProgram: Int
    /// The steps, in order.
    public var steps: [SchemaStep]

    /// Makes a migration.
    public init(id: String, oldestProgram: Int = 1, steps: [SchemaStep]) {
        self.id = id
        self.oldestProgram = oldestProgram
        self.steps = steps
    }

    /// A digest of the DDL in neutral words: a migration that was applied must never change.
    public var checksum: String {
        let text = steps.flatMap(DDL.neutral.statements).joined(separator: ";\n")
        return String(FNV1a.hash(text.utf8), radix: 16)
    }
}

/// Applies migrations in order and refuses a database that this program does not understand.
struct MigrationRunner {
    /// The version of this program that ``Migration/oldestProgram`` is compared with.
    static let programVersion = 1

    let migrations: [Migration]

    /// Applies what is missing.
    ///
    /// - Returns: The ids of the migrations that were applied.
    func run(in transaction: Transaction) throws -> [String] {
        try transaction.change([.createTable(MigrationRunner.table)])
        let applied = try transaction.rows(
            "SELECT id, checksum, oldest_program FROM schema_migration ORDER BY position"
        )
        try check(applied)
        let known = Set(try applied.map { try $0.get("id", as: String.self) })
        let missing = migrations.filter { !known.contains($0.id) }
        for (offset, migration) in missing.enumerated() {
            try transaction.change(migration.steps)
            try transaction.execute(
                """
                INSERT INTO schema_migration (id, position, checksum, oldest_program, applied_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    migration.id, applied.count + offset, migration.checksum,
                    migration.oldestProgram, transaction.moment,
                ]
            )
        }
        if !missing.isEmpty { try transaction.assumeStatistics() }
        return missing.map(\.id)
    }

    private func check(_ applied: [Row]) throws {
        let own = Dictionary(uniqueKeysWithValues: migrations.map { ($0.id, $0) })
        for row in applied {
            let id: String = try row.get("id")
            let oldest: Int = try row.get("oldest_program")
            guard oldest <= MigrationRunner.programVersion else {
                throw DatabaseError.schemaTooNew(migration: id, oldestProgram: oldest)
            }
            guard let migration = own[id] else { continue }
            guard try migration.checksum == row.get("checksum") else {
                throw DatabaseError.migrationChanged(id)
            }
        }
    }

    static let table = TableDefinition(
        "schema_migration",
        isScoped: false,
        columns: [
            .text("id"), .integer("position"), .text("checksum"), .integer("oldest_program"),
            .moment("applied_at"),
        ],
        primaryKey: ["id"],
        moving: .carried
    )
}
