// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import Tasks
import TestSupport
import Testing

@testable import Audience

/// Segmentations: who is in which segment, and the records of changes.
@Suite struct SegmentationTests {
    /// Six people, three of whom speak French, with a segmentation of each kind.
    private struct Ground {
        let world: World
        let people: [ProfileID]
        var store: SegmentationStore { SegmentationStore(world.workspace) }

        init(_ engine: TestEngine) throws {
            let world = try World(engine)
            people = try (1...6).map { number in
                try world.create([
                    "userId": "u\(number)", "language": number < 4 ? "fr" : "nl",
                    "points": "\(number * 10)",
                ]).id
            }
            self.world = world
        }

        @discardableResult
        func create(_ definition: SegmentationDefinition) throws -> Segmentation {
            try world.database.writeBlocking { transaction in
                try store.create(
                    definition,
                    over: world.table,
                    by: world.context(),
                    in: transaction
                )
            }
        }

        func simple(history: Bool = true) throws -> Segmentation {
            try create(
                SegmentationDefinition(
                    name: "french",
                    kind: .simple,
                    hasHistory: history,
                    segments: [NewSegment(SearchExpression(["attribute": "language", "is": "fr"]))]
                )
            )
        }

        static let levels = SegmentationDefinition(
            name: "level",
            kind: .exclusive,
            hasHistory: true,
            segments: [
                NewSegment(
                    "gold",
                    SearchExpression(["attribute": "points", "greaterThan": 45])
                ),
                NewSegment(
                    "silver",
                    SearchExpression(["attribute": "points", "greaterThan": 25])
                ),
            ],
            defaultSegment: "bronze"
        )

        @discardableResult
        func refresh(_ segmentation: Segmentation) async throws -> TaskRecord {
            let task = try world.database.writeBlocking { transaction in
                try #require(
                    try SegmentRefreshes(world.workspace)
                        .start(segmentation.id, by: world.context(), in: transaction)
                )
            }
            try await work()
            return try world.database.readBlocking {
                try TaskStore(world.workspace).task(task, in: $0)
            }
        }

        func work(_ failpoints: Failpoints = .none) async throws {
            try await Worker(
                database: world.database,
                jobs: [SegmentRefreshJob(SearchCompiler(), chunk: 2)],
                randomness: SeededRandomness(),
                failpoints: failpoints,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).runUntilIdle()
        }

        func counts(_ segmentation: Segmentation) throws -> [Int] {
            try world.database.readBlocking { connection in
                let found = try store.segmentation(segmentation.id, in: connection)
                return try store.counts(of: found, in: connection).map(\.profiles)
            }
        }

        /// Clears deleted segmentations, and tells how many rows went at a time.
        func clear() throws -> [Int] {
            var counts: [Int] = []
            while counts.last != 0 {
                counts.append(
                    try world.database.writeBlocking { try store.clear(in: $0) }
                )
            }
            return counts
        }

        /// How many memberships the dossier shows.
        func memberships(of person: ProfileID) throws -> Int {
            let profile = try #require(try world.profile(person))
            let chapters = try world.database.readBlocking {
                try Dossier().chapters(of: profile, in: $0)
            }
            let entries = chapters.first { $0.title == "Segments" }?.entries ?? []
            return entries.count { $0.kind == "segment" }
        }

