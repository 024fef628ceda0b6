// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Tasks

/// Replays of rejects, and the campaign that the import triggers (spec/imports.md).
@Suite struct ReplayTests {
    @Test(arguments: TestEngine.dialects)
    func `a replay joins a trigger that is pending`(_ engine: TestEngine) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let (start, nine) = (replays.start, replays.nine)
        let task = try await replays.run(at: "09:00")
        try await replays.replay(
            task,
            people[1..<4],
            from: start + .hours(1),
            to: start + .hours(2)
        )
        try await world.pass(to: nine)
        #expect(try world.trigger(task)?.batches == [0, 1])
        #expect(try world.trigger(task, batch: 1) == nil)
        #expect(try world.ledger(of: task)?.sent == 4)
        #expect(try world.outboxRecipients().count == 4)
    }

    @Test(arguments: TestEngine.dialects)
    func `after the send a replay gets a trigger of its own, at once without a time`(
        _ engine: TestEngine
    ) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let start = replays.start
        let task = try await replays.run(at: nil)
        #expect(try world.trigger(task)?.state == .sent)
        let end = start + .hours(2)
        try await replays.replay(task, people[1..<4], from: start + .hours(1), to: end)
        #expect(try world.trigger(task, batch: 1)?.state == .sent)
        #expect(try world.trigger(task, batch: 1)?.dueAt == end)
        #expect(try world.ledger(of: task, batch: 1)?.targeted == 2)
        #expect(try world.outboxRecipients().count == 4)
        #expect(Set(try world.outboxRecipients()).count == 4)
    }

    @Test(arguments: TestEngine.dialects)
    func `after the send a replay waits for the next time, and later ones join it`(
        _ engine: TestEngine
    ) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let nine = replays.nine
        let task = try await replays.run(at: "09:00")
        try await world.pass(to: nine)
        try await replays.replay(task, people[2..<4], from: nine + .hours(1), to: nine + .hours(2))
        try await replays.replay(
            task,
            people[3..<6],
            batch: 2,
            from: nine + .hours(3),
            to: nine + .hours(4)
        )
        #expect(try world.trigger(task, batch: 1)?.state == .pending)
        #expect(try world.trigger(task, batch: 1)?.canBeStopped == true)
        #expect(try world.trigger(task, batch: 2) == nil)
        try await world.pass(to: nine + .days(1) - .seconds(1))
        #expect(try world.outboxFiles().count == 2)
        try await world.pass(to: nine + .days(1))
        #expect(try world.ledger(of: task, batch: 1)?.sent == 4)
        #expect(Set(try world.outboxRecipients()).count == 6)
        #expect(try world.outboxRecipients().count == 6)
    }

    @Test(arguments: TestEngine.dialects)
    func `a replay that runs while the campaign goes out is not sent by halves, nor twice`(
        _ engine: TestEngine
    ) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let nine = replays.nine
        let task = try await replays.run(at: "09:00")
        try await replays.replay(
            task,
            people[2..<6],
            from: nine - .minutes(10),
            to: nine + .minutes(10)
        )
        #expect(try world.trigger(task)?.batches == [0])
        #expect(try world.ledger(of: task)?.sent == 2)
        try await world.pass(to: nine + .days(1))
        #expect(try world.ledger(of: task, batch: 1)?.sent == 4)
        #expect(try world.outboxRecipients().count == 6)
        #expect(Set(try world.outboxRecipients()).count == 6)
    }

    @Test(arguments: TestEngine.dialects)
    func `after a stop nothing is sent to a replay`(_ engine: TestEngine) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let (start, nine) = (replays.start, replays.nine)
        let task = try await replays.run(at: "09:00")
        try world.write { try world.triggers.stop(task, by: world.context, in: $0) }
        try await replays.replay(
            task,
            people[2..<4],
            from: start + .hours(1),
            to: start + .hours(2)
        )
        try await world.pass(to: nine + .days(1))
        #expect(try world.trigger(task, batch: 1) == nil)
        #expect(try world.outboxFiles().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `after a miss nothing is sent to a replay`(_ engine: TestEngine) async throws {
        let replays = try Replays(engine)
        let (world, people) = (replays.world, replays.people)
        let (start, nine) = (replays.start, replays.nine)
        try world.bind(world.campaign(), at: TimeOfDay("09:00"))
        let task = try await world.runImport(
            of: Array(people.prefix(2)),
            starts: start,
            ends: nine + .minutes(5)
        )
        #expect(try world.trigger(task)?.state == .missed)
        try await replays.replay(task, people[2..<4], from: nine + .hours(1), to: nine + .hours(2))
        try await world.pass(to: nine + .days(1))
        #expect(try world.trigger(task, batch: 1) == nil)
        #expect(try world.outboxFiles().isEmpty)
    }
}

/// An import of two of six people that triggers a campaign, and its replays.
private struct Replays {
    let world: World
    let people: [ProfileID]
    let start = ManualTime.monday - .hours(5)
    let nine = ManualTime.monday + .hours(1)

    init(_ engine: TestEngine) throws {
        world = try World(engine, at: start)
        people = try world.people(6)
    }

    func run(at time: String?) async throws -> TaskID {
        try world.bind(world.campaign(), at: time.flatMap { TimeOfDay($0) })
        return try await world.runImport(
            of: Array(people.prefix(2)),
            starts: start,
            ends: start + .minutes(5),
            status: .error
        )
    }

    @discardableResult
    func replay(
        _ task: TaskID,
        _ profiles: ArraySlice<ProfileID>,
        batch: Int = 1,
        from begin: Instant,
        to end: Instant
    ) async throws -> TaskID {
        try await world.runImport(
            of: Array(profiles),
            starts: begin,
            ends: end,
            replayOf: task,
            batch: batch
        )
    }
}
