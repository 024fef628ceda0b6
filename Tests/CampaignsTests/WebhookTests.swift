// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Synchronization
import Tasks
import TestSupport
import Testing

@Suite struct WebhookTests {
    @Test(arguments: TestEngine.allCases)
    func `the end of a task is told once, signed, with its ledger`(
        _ engine: TestEngine
    ) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/ok")
        let task = try await world.end()
        #expect(try world.deliveries(id).map(\.task.status) == [.new])
        try await world.deliver()
        let request = try #require(try world.receiver.requests().first)
        #expect(try world.receiver.requests().count == 1)
        #expect(request.isSigned)
        let delivery = try #require(try world.deliveries(id).first)
        #expect(request.headers["webhook-id"] == "msg_1_\(delivery.task.id)")
        let body = try JSONText.decode(JSONValue.self, from: request.body)
        let moment = JSONValue.string(world.time.now().description)
        #expect(
            body == [
                "type": "task.completed", "timestamp": moment,
                "data": [
                    "id": .integer(task.value), "type": "work", "info": "people.csv",
                    "status": "completed", "outcome": "3 rows.", "ledger": ["rows": 3],
                    "started": moment, "finished": moment,
                ],
            ]
        )
        #expect(delivery.ended == task && delivery.httpStatus == 200)
        #expect(delivery.deliveredAt == world.time.now())
        #expect(delivery.nextTry == nil && delivery.lastError == nil)
        #expect(delivery.task.status == .completed)
        // The end of the delivery is told to nobody.
        try await world.deliver()
        #expect(try world.deliveries(id).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a failing receiver is tried again, later and later, with the same id`(
        _ engine: TestEngine
    ) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/fail/2")
        try await world.end()
        try await world.deliver()
        let first = try #require(try world.deliveries(id).first)
        #expect(first.httpStatus == 500 && first.lastError == "The receiver answered 500.")
        #expect(first.task.attempts == 1)
        let pause = try #require(first.nextTry) - world.time.now()
        #expect(pause >= .minutes(10) && pause < .seconds(750))
        try await world.deliver()
        #expect(try world.receiver.requests().count == 1)
        for _ in 0..<2 {
            world.time.set(try #require(try world.deliveries(id).first?.nextTry))
            try await world.deliver()
        }
        let last = try #require(try world.deliveries(id).first)
        #expect(last.deliveredAt == world.time.now() && last.httpStatus == 204)
        #expect(last.task.attempts == 3 && last.lastError == nil)
        let requests = try world.receiver.requests()
        #expect(requests.count == 3 && requests.allSatisfy(\.isSigned))
        #expect(Set(requests.map { $0.headers["webhook-id"] }).count == 1)
        #expect(Set(requests.map { $0.headers["webhook-timestamp"] }).count == 3)
        #expect(Set(requests.map(\.body)).count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `after eight attempts over about a day it is given up`(_ engine: TestEngine) async throws {
        let world = try WebhookWorld(engine)
        let start = world.time.now()
        let id = try world.webhook("/fail/100")
        try await world.end()
        try await world.deliver()
        while let next = try world.deliveries(id).first?.nextTry {
            world.time.set(next)
            try await world.deliver()
        }
        let last = try #require(try world.deliveries(id).first)
        #expect(last.task.status == .fatal && last.task.attempts == 8)
        #expect(last.lastError == "The receiver answered 500.")
        #expect(try world.receiver.requests().count == 8)
        let length = world.time.now() - start
        #expect(length > .hours(20) && length < .hours(28))
        #expect(try world.state(id)?.isActive == true)
    }

    @Test(arguments: TestEngine.allCases)
    func `a receiver that is gone switches its webhook off`(_ engine: TestEngine) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/gone")
        try await world.end()
        try await world.end()
        try await world.deliver()
        #expect(try world.state(id)?.isActive == false)
        #expect(try world.receiver.requests().count == 1)
        let deliveries = try world.deliveries(id)
        #expect(deliveries.map(\.task.status) == [.completed, .error])
        #expect(deliveries.map(\.httpStatus) == [nil, 410])
        #expect(deliveries[0].lastError?.contains("nothing was sent") == true)
        try await world.end()
        #expect(try world.deliveries(id).count == 2)
    }

    @Test(arguments: TestEngine.dialects)
    func `only the types that were asked for are told, and nothing while it is off`(
        _ engine: TestEngine
    ) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/ok", ["send", "work"])
        let other = TaskType(name: "other", displayName: "Other", queue: "work")
        try await world.end(other)
        #expect(try world.deliveries(id).isEmpty)
        try await world.end()
        #expect(try world.deliveries(id).count == 1)
        var webhook = try #require(try world.state(id))
        webhook.isActive = false
        try world.database.writeBlocking { [webhook] in try world.store.update(webhook, in: $0) }
        try await world.end()
        try await world.deliver()
        #expect(try world.receiver.requests().isEmpty)
        webhook.isActive = true
        webhook.types = ["other"]
        try world.database.writeBlocking { [webhook] in try world.store.update(webhook, in: $0) }
        try await world.end(other)
        try await world.deliver()
        #expect(try world.receiver.requests().count == 1)
        try world.database.writeBlocking { try world.store.delete(id, in: $0) }
        try await world.end(other)
        try await world.deliver()
        #expect(try world.receiver.requests().count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a crash behind the answer repeats the message with its id, and makes no other`(
        _ engine: TestEngine
    ) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/ok")
        try await world.end()
        world.failpoints.arm("webhook.answered")
        try await world.deliver()
        #expect(try world.deliveries(id).map(\.task.status) == [.executing])
        world.time.advance(by: .minutes(2))
        try await world.deliver()
        let deliveries = try world.deliveries(id)
        #expect(deliveries.count == 1 && deliveries.first?.deliveredAt == world.time.now())
        let requests = try world.receiver.requests()
        #expect(requests.count == 2)
        #expect(Set(requests.map { $0.headers["webhook-id"] }).count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `a receiver that does not answer in time is tried again`(_ engine: TestEngine) async throws
    {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/silent")
        try await world.end()
        try await world.deliver(limit: .seconds(2))
        let delivery = try #require(try world.deliveries(id).first)
        #expect(delivery.httpStatus == nil && delivery.nextTry != nil)
        #expect(delivery.lastError?.contains("timed out") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `this machine is refused at the delivery unless the workspace allows it`(
        _ engine: TestEngine
    ) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/ok")
        world.mayStayInside.withLock { $0 = false }
        try await world.end()
        try await world.deliver()
        let refused = try #require(try world.deliveries(id).first)
        #expect(refused.task.status == .fatal && refused.httpStatus == nil)
        #expect(refused.lastError?.contains("must not go") == true)
        #expect(try world.receiver.requests().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `a test goes to a webhook that is off too`(_ engine: TestEngine) async throws {
        let world = try WebhookWorld(engine)
        let id = try world.webhook("/ok")
        var webhook = try #require(try world.state(id))
        webhook.isActive = false
        try world.database.writeBlocking { [webhook] transaction in
            try world.store.update(webhook, in: transaction)
            _ = try world.store.test(id, by: world.context, in: transaction)
        }
        try await world.deliver()
        let request = try #require(try world.receiver.requests().first)
        #expect(request.isSigned && request.body.contains("\"webhook.test\""))
        #expect(try world.deliveries(id).first?.ended == nil)
    }

    @Test(arguments: [
        "", "example.org", "ftp://example.org/", "http://", "https://u:p@example.org/",
        "https://example.org/#a", "javascript:alert(1)", "https:///path",
    ])
    func `what is no address is refused`(url: String) throws {
        let world = try WebhookWorld(.memory)
        #expect(throws: CampaignError.self) {
            try world.database.writeBlocking { transaction in
                _ = try world.store.create(url: url, by: world.context, in: transaction)
            }
        }
    }
}
