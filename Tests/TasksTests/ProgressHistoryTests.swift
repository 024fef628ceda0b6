// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Logging
import TestSupport
import Testing

@testable import Tasks

/// How fast a task went.
struct ProgressHistoryTests {
    private func moment(_ seconds: Int64) -> Instant { Instant(seconds: 1_000_000 + seconds) }

    @Test func `paces lie between two samples, which are a second apart`() {
        var history = ProgressHistory()
        let isNoted = [
            history.note(0, at: moment(0)), history.note(50, at: moment(0) + .milliseconds(900)),
            history.note(100, at: moment(1)), history.note(400, at: moment(3)),
        ]
        #expect(isNoted == [true, false, true, true])
        #expect(history.paces.map(\.perSecond) == [100, 150])
        #expect(history.paces.last?.moment == moment(3))
    }

    @Test func `a long history keeps few samples, from its beginning to its end`() throws {
        var history = ProgressHistory()
        for second in 0..<10_000 { _ = history.note(Int64(second) * 7, at: moment(Int64(second))) }
        #expect((20...ProgressHistory.most).contains(history.samples.count))
        #expect(history.samples.first?.moment == moment(0))
        let last = try #require(history.samples.last)
        #expect(last.moment > moment(9_000))
        #expect(Set(history.paces.map(\.perSecond)) == [7])
        let text = try JSONText.encode(history)
        #expect(text.utf8.count < 2_000)
        #expect(try JSONText.decode(ProgressHistory.self, from: text) == history)
    }

    @Test func `what a task did anew is no negative pace`() {
        var history = ProgressHistory()
        for (second, done) in [(0, 0), (1, 10), (2, 0), (3, 20)] {
            _ = history.note(Int64(done), at: moment(Int64(second)))
        }
        #expect(history.paces.map(\.perSecond) == [10, 20])
    }

    private struct Steps: TaskJob {
        let type = World.quick
        let time: ManualTime

        func run(_ run: TaskRun) async throws -> TaskOutcome {
            for step in 0...3 {
                try await run.database.write { transaction in
                    try run.save(
                        checkpoint: step,
                        done: Int64(step) * 500,
                        total: 1_500,
                        in: transaction
                    )
                }
                time.advance(by: .seconds(2))
            }
            return .ended(try TaskEnding(.completed, "done"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `checkpoints leave the history of a task`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let task = try world.enqueue()
        try await Worker(
            database: world.database,
            jobs: [Steps(time: world.time)],
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
        let history = try #require(try world.task(task).history)
        #expect(history.samples.map(\.done) == [0, 500, 1_000, 1_500])
        #expect(history.paces.map(\.perSecond) == [250, 250, 250])
    }
}
