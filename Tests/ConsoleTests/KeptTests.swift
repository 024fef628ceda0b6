// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging
import Synchronization
import TestSupport
import Testing

@testable import Console

/// What takes long to find out is found out beside pages, and kept for a while.
struct KeptTests {
    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    @Test func `a value is found out once for its time, and anew behind it`() async throws {
        let kept = Kept<Int, Int>(for: .minutes(1))
        let counter = Counter()
        let start = Instant(seconds: 1_000)
        func value(_ key: Int, _ later: Span) async throws -> Int {
            try await kept.value(of: key, at: start + later) {
                counter.next()
            }
        }
        #expect(try await value(1, .zero) == 1)
        #expect(try await value(1, .seconds(59)) == 1)
        #expect(try await value(2, .zero) == 2)
        #expect(try await value(1, .minutes(1)) == 3)
    }

    @Test func `what cannot be found out is asked for again`() async throws {
        let kept = Kept<Int, Int>(for: .minutes(1))
        let now = Instant(seconds: 1_000)
        await #expect(throws: PageError.self) {
            try await kept.value(of: 1, at: now) { throw PageError.notFound("number") }
        }
        #expect(try await kept.value(of: 1, at: now) { 7 } == 7)
    }

    /// A send to a list of people that begins in an hour.
    private func send(_ ground: ConsoleGround, to count: Int) async throws -> ScheduledSendID {
        try await ground.write { [workspace = ground.workspace.id] transaction, context in
            let table = try ProfileTableStore(workspace).table(named: "profiles", in: transaction)
            let list = try ListStore(workspace)
                .create(name: "news", table: table.id, by: context, in: transaction)
            for number in 1...count {
                let person = try ProfileStore(table).create(
                    values: ["emailAddress": "p\(number)@example.org"],
                    by: context,
                    in: transaction
                ).profile
                try SubscriptionStore(workspace).set(
                    true,
                    of: person.id,
                    on: list,
                    Collection(),
                    table: table,
                    by: context,
                    in: transaction
                )
            }
            let content = EmailContent(
                senderAddress: "news@example.org",
                variant: EmailVariant(subject: "Hello", html: "<p>Hello</p>")
            )
            let message = try MessageStore(workspace)
                .create(name: "M", .email(content), author: nil, by: context, in: transaction)
            let new = NewScheduledSend(
                "S",
                channel: .email,
                message: message.id,
                list: list.id,
                search: nil,
                scheduledAt: context.moment + .hours(1),
                rate: nil
            )
            return try ScheduledSendStore(workspace)
                .create(new, by: context, in: transaction).id
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `the forecast of a send comes beside its page`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let id = try await send(ground, to: 3)
        let place = "/console/sends/\(id)"
        let page = await ground.page(place, by: manager)
        #expect(page.contains("data-live=\"\(place)/forecast\""))
        #expect(!page.contains("Will get it"))
        let forecast = try await ground.live("\(place)/forecast", by: manager)
        #expect(forecast.contains("Will get it") && forecast.contains("<dd>3</dd>"))
        let author = try await ground.cookie(.author)
        #expect(await ground.ask("\(place)/forecast", cookie: author).status == 404)
    }
}
