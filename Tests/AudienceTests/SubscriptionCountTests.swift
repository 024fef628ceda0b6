// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Audience

/// How many are subscribed, without reading the subscriptions of a large list at each question.
struct SubscriptionCountTests {
    private func people(_ world: World, _ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            let id = try world.create(["userId": "u\(number)"]).id
            _ = try world.subscribe(true, id, world.newsletter)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a small list is counted anew and a large one after a minute`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let counts = SubscriptionCounts(many: 3)
        func count() throws -> [ListID: Int] {
            try world.database.readBlocking { connection in
                try counts.counts(
                    of: [world.newsletter.id, world.club.id],
                    world.workspace,
                    at: world.time.now(),
                    in: connection
                )
            }
        }
        #expect(try count() == [world.newsletter.id: 0, world.club.id: 0])
        try people(world, 1...2)
        #expect(try count()[world.newsletter.id] == 2)
        try people(world, 3...3)
        #expect(try count()[world.newsletter.id] == 3)
        try people(world, 4...4)
        #expect(try count()[world.newsletter.id] == 3)
        world.time.advance(by: .minutes(1))
        #expect(try count() == [world.newsletter.id: 4, world.club.id: 0])
    }
}
