// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

struct MigrationTests {
    static let first = Migration(
        id: "sample-2",
        steps: [.statement("INSERT INTO sample (id, workspace_id, name) VALUES (1, 1, 'a')")]
    )

    @Test func `a migration is applied once, and later ones follow`() throws {
        let folder = try TemporaryFolder()
        let second = Migration(
            id: "sample-3",
            steps: [
                .addColumn(ColumnDefinition("extra", .text, isNullable: true), to: "sample"),
                .createIndex(IndexDefinition("sample_extra", ["extra"]), on: "sample"),
            ]
        )
        for migrations in [
            sampleMigrations, sampleMigrations + [Self.first],
            sampleMigrations + [Self.first, second], sampleMigrations + [Self.first, second],
        ] {
            try Self.open(folder, migrations).close()
        }
        let database = try Self.open(folder, sampleMigrations + [Self.first, second])
        try database.readBlocking { connection in
            #expect(try connection.rows("SELECT name, extra FROM sample").count == 1)
            let ids: [String] = try connection.rows(
                "SELECT id FROM schema_migration ORDER BY position"
            ).map { try $0.get("id") }
            let own = ["database-1", "database-2", "database-3", "database-4"]
            #expect(ids == own + ["sample-1", "sample-2", "sample-3"])
        }
    }

    @Test func `a migration that changed after it was applied is refused`() throws {
        let folder = try TemporaryFolder()
        try Self.open(folder, sampleMigrations + [Self.first]).close()
        let changed = Migration(id: Self.first.id, steps: [.dropTable("sample")])
        #expect(throws: DatabaseError.migrationChanged("sample-2")) {
            try Self.open(folder, sampleMigrations + [changed])
        }
        let database = try Self.open(folder, sampleMigrations + [Self.first])
        #expect(try database.readBlocking { try $0.sampleNames() } == ["a"])
    }

    @Test func `a database of a newer program is refused in words`() throws {
        let folder = try TemporaryFolder()
        let newer = Migration(id: "sample-9", oldestProgram: 99, steps: [])
        try Self.open(folder, [newer]).close()
        let error = #expect(
            throws: DatabaseError.schemaTooNew(migration: "sample-9", oldestProgram: 99)
        ) {
            try Self.open(folder, [])
        }
        #expect(error?.description.contains("newer program") == true)
    }

    @Test func `a newer program's migration that this one can live with is left alone`() throws {
        let folder = try TemporaryFolder()
        try Self.open(folder, sampleMigrations + [Self.first]).close()
        let database = try Self.open(folder, sampleMigrations)
        #expect(try database.readBlocking { try $0.sampleNames() } == ["a"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a migration that fails leaves no table`(_ engine: TestEngine) throws {
        let broken = Migration(
            id: "broken-1",
            steps: [.statement("INSERT INTO nowhere VALUES (1)")]
        )
        #expect(throws: DatabaseError.self) {
            try engine.open(migrations: sampleMigrations + [broken])
        }
    }

    @Test func `a failed migration keeps the earlier schema`() throws {
        let folder = try TemporaryFolder()
        let broken = Migration(
            id: "broken-1",
            steps: [.statement("INSERT INTO nowhere VALUES (1)")]
        )
        #expect(throws: DatabaseError.self) { try Self.open(folder, sampleMigrations + [broken]) }
        let database = try Self.open(folder, [])
        #expect(throws: DatabaseError.self) { try database.readBlocking { try $0.sampleNames() } }
    }

    @Test func `a checksum depends on steps alone`() {
        let step = SchemaStep.createTable(sampleTable)
        #expect(
            Migration(id: "a", steps: [step]).checksum == Migration(id: "b", steps: [step]).checksum
        )
        #expect(
            Migration(id: "a", steps: [step]).checksum != Migration(id: "a", steps: []).checksum
        )
    }

    @Test(arguments: [
        "", "sqlite:", "postgres:NAME", "postgres://localhost/name?pool_size=none", "/tmp/file.db",
    ])
    func `an address that names no engine is refused`(_ text: String) {
        #expect(throws: DatabaseError.unknownAddress(text)) { try DatabaseAddress(text) }
    }

    @Test func `an address comes back from its text`() throws {
        for text in [
            "sqlite::memory:", "sqlite:data/millrace.db", "postgres://millrace@host:5433/name",
        ] {
            #expect(try DatabaseAddress(text).description == text)
        }
        #expect(try DatabaseAddress("sqlite::memory:") == .memory)
    }

    static func open(_ folder: TemporaryFolder, _ migrations: [Migration]) throws -> Database {
        try Database(.sqlite(path: folder.path("test.db")), migrations: migrations)
    }
}
