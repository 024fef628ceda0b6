// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@Suite struct ListingTests {
    private func ids(
        _ listing: Listing,
        _ world: World,
        _ filters: [ListingFilter] = [],
        sort: String? = nil
    ) throws -> [Int64] {
        var found: [Int64] = []
        let query = ListingQuery(filters: filters, sort: sort)
        let next = try world.read { connection in
            try listing.page(query, in: World.workspace, from: connection) { cursor in
                found.append(cursor.integer(0))
            }
        }
        #expect(next == nil)
        return found
    }

    @Test(arguments: TestEngine.allCases)
    func `scheduled sends, messages, contacts and bounces are listed`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(3)
        let list = try world.list(of: people)
        let first = try world.schedule(to: list)
        try await world.work(BouncingTransport())
        let second = try world.schedule(to: list, at: world.now + .days(1))
        let third = try world.schedule(to: list, at: world.now + .hours(1))
        try world.change(third, ScheduledSendChange(isCancelled: true))
        try await world.work()
        let sends = ScheduledSendStore.listing
        let all = [first, second, third].map(\.id.value)
        #expect(try ids(sends, world) == all)
        #expect(try ids(sends, world, [.equals("list", list.id.sql)]) == all)
        #expect(try ids(sends, world, [.equals("channel", .text("sms"))]).isEmpty)
        #expect(try ids(sends, world, [.equals("completed", .boolean(true))]) == [all[0]])
        #expect(try ids(sends, world, [.equals("cancelled", .boolean(true))]) == [all[2]])
        #expect(try ids(sends, world, [.equals("message", second.message.sql)]) == [all[1]])
        #expect(try ids(sends, world, sort: "scheduledAt") == [all[0], all[2], all[1]])
        #expect(try ids(sends, world, sort: "endedAt").first == all[1])
        _ = try world.message()
        #expect(try ids(MessageStore.listing, world, [.equals("used", .boolean(true))]).count == 3)
        #expect(try ids(MessageStore.listing, world).count == 4)
        let task = ListingFilter.equals("task", first.id.sql)
        let contacts = try world.interactions(first.send).map(\.id.value)
        #expect(try ids(SendStore.contacts, world, [task]) == contacts)
        #expect(try ids(ActivityStore.bounces, world, [task]).count == contacts.count)
        let channel = ListingFilter.equals("channel", .text("email"))
        let person = ListingFilter.equals("profile", people[1].sql)
        #expect(try ids(SendStore.contacts, world, [channel, person]) == [contacts[1]])
        #expect(try ids(ActivityStore.bounces, world, [.equals("task", second.id.sql)]).isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `filters that lists are read by are ranges of an index`(_ engine: TestEngine) throws {
        let statements = StatementLog()
        let database = try engine.open(migrations: World.migrations, record: statements.record)
        let cases: [(Listing, ListingFilter)] =
            ["list", "search", "message", "author"].map {
                (ScheduledSendStore.listing, .equals($0, .integer(1)))
            }
            + [
                (ScheduledSendStore.listing, .equals("channel", .text("sms"))),
                (ScheduledSendStore.listing, .equals("cancelled", .boolean(false))),
                (ScheduledSendStore.listing, .equals("completed", .boolean(false))),
                (MessageStore.listing, .equals("channel", .text("sms"))),
                (SendStore.contacts, .equals("task", .integer(1))),
                (SendStore.contacts, .equals("profile", .integer(1))),
                (ActivityStore.bounces, .equals("task", .integer(1))),
                (ActivityStore.bounces, .equals("profile", .integer(1))),
                (ActivityStore.clicks, .equals("id", .integer(1))),
                (ActivityStore.openings, .equals("profile", .integer(1))),
            ]
        for (listing, filter) in cases {
            statements.clear()
            let query = ListingQuery(filters: [filter])
            guard case .equals(_, let value) = filter else { continue }
            let values: [any SQLConvertible] = [World.workspace, value, query.limit + 1]
            _ = try database.readBlocking { connection in
                try listing.page(query, in: World.workspace, from: connection) { _ in }
            }
            let sql = try #require(statements.statements(with: "LIMIT").last)
            let plan = try database.readBlocking { connection in
                try engine.plan(of: sql, values, isLarge: true, in: connection)
            }
            #expect(plan.scans.isEmpty, "\(filter): \(plan)")
        }
    }
}
