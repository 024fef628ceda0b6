// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Tasks

@Suite struct DeliveryTests {
    @Test(arguments: TestEngine.allCases)
    func `everyone gets one mail, in their language, and the ledger closes`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let ann = try world.person("ann@example.com", ["firstName": "Ann", "language": "fr"])
        let bob = try world.person("bob@example.com", ["firstName": "Bob", "language": "nl"])
        let who = try world.person("who@example.com")
        let send = try await world.send(world.campaign(), to: [ann, bob, who])
        #expect(
            try world.outboxRecipients()
                == ["ann@example.com", "bob@example.com", "who@example.com"]
        )
        let mails = try world.outboxFiles().map(world.mail)
        #expect(mails.count { $0.contains("Subject: Bonjour Ann\r\n") } == 1)
        #expect(mails.count { $0.contains("Subject: Hello Bob\r\n") } == 1)
        #expect(mails.count { $0.contains("Subject: Hello friend\r\n") } == 1)
        let ledger = try world.ledger(send)
        #expect(ledger.targeted == 3)
        #expect(ledger.sent == 3)
        #expect(ledger.closes)
        let ids = try world.interactions(send).map { "1.\($0.id)@sender.example" }
        for (file, id) in zip(try world.outboxFiles(), ids.sorted()) {
            #expect(file == "2026-03-02/\(id).eml")
            #expect(try world.mail(file).contains("<\(id)>"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a campaign of several groups reaches each once and shows its progress`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(450)
        let started = try world.start(world.campaign(), to: people + people)
        try await world.work()
        #expect(try world.outboxFiles().count == 450)
        #expect(Set(try world.outboxRecipients()).count == 450)
        let task = try world.task(started.task)
        #expect(task.status == .completed)
        #expect(task.progressDone == 450)
        #expect(try task.result() == world.ledger(started.send))
        #expect(task.outcome?.hasPrefix("450 targeted, 450 sent, 0 not sent") == true)
    }

    @Test(arguments: TestEngine.dialects)
    func `a refusal for now is tried again after its pause`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let people = try [world.person("later-ann@example.com"), world.person("bob@example.com")]
        let started = try world.start(world.campaign(), to: people)
        try await world.work(server.transport())
        #expect(try server.recipients() == ["bob@example.com"])
        let waiting = try world.task(started.task)
        #expect(waiting.status == .new)
        #expect(waiting.runAt == world.now + .minutes(1))
        #expect(waiting.waitReason == "some messages were refused for now")
        #expect(try await world.work(server.transport()) == 0)
        try await world.finish(started.task, server.transport())
        #expect(try world.ledger(started.send).inError == ["EMAIL_SENDING_ERROR": 1])
        #expect(try world.interactions(started.send).map(\.attempts) == [5, 1])
        #expect(world.now == ManualTime.monday + .minutes(1 + 4 + 16 + 64))
        #expect(try world.task(started.task).status == .error)
        #expect(try server.recipients() == ["bob@example.com"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a relay that comes back takes what it had refused`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let away = try MailServer()
        let transport = try away.transport()
        away.stop()
        let started = try world.start(world.campaign(), to: try world.people(3))
        try await world.work(transport)
        #expect(try world.ledger(started.send).pending == 3)
        world.time.advance(by: .minutes(1))
        let server = try MailServer()
        try await world.work(server.transport())
        #expect(try server.recipients().count == 3)
        #expect(try world.ledger(started.send).sent == 3)
        #expect(try world.task(started.task).status == .completed)
    }

    @Test(arguments: TestEngine.dialects)
    func `what a relay refused for now is accepted at a later try, once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer("--later-once")
        let transport = try server.transport()
        let people = try [world.person("later-ann@example.com"), world.person("bob@example.com")]
        let started = try world.start(world.campaign(), to: people)
        try await world.work(transport)
        #expect(try world.ledger(started.send).pending == 1)
        try await world.finish(started.task, transport)
        #expect(try world.ledger(started.send).sent == 2)
        #expect(try world.interactions(started.send).map(\.attempts) == [2, 1])
        #expect(try server.recipients() == ["bob@example.com", "later-ann@example.com"])
        #expect(world.now == ManualTime.monday + .minutes(1))
    }

    @Test(arguments: TestEngine.dialects)
    func `what each answer of a relay means`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        // A small mail is written whole before the cut shows: the relay may have it.
        let names = ["never", "unwanted", "busy", "silent", "cut", "ok"]
        let people = try names.map { try world.person("\($0)-x@example.com") }
        let started = try world.start(world.campaign(), to: people)
        try await world.work(server.transport())
        let states = try world.interactions(started.send).map(\.state)
        #expect(states == [.sent, .sent, .retry, .inDoubt, .inDoubt, .sent])
        let statuses = try world.interactions(started.send).map(\.category)
        #expect(statuses == ["HARD_BOUNCE", "HARD_BOUNCE", nil, nil, nil, nil])
        try await world.finish(started.task, server.transport())
        let ledger = try world.ledger(started.send)
        #expect(ledger.sent == 3)
        #expect(ledger.bounced == 2)
        #expect(ledger.inDoubt == 2)
        #expect(ledger.inError == ["EMAIL_SENDING_ERROR": 1])
        #expect(ledger.closes)
        #expect(try server.recipients() == ["silent-x@example.com", "ok-x@example.com"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a refused sender is no bounce, and is tried as often as a relay that is away`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        var content = World.content
        content.senderAddress = "refused-news@sender.example"
        let send = try await world.send(
            world.campaign(content: content),
            to: world.people(2),
            by: server.transport()
        )
        #expect(try world.ledger(send).inError == ["EMAIL_SENDING_ERROR": 2])
        #expect(try world.ledger(send).bounced == 0)
        #expect(try world.interactions(send).map(\.attempts) == [5, 5])
    }

    @Test(arguments: TestEngine.dialects)
    func `a relay that is slower than the claim's deadline still gets everything`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try World(engine)
        let slow = SlowTransport(world: world, perMail: .milliseconds(300))
        let started = try world.start(world.campaign(), to: try world.people(50))
        try await world.work(slow)
        #expect(try world.task(started.task).status == .completed)
        #expect(try world.ledger(started.send).sent == 50)
        #expect(try world.outboxFiles().count == 50)
    }

    @Test(arguments: TestEngine.allCases)
    func `after a stop nothing leaves, and the three lists add up`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(450))
        let stopping = StoppingTransport(world: world, task: started.task)
        try await world.work(stopping)
        let ledger = try world.ledger(started.send)
        #expect(ledger.sent == 200)
        #expect(ledger.stopped == 250)
        #expect(ledger.pending == 0)
        #expect(ledger.closes)
        #expect(try world.outboxFiles().count == 200)
        let task = try world.task(started.task)
        #expect(task.status == .completed)
        #expect(task.outcome?.hasPrefix("Stopped by ann: 450 targeted, 200 sent") == true)
        world.time.advance(by: .hours(5))
        #expect(try await world.work() == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `a send that has not begun, or waits for its next try, closes when it is stopped`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(3)
        let fresh = try world.start(world.campaign(), to: people)
        try world.write { try world.tasks.stop(fresh.task, by: world.context, in: $0) }
        let waiting = try world.start(world.campaign("Other"), to: people)
        let server = try MailServer("--refuse-connection")
        try await world.work(server.transport())
        #expect(try world.task(waiting.task).waitReason != nil)
        try world.write { try world.tasks.stop(waiting.task, by: world.context, in: $0) }
        try await world.work()
        for started in [fresh, waiting] {
            #expect(try world.ledger(started.send).stopped == 3)
            #expect(try world.ledger(started.send).closes)
            #expect(try world.task(started.task).status == .completed)
        }
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `counts of the ledger are those of the interactions, line by line`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        var people = try ["never", "silent", "cut", "ok"].map { try world.person("\($0)-x@e.org") }
        people += [try world.person(nil), try world.person("not an address")]
        let send = try await world.send(world.campaign(), to: people, by: server.transport())
        let ledger = try world.ledger(send)
        let all = try world.interactions(send)
        #expect(ledger.targeted == all.count)
        #expect(ledger.sent == all.count { $0.state == .sent })
        #expect(ledger.notSent == all.count { $0.state != .sent })
        #expect(ledger.inDoubt == all.count { $0.state == .inDoubt })
        #expect(ledger.filteredTotal == all.count { $0.category == "FILTERED" })
        #expect(ledger.inErrorTotal == all.count { $0.category == "IN_ERROR" })
        #expect(ledger.targeted == ledger.sent + ledger.notSent)
        #expect(ledger.lines.first { $0.label == "Not sent" }?.count == ledger.notSent)
    }
}

/// The outbox behind a line that takes time for each mail.
private struct SlowTransport: MessageTransport {
    let world: World
    let perMail: Span

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        var results: [DeliveryResult] = []
        for mail in batch {
            results += await world.outbox.deliver([mail], mayStart: mayStart)
            world.time.advance(by: perMail)
        }
        return results
    }
}

/// The outbox, with someone who asks to stop while the first group is handed over.
private struct StoppingTransport: MessageTransport {
    let world: World
    let task: TaskID

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        do {
            try world.write { try world.tasks.stop(task, by: world.context, in: $0) }
        } catch {
            return batch.map { _ in .notHandedOver(reason: "\(error)") }
        }
        return await world.outbox.deliver(batch, mayStart: mayStart)
    }
}
