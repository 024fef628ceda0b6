// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Audience

/// Standings that are written many at once.
@Suite struct StandingTests {
    @Test(arguments: TestEngine.allCases)
    func `many standings are written in bulk, as one by one`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let people = try (1...20).map { try world.create(["userId": "u\($0)"]).id }
        for person in people.prefix(10) { _ = try world.subscribe(true, person, world.club) }
        try world.database.writeBlocking { transaction in
            _ = try SubscriptionStore(world.workspace).confirm(
                people[0],
                on: world.club,
                table: world.table,
                by: world.context(),
                in: transaction
            )
        }
        world.time.advance(by: .hours(1))
        world.statements.clear()
        let changes = people.enumerated().map { ($0.element, $0.offset >= 10) }
        try world.database.writeBlocking { transaction in
            try SubscriptionStore(world.workspace).write(
                changes,
                on: world.club,
                Collection(source: "file", way: nil, moment: nil),
                table: world.table,
                by: world.context(.fileImport),
                in: transaction
            )
        }
        #expect(
            world.statements.statements(with: "INSERT INTO subscription", "ON CONFLICT").isEmpty
        )
        let standings = try people.map { person in
            try world.database.readBlocking {
                try SubscriptionStore(world.workspace).all(of: person, in: $0)
            }
        }
        #expect(standings.allSatisfy { $0.count == 1 })
        let all = standings.flatMap { $0 }
        #expect(all.map(\.isSubscribed) == changes.map(\.1))
        #expect(all.map(\.isConfirmed) == people.indices.map { $0 == 0 })
        #expect(all.allSatisfy { $0.changedAt == world.time.now() })
        #expect(all.allSatisfy { $0.collection == Collection(source: "file") })
        let records = try world.rows("SELECT profile_id FROM subscription_change")
        #expect(records.count == 30)
    }
}
