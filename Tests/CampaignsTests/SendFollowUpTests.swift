// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct SendFollowUpTests {
    @Test(arguments: TestEngine.dialects)
    func `what a stop held back goes out when someone resumes it, each once`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(30)), rate: 3_600)
        try await world.work()
        try await world.scheduled.cancel(send.id, by: world.context, on: world.database)
        try await world.work()
        let stopped = try world.receipt(send)
        #expect(stopped.isFinal && stopped.sent == 10 && stopped.neverSent == 20)
        let count = try world.write {
            try world.sends.resumeRest(send.send, by: world.context, in: $0)
        }
        #expect(count == 20)
        try await world.finish(send.task)
        let receipt = try world.receipt(send)
        #expect(receipt.sent == 30 && receipt.neverSent == 0)
        #expect(Set(try world.outboxRecipients()).count == 30)
        #expect(try world.outboxFiles().count == 30)
        let done = try world.present(send)
        #expect(done.isCompleted && !done.isCancelled)
        let totals = try world.read { try world.sends.totals(of: send.send, in: $0) }
        #expect(totals[.stopped] == 0 && totals[.sent] == 30 && totals.pending == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `a trigger whose send was stopped has sent once its rest was resumed`(
        _ engine: TestEngine
    ) async throws {
        let start = Instant(seconds: 1_780_000_000)
        let world = try World(engine, at: start)
        try world.bind(world.campaign(), at: nil)
        let task = try world.enqueueImport(
            of: world.people(700),
            starts: start,
            ends: start + .minutes(5)
        )
        var sends = TaskFilter()
        sends.types = ["send"]
        let stopping = ActingTransport(world: world) { [sends] in
            try world.write { transaction in
                let running = try world.tasks.history(sends, in: transaction)
                for send in running where send.stopRequestedBy == nil {
                    try world.tasks.stop(send.id, by: world.context, in: transaction)
                }
            }
        }
        try await world.work(stopping, TestImport(world: world))
        let stopped = try #require(try world.trigger(task))
        #expect(stopped.state == .stopped && stopped.decidedBy == "ann")
        let send = try #require(stopped.send)
        let held = try world.ledger(send).stopped
        #expect(held > 0 && held < 700)
        #expect(
            try world.write { try world.sends.resumeRest(send, by: world.context, in: $0) } == held
        )
        #expect(try world.trigger(task)?.state == .sending)
        try await world.work()
        let ended = try #require(try world.trigger(task))
        #expect(ended.state == .sent && ended.decidedBy == nil && ended.reason == nil)
        #expect(try world.outboxFiles().count == 700)
    }

    @Test(arguments: TestEngine.dialects)
    func `a correction goes to those whom the send reached, and to nobody else`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let names = ["never", "ok", "silent", "good"]
        let people = try names.map { try world.person("\($0)-x@example.com") }
        let other = try world.person(nil)
        let started = try world.start(world.campaign(), to: people + [other])
        let correction = try world.campaign("Correction")
        #expect(throws: CampaignError.stillSending) {
            try world.write {
                try world.sends.correct(
                    started.send,
                    with: correction,
                    by: world.context,
                    in: $0
                )
            }
        }
        try await world.work(server.transport())
        let corrected = try world.write {
            try world.sends.correct(started.send, with: correction, by: world.context, in: $0)
        }
        try await world.work()
        #expect(try world.outboxRecipients() == ["good-x@example.com", "ok-x@example.com"])
        #expect(try world.ledger(corrected.send).targeted == 2)
        #expect(try world.task(corrected.task).subjects.parentID == started.task)
    }
}
