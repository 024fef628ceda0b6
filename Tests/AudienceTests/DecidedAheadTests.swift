// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

/// Rows that are decided on before the transaction that merges them.
struct DecidedAheadTests {
    private let rows = [("u1", "Ann"), ("u2", "Bob")].enumerated().map { position, row in
        MergeRow(
            identifier: 0,
            cells: [.text(row.0), .text(row.1)],
            standings: [],
            line: Int64(position + 2)
        )
    }

    private func merge(_ world: World) throws -> ProfileMerge {
        let columns = try Merging(world, ["userId", "firstName"]).columns
        return ProfileMerge(MergePlan(table: world.table, columns: columns), task: TaskID(1))
    }

    private func apply(
        _ merge: ProfileMerge,
        _ decided: [MergeResult],
        in world: World
    ) throws -> [MergeResult] {
        try world.database.writeBlocking(.bulk) { transaction in
            try merge.apply(rows, decided: decided, by: world.context(), in: transaction)
        }
    }

    private func names(in world: World) throws -> [[SQLValue]] {
        let columns = try Merging(world, ["userId", "firstName"]).columns.map(\.attribute.column)
        return try world.rows(
            "SELECT \(columns.joined(separator: ", ")) FROM \(world.table.physicalName) ORDER BY id"
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `rows are merged as was decided while nothing else changes`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1"])
        let merge = try merge(world)
        let decided = try world.database.readBlocking { try merge.decideAhead(rows, in: $0) }
        let results = try apply(merge, try #require(decided), in: world)
        #expect(results.map(\.outcome) == [.updated, .created])
        let again = try world.database.readBlocking { try merge.forecast(rows, in: $0) }
        #expect(again.map(\.outcome) == [.unchanged, .unchanged])
    }

    @Test(arguments: TestEngine.allCases)
    func `nothing is merged when a profile has changed meanwhile`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1"])
        let merge = try merge(world)
        let decided = try world.database.readBlocking { try merge.decideAhead(rows, in: $0) }
        let other = try Merging(world, ["userId", "firstName"])
        _ = try other([["u1", "Eve"]])
        let before = try names(in: world)
        #expect(throws: DatabaseError.conflict("40001")) {
            try apply(merge, try #require(decided), in: world)
        }
        #expect(try names(in: world) == before)
        #expect(try world.rows("SELECT line FROM import_row WHERE line = 3").isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `nothing is merged when a profile was erased meanwhile`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let gone = try world.create(["userId": "u1"])
        let merge = try merge(world)
        let decided = try world.database.readBlocking { try merge.decideAhead(rows, in: $0) }
        try world.database.writeBlocking { transaction in
            _ = try Erasure(Dossier()).erase(
                gone.id,
                from: world.table,
                Collection(),
                by: world.context(),
                in: transaction
            )
        }
        #expect(throws: DatabaseError.conflict("40001")) {
            try apply(merge, try #require(decided), in: world)
        }
        #expect(try names(in: world).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a profile that stays as it is has to be locked`(_ engine: TestEngine) throws {
        let world = try World(engine)
        _ = try Merging(world, ["userId", "firstName"])([["u1", "Ann"]])
        let merge = try merge(world)
        let decided = try world.database.readBlocking { try merge.decideAhead(rows, in: $0) }
        #expect(decided == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `a second column with unique values has to be looked up under locks`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        var columns = try Merging(world, ["userId", "firstName"]).columns
        columns[1].attribute.isUnique = true
        let merge = ProfileMerge(MergePlan(table: world.table, columns: columns), task: nil)
        let decided = try world.database.readBlocking { try merge.decideAhead(rows, in: $0) }
        #expect(decided == nil)
    }
}
