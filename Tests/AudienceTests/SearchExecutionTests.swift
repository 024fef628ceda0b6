// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import Tasks
import TestSupport
import Testing

@testable import Audience

/// Searches that are executed as tasks.
@Suite struct SearchExecutionTests {
    /// Seven people, five of whom speak French: the first is subscribed, the second was once.
    private struct Ground {
        let world: World
        let search: SearchID
        let failpoints = FailpointRecorder()
        var executions: SearchExecutions { SearchExecutions(world.workspace) }

        init(_ engine: TestEngine) throws {
            let world = try World(engine)
            let ids = try (1...7).map { number in
                try world.create(["userId": "u\(number)", "language": number < 6 ? "fr" : "nl"]).id
            }
            _ = try world.subscribe(true, ids[0], world.newsletter)
            _ = try world.subscribe(true, ids[1], world.newsletter)
            _ = try world.subscribe(false, ids[1], world.newsletter)
            search = try world.database.writeBlocking { transaction in
                try SearchStore(world.workspace, SearchCompiler()).create(
                    name: "French",
                    over: world.table,
                    SearchExpression(["attribute": "language", "is": "fr"]),
                    by: world.context(),
                    in: transaction
                ).id
            }
            self.world = world
        }

        func start(_ list: MailingList? = nil) throws -> TaskID {
            try world.database.writeBlocking { transaction in
                try executions.start(
                    search,
                    filling: list?.id,
                    SearchCompiler(),
                    by: world.context(),
                    in: transaction
                )
            }
        }

        func work() async throws {
            try await Worker(
                database: world.database,
                jobs: [SearchCountJob(SearchCompiler(), chunk: 2)],
                randomness: SeededRandomness(),
                failpoints: failpoints.failpoints,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).runUntilIdle()
        }

        func task(_ id: TaskID) throws -> TaskRecord {
            try world.database.readBlocking { try TaskStore(world.workspace).task(id, in: $0) }
        }

        func listed(_ id: TaskID) throws -> [SQLValue] {
            try world.rows(
                """
                SELECT found, subscribed FROM search_execution
                WHERE workspace_id = $1 AND task_id = $2
                """,
                [world.workspace, id]
            ).first ?? []
        }

        func subscribed(_ list: MailingList) throws -> [SQLValue] {
            try world.rows(
                """
                SELECT profile_id FROM subscription WHERE list_id = $1 AND is_subscribed
                ORDER BY profile_id
                """,
                [list.id]
            ).map { $0[0] }
        }

        func changes() throws -> [[SQLValue]] {
            try world.rows(
                """
                SELECT profile_id, is_subscribed, change_source, collection_way, stamp
                FROM subscription_change ORDER BY id
                """
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a search is counted and touches nobody`(_ engine: TestEngine) async throws {
        let ground = try Ground(engine)
        let before = try ground.changes()
        let id = try ground.start()
        #expect(try ground.listed(id) == [.null, .null])
        try await ground.work()
        let task = try ground.task(id)
        #expect(task.status == .completed && task.outcome == "Profiles found: 5.")
        #expect(try task.result() == SearchLedger(found: 5))
        #expect(try ground.listed(id) == [.integer(5), .null])
        #expect(try ground.changes() == before)
    }

    @Test(arguments: TestEngine.allCases)
    func `a list is filled with all that a search finds, and whoever was on it is left alone`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let world = ground.world
        let before = try ground.changes()
        let untouched = try world.profile(ProfileID(1))
        world.time.advance(by: .minutes(1))
        let id = try ground.start(world.newsletter)
        try await ground.work()
        let task = try ground.task(id)
        #expect(task.status == .completed)
        #expect(task.outcome == "Profiles found: 5. Subscribed: 4, before: 1.")
        #expect(try task.result() == SearchLedger(found: 5, subscribed: 4, already: 1))
        #expect(try ground.listed(id) == [.integer(5), .integer(4)])
        #expect(try ground.subscribed(world.newsletter) == (1...5).map { .integer($0) })
        let changes = try ground.changes().dropFirst(before.count)
        #expect(changes.map { $0[0] } == (2...5).map { .integer($0) })
        for change in changes {
            #expect(change[1] == .integer(1) && change[2] == .text("api"))
            #expect(change[3] == .text("search \(ground.search)"))
            guard case .integer(let profile) = change[0] else { continue }
            let stamped = try world.profile(ProfileID(profile))
            #expect(stamped?.updatedStamp.sql == change[4])
            #expect(stamped?.updatedAt == world.time.now())
        }
        #expect(try world.profile(ProfileID(1)) == untouched)
        // Once more: nobody is left to subscribe.
        let again = try ground.start(world.newsletter)
        try await ground.work()
        #expect(try ground.task(again).result() == SearchLedger(found: 5, already: 5))
        #expect(try ground.changes().count == before.count + 4)
    }

    @Test(arguments: TestEngine.allCases)
    func `a filling that crashes between chunks goes on behind them`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        let club = ground.world.club
        let id = try ground.start(club)
        ground.failpoints.arm("search.chunk", pass: 2)
        try await ground.work()
        #expect(try ground.task(id).status == .executing)
        #expect(try ground.subscribed(club).count == 4)
        ground.world.time.advance(by: .minutes(2))
        try await ground.work()
        #expect(try ground.task(id).result() == SearchLedger(found: 5, subscribed: 5))
        #expect(try ground.subscribed(club).count == 5)
        let standing = try ground.world.rows(
            "SELECT is_confirmed FROM subscription WHERE list_id = $1",
            [club.id]
        )
        // The club wants confirmations, which a search does not give.
        #expect(standing == Array(repeating: [.integer(0)], count: 5))
    }

    @Test(arguments: TestEngine.dialects)
    func `a list that is gone, or of another table, is refused`(
        _ engine: TestEngine
    ) async throws {
        let ground = try Ground(engine)
        var other = ground.world.club
        other.id = ListID(99)
        #expect(throws: AudienceError.self) { try ground.start(other) }
        let id = try ground.start(ground.world.club)
        try ground.world.database.writeBlocking { transaction in
            try ListStore(ground.world.workspace).delete(
                ground.world.club.id,
                by: ground.world.context(),
                in: transaction
            )
        }
        try await ground.work()
        #expect(try ground.task(id).status == .fatal)
    }
}
