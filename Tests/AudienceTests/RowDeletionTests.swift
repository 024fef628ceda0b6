// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import Tasks
import TestSupport
import Testing

@testable import Audience

/// Deleted rows, each with its record.
@Suite struct RowDeletionTests {
    @Test(arguments: TestEngine.allCases)
    func `a deleted row leaves its keys and its profile's`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let table = try world.customTable()
        let ann = try world.create(["userId": "ann"]).id
        let row = try world.createRow(["orderNumber": "A1", "userId": "ann"], in: table)
        try world.delete(row.id, from: table)
        #expect(try world.customRows(of: table).isEmpty)
        let expected: [[SQLValue]] = [
            [.integer(row.id.value), .text("A1"), .integer(ann.value), .text("ann")]
        ]
        #expect(try world.rowDeletions() == expected)
        let again = try audienceError { try world.delete(row.id, from: table) }
        #expect(again == .noSuchRow("\(row.id)", table: "orders"))
        #expect(try world.rowDeletions().count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a row that has only a number leaves no business key`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let shops = try world.customTable("shops", .repository, key: nil)
        let row = try world.createRow(["amount": "3"], in: shops)
        try world.delete(row.id, from: shops)
        #expect(try world.rowDeletions() == [[.integer(row.id.value), .null, .null, .null]])
    }

    @Test(arguments: TestEngine.allCases)
    func `deleting a person deletes its rows by the thousand, each with its own record`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let orders = try world.customTable()
        let visits = try world.customTable("visits", .interaction, key: nil)
        let shops = try world.customTable("shops", .repository)
        let ann = try world.create(["userId": "ann"]).id
        let bob = try world.create(["userId": "bob"]).id
        try fill(visits, ann, 2_300, world)
        try world.createRow(["orderNumber": "A1", "userId": "ann"], in: orders)
        try world.createRow(["orderNumber": "B1", "userId": "bob"], in: orders)
        try world.createRow(["orderNumber": "S1"], in: shops)
        try world.erase(ann)
        #expect(try world.customRows(of: visits).isEmpty)
        #expect(try world.customRows(of: orders).map(\.profile) == [bob])
        #expect(try world.customRows(of: shops).count == 1)
        let records = try world.rowDeletions()
        #expect(records.count == 2_301)
        #expect(records.allSatisfy { $0[2] == .integer(ann.value) && $0[3] == .text("ann") })
        #expect(Set(records.map { "\($0[0])" }).count == 2_301)
        let stamps = try world.rows("SELECT DISTINCT stamp FROM row_deletion")
        let deletion = try world.rows("SELECT stamp FROM profile_deletion")
        #expect(stamps == deletion)
    }

    @Test(arguments: TestEngine.allCases)
    func `the dossier shows a person's rows with their values`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let orders = try world.customTable()
        let ann = try world.create(["userId": "ann"])
        try world.createRow(
            ["orderNumber": "A1", "userId": "ann", "state": "paid", "tags": "x,y"],
            in: orders
        )
        let chapters = try world.database.readBlocking { connection in
            try Dossier().chapters(of: ann, in: connection)
        }
        let entries = chapters.first { $0.title == "Rows of custom tables" }?.entries ?? []
        #expect(entries.map { $0.value("table") } == ["orders"])
        #expect(entries.first?.value("orderNumber") == "A1")
        #expect(entries.first?.value("tags") == "x,y")
    }

    @Test(arguments: TestEngine.allCases)
    func `a table is cleared and dropped by a task`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let orders = try world.customTable()
        let ann = try world.create(["userId": "ann"]).id
        try fill(orders, ann, 1_500, world)
        let refused = try audienceError {
            try world.database.writeBlocking { transaction in
                try CustomTableStore(world.workspace).delete(orders.id, in: transaction)
            }
        }
        #expect(refused == .badName("orders", rule: "it has rows; clear it first"))
        let task = try world.database.writeBlocking { transaction in
            try CustomTableClearingJob.start(
                orders.id,
                dropsTable: true,
                by: world.context(),
                in: transaction
            )
        }
        try await Worker(
            database: world.database,
            jobs: [CustomTableClearingJob()],
            randomness: SeededRandomness(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
        let record = try world.database.readBlocking {
            try TaskStore(world.workspace).task(task, in: $0)
        }
        #expect(record.outcome == "Rows deleted: 1500. The table is gone.")
        #expect(try world.rowDeletions().count == 1_500)
        let names = try world.database.readBlocking { try $0.tableNames() }
        #expect(!names.contains(orders.physicalName))
        let tables = CustomTableStore(world.workspace)
        try world.database.readBlocking { connection in
            try #expect(tables.all(in: connection).isEmpty)
            try #expect(tables.tableOrDeleted(orders.id, in: connection) == orders)
            #expect(throws: AudienceError.noSuchCustomTable("number \(orders.id)")) {
                try tables.table(orders.id, in: connection)
            }
        }
        #expect(try world.customTable().id != orders.id)
    }

    @Test func `rows of two tables that belong to the same people are loaded side by side`() throws
    {
        let world = try World(.postgres)
        let orders = try world.customTable(key: nil)
        let visits = try world.customTable("visits", .interaction, key: nil)
        let people = try ["ann", "bob"].map { try world.create(["userId": $0]).id }
        let sides = [orders, visits].map { ($0, HeldTransaction(in: world.database)) }
        func load(_ side: (table: CustomTable, held: HeldTransaction), _ owner: ProfileID) throws {
            try side.held.perform { transaction in
                try CustomRowStore(side.table).create(
                    values: ["profileId": "\(owner)"],
                    by: world.context(),
                    in: transaction
                )
            }
        }
        try load(sides[0], people[0])
        try load(sides[1], people[1])
        try load(sides[0], people[1])
        try load(sides[1], people[0])
        for side in sides { try side.1.commit() }
        #expect(try world.customRows(of: orders).count == 2)
        #expect(try world.customRows(of: visits).count == 2)
    }

    @Test func `a row that comes while its table is dropped leaves a record`() async throws {
        let world = try World(.postgres)
        let orders = try world.customTable(key: nil)
        let ann = try world.create(["userId": "ann"]).id
        let coming = HeldTransaction(in: world.database)
        try coming.perform { transaction in
            try CustomRowStore(orders).create(
                values: ["profileId": "\(ann)"],
                by: world.context(),
                in: transaction
            )
        }
        let task = try world.database.writeBlocking { transaction in
            try CustomTableClearingJob.start(
                orders.id,
                dropsTable: true,
                by: world.context(),
                in: transaction
            )
        }
        async let work: Int = Worker(
            database: world.database,
            jobs: [CustomTableClearingJob()],
            randomness: SeededRandomness(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
        let waiting = """
            SELECT pid FROM pg_locks WHERE locktype = 'relation' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        _ = try await until {
            try world.rows(waiting)
        } holds: {
            !$0.isEmpty
        }
        try coming.commit()
        _ = try await work
        let record = try world.database.readBlocking {
            try TaskStore(world.workspace).task(task, in: $0)
        }
        #expect(record.outcome == "Rows deleted: 1. The table is gone.")
        #expect(try world.rowDeletions().count == 1)
    }

    /// Rows with nothing but a key, where there is one.
    private func fill(
        _ table: CustomTable,
        _ profile: ProfileID,
        _ count: Int64,
        _ world: World
    ) throws {
        let key = table.businessKey.map { [$0.column] } ?? []
        try world.database.writeBlocking { transaction in
            let first = try transaction.allocate(Int(count), .customRow, in: world.workspace)
            let stamp = try transaction.stamp().value
            try transaction.fill(
                table.physicalName,
                ["id", "profile_id"] + key
                    + ["created_at", "updated_at", "created_stamp", "updated_stamp"],
                (0..<count).map { offset in
                    [(first + offset).sql, profile.sql] + key.map { _ in "k\(offset)".sql }
                        + [transaction.moment.sql, transaction.moment.sql, stamp.sql, stamp.sql]
                }
            )
        }
    }
}
