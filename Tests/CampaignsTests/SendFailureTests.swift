// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct SendFailureTests {
    /// Runs sends, which fail for good at a place.
    private func fail(_ world: World, at place: String) async throws {
        try await Worker(
            database: world.database,
            jobs: [SendJob(transport: world.outbox, texts: TextGround(outbox: world.texts))],
            randomness: SeededRandomness(),
            failpoints: Failpoints { if $0 == place { throw Refused() } },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
    }

    private func state(_ world: World, _ send: SendID) throws -> String? {
        try world.read { connection in
            try connection.value(
                "SELECT state FROM send WHERE workspace_id = $1 AND id = $2",
                [World.workspace, send]
            )
        }
    }

    @Test(
        arguments: TestEngine.dialects,
        [(place: "send.planned", inDoubt: 0), (place: "send.witnessed", inDoubt: 2)]
    )
    func `a send that ends Fatal leaves nothing open, and goes on when it is retried`(
        _ engine: TestEngine,
        _ failure: (place: String, inDoubt: Int)
    ) async throws {
        let world = try World(engine)
        try world.bind(world.campaign(), at: nil)
        world.failpoints.arm("send.begun")
        let task = try await world.runImport(
            of: world.people(2),
            starts: world.now,
            ends: world.now + .minutes(1)
        )
        let send = try #require(try world.trigger(task)?.send)
        let queue = ProviderQueue(workspace: World.workspace, send: send)
        let relay = Provider(.relay, 0)
        try world.write { transaction in
            try queue.enter(relay, until: world.now + .hours(1), 5, in: transaction)
        }
        world.time.advance(by: .minutes(2))
        try await fail(world, at: failure.place)
        let ended = try #require(
            try world.read { connection in
                try connection.value(
                    "SELECT task_id FROM send WHERE workspace_id = $1 AND id = $2",
                    [World.workspace, send],
                    as: TaskID.self
                )
            }
        )
        #expect(try world.task(ended).status == .fatal)
        #expect(try world.trigger(task)?.state == .failed)
        #expect(try world.trigger(task)?.reason == "the file is damaged")
        #expect(try state(world, send) == "failed")
        #expect(try world.ledger(send).inDoubt == failure.inDoubt)
        let totals = try world.read { try world.sends.totals(of: send, in: $0) }
        #expect(totals[.inDoubt] == failure.inDoubt)
        let isWaiting = try world.write { transaction in
            try ProviderQueue(workspace: World.workspace, send: SendID(99))
                .isWanted(relay, by: 0, in: transaction)
        }
        #expect(!isWaiting)
        try world.write { try world.tasks.retry(ended, by: world.context, in: $0) }
        world.failpoints.arm("send.begun")
        try await world.work()
        #expect(try state(world, send) == "sending")
        #expect(try world.trigger(task)?.state == .sending)
        world.time.advance(by: .minutes(2))
        try await world.work()
        #expect(try state(world, send) == "sent")
        #expect(try world.trigger(task)?.state == .sent)
        #expect(try world.ledger(send).sent == 2 - failure.inDoubt)
        #expect(try world.outboxFiles().count == 2 - failure.inDoubt)
    }
}
