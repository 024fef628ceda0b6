// SPDX-License-Identifier: Apache-2.0
import Database
import TestSupport
import Testing

/// Marks tell whether anything was committed.
struct ChangeMarkTests {
    private struct Refusal: Error {}

    @Test func `a mark changes with each commit of any process, and with nothing else`() throws {
        let folder = try TemporaryFolder()
        let address = DatabaseAddress.sqlite(path: folder.path("test.db"))
        let database = try Database(address, migrations: sampleMigrations)
        let first = try #require(database.changeMark())
        #expect(database.changeMark() == first)
        _ = try database.readBlocking { try $0.sampleNames() }
        #expect(throws: Refusal.self) {
            try database.writeBlocking { transaction in
                _ = try transaction.stamp()
                throw Refusal()
            }
        }
        #expect(database.changeMark() == first)
        try database.writeBlocking { _ = try $0.stamp() }
        let second = try #require(database.changeMark())
        #expect(second != first)
        let other = try Database(address, migrations: sampleMigrations)
        let opened = try #require(database.changeMark())
        try other.writeBlocking { _ = try $0.stamp() }
        #expect(database.changeMark() != opened)
        try database.close()
        #expect(database.changeMark() == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `an engine that could not tell at once has no marks`(_ engine: TestEngine) throws {
        #expect(try engine.open().changeMark() == nil)
    }
}
