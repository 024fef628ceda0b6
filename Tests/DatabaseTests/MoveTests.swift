// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Database

/// Which engine a move leaves and which it comes to.
private let directions: [(TestEngine, TestEngine)] = [
    (.file, .postgres), (.postgres, .file), (.postgres, .postgres), (.file, .file),
]

/// Moves between databases (docs/decisions, "Moving").
struct MoveTests {
    @Test(arguments: directions)
    func `a move brings every value over and the target goes on above both epochs`(
        source: TestEngine,
        target: TestEngine
    ) throws {
        let world = try MoveWorld(source, target, rows: 12_000)
        let before = try world.source.readBlocking { try ChangeClock.standing(in: $0) }
        let ledger = try world.move()
        #expect(ledger.allSatisfy { $0.isEqual })
        #expect(ledger.first { $0.table == "sample" }?.rows == 12_000)
        #expect(try world.values(of: world.source) == world.values(of: world.target))
        let opened = try world.open(world.targetPlace)
        let after = try opened.readBlocking { try ChangeClock.standing(in: $0) }
        #expect(after.installation == before.installation)
        #expect(after.epoch == before.epoch + 1)
        #expect(!after.isHeld)
        let (stamp, first) = try opened.writeBlocking { transaction in
            (
                try transaction.stamp(),
                try transaction.allocate(1, .sample, in: WorkspaceID(1))
            )
        }
        #expect(stamp > world.lastStamp)
        #expect(first > world.lastID)
        let indexes = TableCatalogue.tables(of: sampleMigrations)
            .first { $0.name == "sample" }?.indexes.map(\.name)
        #expect(indexes == ["sample_name"])
        #expect(throws: DatabaseError.uniqueViolation(key: "sample.name")) {
            try opened.writeBlocking { transaction in
                try transaction.execute(
                    "INSERT INTO sample (id, workspace_id, name) VALUES (99999, 1, 'name 1')"
                )
            }
        }
    }

    @Test(
        arguments: [
            "move.frozen", "move.received", "move.page.sample", "move.table.sample",
            "move.table.id_block", "move.copied", "move.opened",
        ],
        directions
    )
    func `a move that was cut goes on where it was`(
        point: String,
        direction: (TestEngine, TestEngine)
    ) throws {
        let recorder = FailpointRecorder()
        let world = try MoveWorld(direction.0, direction.1, rows: 12_000, recorder.failpoints)
        recorder.arm(point, pass: point.contains("page") ? 2 : 1)
        #expect(throws: SimulatedCrash(name: point)) { try world.move() }
        #expect(throws: DatabaseError.self) { try world.open(world.sourcePlace) }
        if point != "move.opened", point != "move.frozen" {
            #expect(throws: DatabaseError.halfMoved(from: "\(world.sourcePlace.address)")) {
                try world.open(world.targetPlace)
            }
        }
        let ledger = try world.move()
        #expect(ledger.allSatisfy { $0.isEqual })
        #expect(try world.values(of: world.source) == world.values(of: world.target))
        _ = try world.open(world.targetPlace)
        let pages = recorder.passed.count { $0 == "move.page.sample" }
        #expect(pages == 3)
    }

    @Test(arguments: directions)
    func `a row that differs is named and keeps the target closed`(
        source: TestEngine,
        target: TestEngine
    ) throws {
        let world = try MoveWorld(source, target, rows: 6_000)
        #expect(try world.prepared.begin())
        try world.prepared.copy()
        try world.target.writeBlocking { transaction in
            try transaction.execute("UPDATE sample SET note = 'other' WHERE id = 5500")
            try transaction.execute("DELETE FROM sample WHERE id = 17")
            try transaction.execute(
                "INSERT INTO sample (id, workspace_id, name) VALUES (7000, 1, 'more')"
            )
        }
        let sample = try #require(world.prepared.verify().first { $0.table == "sample" })
        #expect(!sample.isEqual)
        #expect(sample.differences == ["id 17", "id 5500", "id 7000"])
        #expect(throws: DatabaseError.halfMoved(from: "\(world.sourcePlace.address)")) {
            try world.open(world.targetPlace)
        }
    }

    @Test(arguments: TestEngine.allCases.filter { $0 != .memory })
    func `a frozen source refuses writers and newcomers and says where its data went`(
        engine: TestEngine
    ) throws {
        let world = try MoveWorld(engine, .file, rows: 10)
        let running = try world.open(world.sourcePlace)
        #expect(try world.prepared.begin())
        let error = DatabaseError.movedAway(to: "\(world.targetPlace.address)")
        for sql in [
            "UPDATE sample SET note = 'late'", "DELETE FROM sample",
            "INSERT INTO sample (id, workspace_id, name) VALUES (11, 1, 'late')",
        ] {
            #expect(throws: error) { try running.writeBlocking { try $0.execute(sql) } }
        }
        #expect(throws: error) { try ChangeClock.take(on: running) }
        #expect(throws: error) { try world.open(world.sourcePlace) }
        #expect(error.description.contains("\(world.targetPlace.address)"))
        #expect(try running.readBlocking { try $0.sampleNames().count } == 10)
    }

    @Test(arguments: TestEngine.allCases.filter { $0 != .memory })
    func `a move that is given up leaves the source as it was`(engine: TestEngine) throws {
        let world = try MoveWorld(engine, .file, rows: 10)
        #expect(try world.prepared.begin())
        try world.prepared.giveUp()
        let opened = try world.open(world.sourcePlace)
        try opened.writeBlocking { try $0.execute("UPDATE sample SET note = 'again'") }
        #expect(throws: DatabaseError.halfMoved(from: "\(world.sourcePlace.address)")) {
            try world.open(world.targetPlace)
        }
    }

    @Test func `a move that has ended is given up by force alone, and then sends are held`() throws
    {
        let world = try MoveWorld(.file, .file, rows: 10)
        _ = try world.move()
        #expect(throws: DatabaseError.movedAway(to: "\(world.targetPlace.address)")) {
            try world.prepared.giveUp()
        }
        try world.prepared.giveUp(isForced: true)
        let opened = try world.open(world.sourcePlace)
        #expect(try opened.readBlocking { try ChangeClock.standing(in: $0).isHeld })
    }

    @Test(arguments: directions)
    func `one workspace joins another one, and the source keeps the rest`(
        source: TestEngine,
        target: TestEngine
    ) throws {
        let world = try MoveWorld(source, target, rows: 100, workspace: WorkspaceID(2))
        try world.source.writeBlocking { try $0.addSample(101, workspace: 2) }
        try world.target.writeBlocking { try $0.addSample(500, workspace: 3) }
        let ledger = try world.move()
        #expect(ledger.allSatisfy { $0.isEqual })
        let there = try world.open(world.targetPlace)
        #expect(try there.readBlocking { try $0.sampleNames() } == ["name 101", "name 500"])
        let here = try world.open(world.sourcePlace)
        try here.writeBlocking { try $0.execute("UPDATE sample SET note = 'x' WHERE id = 1") }
        #expect(throws: DatabaseError.movedAway(to: "\(world.targetPlace.address)")) {
            try here.writeBlocking { try $0.execute("UPDATE sample SET note = 'x' WHERE id = 101") }
        }
        #expect(throws: DatabaseError.movedAway(to: "\(world.targetPlace.address)")) {
            try here.writeBlocking { try $0.addSample(102, workspace: 2) }
        }
    }

    @Test func `a target with rows of its own is refused before anything is frozen`() throws {
        let world = try MoveWorld(.file, .file, rows: 10)
        try world.target.writeBlocking { try $0.addSample(1, workspace: 1) }
        #expect(throws: DatabaseError.self) { try world.move() }
        let opened = try world.open(world.sourcePlace)
        try opened.writeBlocking { try $0.execute("UPDATE sample SET note = 'free'") }
    }
}