        /// Profile, previous and new value of each record.
        func transitions() throws -> [[SQLValue]] {
            try world.rows(
                """
                SELECT profile_id, previous_value, new_value FROM segment_transition
                WHERE workspace_id = $1 ORDER BY id
                """,
                [world.workspace]
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a simple segmentation holds whom its expression finds, and tells who came`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let french = try ground.simple()
        #expect(try ground.counts(french) == [0])
        let task = try await ground.refresh(french)
        #expect(task.outcome == "Segmentations: 1. Changes: 3.")
        #expect(try ground.counts(french) == [3])
        let expected: [[SQLValue]] = ground.people.prefix(3).map { id in
            [.integer(id.value), .text("false"), .text("true")]
        }
        #expect(try ground.transitions() == expected)
        let again = try await ground.refresh(french)
        #expect(again.outcome == "Segmentations: 1. Changes: 0.")
        #expect(try ground.transitions().count == 3)
        try ground.world.update(ground.people[0], ["language": "nl"])
        try await ground.refresh(french)
        #expect(try ground.counts(french) == [2])
        #expect(
            try ground.transitions().last
                == [.integer(ground.people[0].value), .text("true"), .text("false")]
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `membership never touches a profile's moments or stamps`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let before = try ground.world.profile(ground.people[0])
        ground.world.time.advance(by: .hours(1))
        try await ground.refresh(try ground.simple())
        #expect(try ground.world.profile(ground.people[0]) == before)
    }

    @Test(arguments: TestEngine.allCases)
    func `an exclusive segmentation puts everyone into the first segment that fits`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let level = try ground.create(Ground.levels)
        try await ground.refresh(level)
        #expect(try ground.counts(level) == [2, 2, 2])
        #expect(try ground.transitions().map { $0[1] } == Array(repeating: .null, count: 6))
        try ground.world.update(ground.people[0], ["points": "99"])
        try await ground.refresh(level)
        #expect(
            try ground.transitions().last
                == [.integer(ground.people[0].value), .text("bronze"), .text("gold")]
        )
        var definition = Ground.levels
        definition.defaultSegment = nil
        definition.segments.removeLast()
        try ground.world.database.writeBlocking { [definition] transaction in
            try ground.store
                .update(level.id, to: definition, by: ground.world.context(), in: transaction)
        }
        try await ground.refresh(level)
        #expect(try ground.counts(level) == [3])
        let last = try ground.transitions().suffix(3)
        #expect(last.map { $0[1] } == [.text("bronze"), .text("silver"), .text("silver")])
        #expect(last.map { $0[2] } == [.null, .null, .null])
        // Segments that were taken out are forgotten once nobody is in them.
        #expect(try ground.world.rows("SELECT id FROM segment").count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `without history no record is written`(_ engine: TestEngine) async throws {
        let ground = try Ground(engine)
        let french = try ground.simple(history: false)
        try await ground.refresh(french)
        #expect(try ground.counts(french) == [3])
        #expect(try ground.transitions().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a refresh that is cut goes on where it was`(_ engine: TestEngine) async throws {
        let ground = try Ground(engine)
        let french = try ground.simple()
        let task = try ground.world.database.writeBlocking { transaction in
            try SegmentRefreshes(ground.world.workspace)
                .start(french.id, by: ground.world.context(), in: transaction)
        }
        #expect(task != nil)
        let recorder = FailpointRecorder()
        recorder.arm("segment.chunk")
        try await ground.work(recorder.failpoints)
        #expect(try ground.counts(french) == [2])
        ground.world.time.advance(by: .minutes(2))
        try await ground.work()
        #expect(try ground.counts(french) == [3])
        #expect(try ground.transitions().count == 3)
    }

    @Test(arguments: TestEngine.allCases)
    func `after an import only its profiles are looked at`(_ engine: TestEngine) async throws {
        let ground = try Ground(engine)
        let french = try ground.simple()
        let world = ground.world
        var merge = try Merging(world, ["userId", "language"])
        merge.task = try world.importTask()
        _ = try merge([["u1", "fr"], ["u6", "fr"], ["new", "fr"]])
        let task = try world.database.writeBlocking { transaction in
            try SegmentRefreshes(world.workspace).start(
                after: merge.task,
                into: world.table.id,
                by: world.context(),
                in: transaction
            )
        }
        #expect(task != nil)
        try await ground.work()
        #expect(try ground.counts(french) == [3])
        try await ground.refresh(french)
        #expect(try ground.counts(french) == [5])
    }

    @Test(arguments: TestEngine.allCases)
    func `all are computed once a day`(_ engine: TestEngine) async throws {
        let ground = try Ground(engine)
        func daily() throws -> TaskID? {
            try ground.world.database.writeBlocking { transaction in
                try SegmentRefreshes(ground.world.workspace)
                    .startDaily(by: ground.world.context(), in: transaction)
            }
        }
        #expect(try daily() == nil)
        let french = try ground.simple()
        let level = try ground.create(Ground.levels)
        #expect(try daily() != nil)
        #expect(try daily() == nil)
        try await ground.work()
        #expect(try ground.counts(french) == [3])
        #expect(try ground.counts(level) == [2, 2, 2])
        ground.world.time.advance(by: .hours(23))
        #expect(try daily() == nil)
        ground.world.time.advance(by: .hours(1))
        #expect(try daily() != nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `one that can no longer be computed does not stop those behind it, and is named`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let world = ground.world
        let readers = SearchExpression(["list": "newsletter", "subscribed": true])
        try ground.create(
            SegmentationDefinition(
                name: "readers",
                kind: .simple,
                segments: [NewSegment(readers)]
            )
        )
        let french = try ground.simple()
        func daily() throws -> TaskID? {
            try world.database.writeBlocking { transaction in
                try SegmentRefreshes(world.workspace)
                    .startDaily(by: world.context(), in: transaction)
            }
        }
        try world.database.writeBlocking { transaction in
            try ListStore(world.workspace)
                .delete(world.newsletter.id, by: world.context(), in: transaction)
        }
        let task = try #require(try daily())
        try await ground.work()
        #expect(try ground.counts(french) == [3])
        let record = try world.database.readBlocking {
            try TaskStore(world.workspace).task(task, in: $0)
        }
        #expect(record.status == .error)
        let words = "Segmentations: 1. Changes: 3. readers was left as it was: the search is wrong"
        #expect(record.outcome?.hasPrefix(words) == true, "\(record.outcome ?? "")")
        world.time.advance(by: .hours(2))
        #expect(try daily() == nil)
        world.time.advance(by: .hours(22))
        #expect(try daily() != nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `a deleted person leaves its segments, a deleted segmentation its members`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let french = try ground.simple()
        try await ground.refresh(french)
        let profile = try #require(try ground.world.profile(ground.people[0]))
        let chapters = try ground.world.database.readBlocking {
            try Dossier().chapters(of: profile, in: $0)
        }
        let entries = chapters.first { $0.title == "Segments" }?.entries ?? []
        #expect(entries.map(\.kind) == ["segment", "transition"])
        try ground.world.erase(ground.people[0])
        #expect(try ground.counts(french) == [2])
        #expect(try ground.transitions().count == 3)
        try ground.world.database.writeBlocking { transaction in
            try ground.store.delete(french.id, in: transaction)
        }
        #expect(try ground.memberships(of: ground.people[1]) == 0)
        #expect(try ground.clear() == [2, 1, 0])
        #expect(try ground.world.rows("SELECT profile_id FROM segment_member").isEmpty)
        #expect(try ground.world.rows("SELECT id FROM segment").isEmpty)
        #expect(try ground.simple().id != french.id)
    }

    @Test(arguments: TestEngine.allCases)
    func `a membership of a segmentation that is gone does not spoil the dossier`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        try ground.world.database.writeBlocking { transaction in
            try transaction.execute(
                """
                INSERT INTO segment_member (workspace_id, segmentation_id, profile_id, segment_id)
                VALUES ($1, 99, $2, 99)
                """,
                [ground.world.workspace, ground.people[0]]
            )
        }
        #expect(try ground.memberships(of: ground.people[0]) == 0)
    }

    @Test func `a deletion waits for the range that a refresh is writing`() async throws {
        let ground = try Ground(.postgres)
        let french = try ground.simple()
        let world = ground.world
        let range = HeldTransaction(in: world.database)
        try range.perform { transaction in
            try ground.store.hold(french.id, in: transaction)
            try transaction.execute(
                """
                INSERT INTO segment_member (workspace_id, segmentation_id, profile_id, segment_id)
                VALUES ($1, $2, $3, 1)
                """,
                [world.workspace, french.id, ground.people[0]]
            )
        }
        async let deletion: Void = world.database.write { transaction in
            try ground.store.delete(french.id, in: transaction)
        }
        let waiting = """
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        _ = try await until {
            try world.rows(waiting)
        } holds: {
            !$0.isEmpty
        }
        try range.commit()
        try await deletion
        _ = try ground.clear()
        #expect(try world.rows("SELECT profile_id FROM segment_member").isEmpty)
    }

    @Test func `definitions that make no sense are refused`() throws {
        let all = SearchExpression.everyone
        let bad: [SegmentationDefinition] = [
            SegmentationDefinition(name: "a b", kind: .simple, segments: [NewSegment(all)]),
            SegmentationDefinition(name: "a", kind: .simple, segments: []),
            SegmentationDefinition(
                name: "a",
                kind: .simple,
                segments: [NewSegment(all)],
                defaultSegment: "x"
            ),
            SegmentationDefinition(name: "a", kind: .exclusive, segments: [NewSegment(all)]),
            SegmentationDefinition(
                name: "a",
                kind: .exclusive,
                segments: [NewSegment("x", all), NewSegment("X", all)]
            ),
            SegmentationDefinition(
                name: "a",
                kind: .exclusive,
                segments: [NewSegment("x", all)],
                defaultSegment: "x"
            ),
        ]
        for definition in bad {
            #expect(try audienceError { try SegmentationRules.check(definition) } != nil)
        }
    }
}
