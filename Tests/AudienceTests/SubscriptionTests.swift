// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

struct SubscriptionTests {
    private func standing(_ world: World, _ profile: ProfileID) throws -> [Subscription] {
        try world.database.readBlocking {
            try SubscriptionStore(world.workspace).all(of: profile, in: $0)
        }
    }

    private func confirm(_ world: World, _ profile: ProfileID) throws -> Bool {
        try world.database.writeBlocking { transaction in
            try SubscriptionStore(world.workspace).confirm(
                profile,
                on: world.club,
                table: world.table,
                by: world.context(.form),
                in: transaction
            )
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `each change leaves its record and touches the profile`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let id = try world.create(["userId": "u1"]).id
        world.time.advance(by: .minutes(1))
        #expect(try !world.subscribe(false, id, world.newsletter))
        #expect(try world.profile(id)?.updatedAt == ManualTime.monday)
        #expect(try world.subscribe(true, id, world.newsletter))
        #expect(try !world.subscribe(true, id, world.newsletter))
        #expect(try world.subscribe(false, id, world.newsletter))
        #expect(try world.profile(id)?.updatedAt == world.time.now())
        let records = try world.rows(
            """
            SELECT is_subscribed, profile_id, list_id, collection_source, collection_way,
                change_source, stamp
            FROM subscription_change ORDER BY id
            """
        )
        #expect(records.map { $0[0] } == [.integer(1), .integer(0)])
        for record in records {
            #expect(
                Array(record[1...5]) == [
                    id.sql, world.newsletter.id.sql, .text("shop"), .text("form 12"), .text("form"),
                ]
            )
        }
        #expect(records[0][6] != records[1][6])
        #expect(try world.profile(id)?.updatedStamp.sql == records[1][6])
    }

    @Test(arguments: TestEngine.allCases)
    func `confirmed never goes back`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let id = try world.create(["userId": "u1"]).id
        #expect(try !confirm(world, id))
        _ = try world.subscribe(true, id, world.club)
        #expect(try standing(world, id).map(\.isConfirmed) == [false])
        #expect(try confirm(world, id))
        #expect(try !confirm(world, id))
        for isSubscribed in [false, true] {
            _ = try world.subscribe(isSubscribed, id, world.club)
            #expect(try standing(world, id).map(\.isConfirmed) == [true])
            #expect(try standing(world, id).map(\.isSubscribed) == [isSubscribed])
        }
        _ = try world.subscribe(true, id, world.newsletter)
        #expect(try standing(world, id).map(\.isConfirmed) == [true, true])
    }

    @Test(arguments: TestEngine.allCases)
    func `a profile that is gone gets no standing`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let error = try audienceError {
            _ = try world.subscribe(true, ProfileID(5), world.newsletter)
        }
        #expect(error == .noSuchProfile("5"))
        #expect(try world.rows("SELECT profile_id FROM subscription").isEmpty)
        #expect(try world.rows("SELECT profile_id FROM subscription_change").isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `two connections that subscribe at once leave one record`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let id = try world.create(["userId": "u1"]).id
        let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await world.database.blocking {
                        try world.subscribe(true, id, world.newsletter)
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(changed == 1)
        #expect(try world.rows("SELECT id FROM subscription_change").count == 1)
    }
}