/// Two databases and the move between them.
private struct MoveWorld {
    let sourcePlace: DatabasePlace
    let targetPlace: DatabasePlace
    let source: Database
    let target: Database
    let prepared: DatabaseMove
    let lastStamp: Stamp
    let lastID: Int64

    init(
        _ from: TestEngine,
        _ to: TestEngine,
        rows: Int,
        _ failpoints: Failpoints = .none,
        workspace: WorkspaceID? = nil
    ) throws {
        sourcePlace = try from.place(migrations: sampleMigrations)
        targetPlace = try to.place(migrations: sampleMigrations)
        source = try Database(
            sourcePlace.address,
            migrations: sampleMigrations,
            randomness: SeededRandomness(),
            isMoving: true
        )
        target = try Database(
            targetPlace.address,
            migrations: sampleMigrations,
            isMoving: true
        )
        prepared = DatabaseMove(
            from: source,
            to: target,
            places: ("\(sourcePlace.address)", "\(targetPlace.address)"),
            workspace: workspace,
            migrations: sampleMigrations,
            failpoints: failpoints
        ) { _ in [] }
        (lastStamp, lastID) = try source.writeBlocking { transaction in
            let first = try transaction.allocate(rows, .sample, in: WorkspaceID(1))
            try transaction.addSamples(1...rows, workspace: 1)
            return (try transaction.stamp(), first + Int64(rows) - 1)
        }
        _ = try ChangeClock.take(on: source)
    }

