// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Foundation
import TestSupport
import Testing

@testable import Tasks

@Suite struct RestoreTests {
    /// A database with a send and a trigger that wait, restored from before something else was sent.
    private func restored(
        _ ground: RestoreGround
    ) async throws -> (world: World, send: (SendID, TaskID), run: TaskID) {
        var world = try ground.open()
        let people = try world.people(3)
        let later = try world.campaign("Later")
        try world.bind(later, at: TimeOfDay("09:00"))
        let run = try await world.runImport(
            of: people,
            starts: world.now,
            ends: world.now + .minutes(1)
        )
        let started = try world.start(world.campaign(), to: people)
        try world.database.close()
        try ground.backUp()
        world = try ground.open()
        try await world.work()
        try world.database.close()
        #expect(try world.outboxFiles().count == 3)
        try FileManager.default.removeItem(atPath: ground.folder.path("outbox"))
        try ground.restore()
        return (try ground.open(), (started.send, started.task), run)
    }

    @Test(arguments: TestEngine.lasting)
    func `after a restore nothing is sent until a person accepts it`(
        _ engine: TestEngine
    ) async throws {
        let ground = try RestoreGround(engine)
        defer { withExtendedLifetime(ground) {} }
        let (world, started, run) = try await restored(ground)
        let standing = try world.read { try ChangeClock.standing(in: $0) }
        #expect(standing.isHeld)
        #expect(standing.epoch == 2)
        #expect(standing.rewoundFrom != nil)
        try await world.work()
        try await world.pass(to: ManualTime.monday + .hours(2))
        #expect(try world.outboxFiles().isEmpty)
        #expect(try world.trigger(run)?.state == .pending)
        let held = try world.read { try world.tasks.history(in: $0) }.filter { !$0.status.isEnded }
        #expect(Set(held.map(\.type)) == ["send", "campaign_trigger"])
        for task in held {
            let sentence = try world.read { connection in
                try WaitReason.read(task, in: connection).sentence(now: world.now)
            }
            #expect(sentence?.contains("restored from a backup") == true)
        }
        let released = try world.write { try RestoreHold.accept(in: $0, by: "bob") }
        #expect(released == 2)
        try await world.work()
        #expect(try world.task(started.1).status == .completed)
        #expect(try world.trigger(run)?.state == .sent)
        #expect(try world.outboxFiles().count == 6)
        let log = try world.read { try world.tasks.steps(of: started.1, in: $0).map(\.words) }
        #expect(log.contains("Released by bob."))
        #expect(try world.write { try RestoreHold.accept(in: $0, by: "bob") } == 0)
    }

    @Test(arguments: TestEngine.lasting)
    func `a held send can be stopped, and then closes`(_ engine: TestEngine) async throws {
        let ground = try RestoreGround(engine)
        defer { withExtendedLifetime(ground) {} }
        let (world, started, _) = try await restored(ground)
        try await world.work()
        try world.write { try world.tasks.stop(started.1, by: world.context, in: $0) }
        try await world.work()
        #expect(try world.task(started.1).status == .completed)
        #expect(try world.ledger(started.0).stopped == 3)
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test(arguments: TestEngine.lasting)
    func `a database that was only closed and opened holds nothing`(
        _ engine: TestEngine
    ) async throws {
        let ground = try RestoreGround(engine)
        defer { withExtendedLifetime(ground) {} }
        let first = try ground.open()
        let started = try first.start(first.campaign(), to: first.people(2))
        try first.database.close()
        let world = try ground.open()
        try await world.work()
        #expect(try world.task(started.task).status == .completed)
    }
}