    func open(_ place: DatabasePlace) throws -> Database {
        try Database(place.address, migrations: sampleMigrations)
    }

    func move() throws -> [TableLedger] {
        var ledger: [TableLedger] = []
        if try prepared.begin() {
            try prepared.copy()
            ledger = try prepared.verify()
        }
        try prepared.end()
        return ledger
    }

    /// All values as texts, which are the same on each engine.
    func values(of database: Database) throws -> [[String]] {
        try database.readBlocking { connection in
            try connection.rows(
                """
                SELECT id, workspace_id, name, whole, real, truth, instant, calendar_day, raw, note
                FROM sample ORDER BY id
                """
            ).map { row in
                [
                    "\(try row.get("id", as: Int.self))", try row.get("name"),
                    "\(String(describing: try row.get("whole", as: Int?.self)))",
                    "\(String(describing: try row.get("real", as: Double?.self)))",
                    "\(String(describing: try row.get("truth", as: Bool?.self)))",
                    "\(String(describing: try row.get("instant", as: Instant?.self)))",
                    "\(String(describing: try row.get("calendar_day", as: Day?.self)))",
                    "\(String(describing: try row.get("raw", as: [UInt8]?.self)))",
                    "\(String(describing: try row.get("note", as: String?.self)))",
                ]
            }
        }
    }
}

extension IDKind {
    fileprivate static let sample = IDKind(rawValue: "sample")
}

extension ChangeClock {
    fileprivate static func take(on database: Database) throws -> Tick {
        try database.writeBlocking(.guarded) { try take(in: $0) }
    }
}

extension Transaction {
    fileprivate func addSample(_ id: Int, workspace: Int) throws {
        try addSamples(id...id, workspace: workspace)
    }

    /// Rows with something of everything: null, empty, beyond ASCII, negative, large.
    fileprivate func addSamples(_ ids: ClosedRange<Int>, workspace: Int) throws {
        let writer = try insertion(into: "sample", columns: sampleTable.columns.map(\.name))
        for id in ids {
            writer.integer(Int64(id))
            writer.integer(Int64(workspace))
            writer.value(.text("name \(id)"))
            for value in Transaction.values(id) { writer.value(id % 7 == 0 ? .null : value) }
            try writer.endRow()
        }
        try writer.finish()
    }

    private static func values(_ id: Int) -> [SQLValue] {
        [
            .integer(Int64.max - Int64(id)), .double(Double(id) / 3 - 10), .boolean(id % 2 == 0),
            .moment(Instant(microseconds: Int64(id) * 1_000_000_007 - 5_000_000_000_000)),
            .day(Day(number: Int64(id) - 3_000)),
            .bytes((0..<(id % 20)).map { UInt8(truncatingIfNeeded: $0 * id) }),
            .text(["", "é ß 漢字 \u{1F600}", "a'b\"c\\d\ne"][id % 3]),
        ]
    }
}
