// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

struct ClockTests {
    @Test(arguments: TestEngine.allCases)
    func `a transaction has one stamp, drawn when it is asked for`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let first = try database.writeBlocking { try [$0.stamp(), $0.stamp()] }
        try database.writeBlocking { try $0.addSamples(["no stamp"]) }
        let second = try database.writeBlocking { try $0.stamp() }
        #expect(first[0] == first[1])
        #expect(first[0].epoch == 1 && first[0].number > 0)
        #expect(second.epoch == 1 && second > first[0])
    }

    @Test(arguments: TestEngine.allCases)
    func `a tick has seen what was committed and nothing after it`(
        _ engine: TestEngine
    ) async throws {
        let time = ManualTime()
        let database = try engine.sample(time: time)
        let clock = ChangeClock(database)
        let before = try await database.write { try $0.stamp() }
        let tick = try await clock.tick()
        let after = try await database.write { try $0.stamp() }
        #expect(tick.hasSeen(before))
        #expect(!tick.hasSeen(after))
        #expect(tick.moment == time.now())
        let next = try await clock.tick()
        #expect(next.id > tick.id)
        let window = try Window(from: tick, to: next, for: "the export")
        #expect(window.contains(after))
        #expect(!window.contains(before))
        #expect(window.range.contains(after))
    }

    @Test(arguments: TestEngine.allCases)
    func `every stamp lies in exactly one of many windows`(_ engine: TestEngine) async throws {
        let database = try engine.sample()
        let clock = ChangeClock(database)
        var ticks = [Tick.beginning]
        var stamps: [Stamp] = []
        for round in 0..<20 {
            for _ in 0..<(round % 4) {
                stamps.append(try await database.write { try $0.stamp() })
            }
            ticks.append(try await clock.tick())
        }
        let windows = try zip(ticks, ticks.dropFirst()).map {
            try Window(from: $0, to: $1, for: "the export")
        }
        for stamp in stamps {
            #expect(windows.filter { $0.contains(stamp) }.count == 1)
            #expect(windows.allSatisfy { !$0.contains(stamp) || $0.range.contains(stamp) })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `kept ticks are found by moment`(_ engine: TestEngine) async throws {
        let time = ManualTime()
        let database = try engine.sample(time: time)
        let clock = ChangeClock(database)
        let start = time.now()
        #expect(try await clock.latest(notAfter: start) == .beginning)
        let first = try await clock.tick()
        time.advance(by: .minutes(1))
        try await database.write { _ = try $0.stamp() }
        let second = try await clock.tick()
        #expect(try await clock.latest(notAfter: start - Span(microseconds: 1)) == .beginning)
        #expect(try await clock.latest(notAfter: start) == first)
        #expect(try await clock.latest(notAfter: start + .seconds(59)) == first)
        #expect(try await clock.latest(notAfter: start + .seconds(60)) == second)
        #expect(try await clock.latest(notAfter: start + .days(9)) == second)
    }

    @Test(arguments: TestEngine.allCases)
    func `old ticks are forgotten but for one a day`(_ engine: TestEngine) async throws {
        let time = ManualTime()
        let database = try engine.sample(time: time)
        let clock = ChangeClock(database)
        var ticks: [Tick] = []
        // From Monday 08:00, every six hours: three on Monday, then four a day.
        for _ in 0..<12 {
            try await database.write { _ = try $0.stamp() }
            ticks.append(try await clock.tick())
            time.advance(by: .hours(6))
        }
        try await clock.forget(before: ticks[8].moment)
        let kept = try await database.read { connection in
            try connection.rows("SELECT id FROM tick ORDER BY id").map {
                try $0.get(0, as: Int64.self)
            }
        }
        #expect(kept == [ticks[0], ticks[3], ticks[7]].map(\.id) + ticks[8...].map(\.id))
    }

    @Test func `a stamp holds epoch and number`() throws {
        let stamp = Stamp(epoch: 3, number: 4_711)
        #expect(stamp.value == 3 * 281_474_976_710_656 + 4_711)
        #expect(stamp.epoch == 3 && stamp.number == 4_711)
        #expect(stamp.description == "3:4711")
        #expect(stamp < Stamp(epoch: 4, number: 0))
        #expect(try JSONText.encode([stamp]) == "[\(stamp.value)]")
    }
}

/// Window arithmetic as tables, with open transactions as PostgreSQL has them.
struct WindowTests {
    static let from = tick(min: 10, max: 20, open: [10, 15])
    static let to = tick(min: 15, max: 30, open: [15, 25])

    @Test(arguments: [
        // Committed long before; open at the first and committed since; open at both.
        (9, false), (10, true), (11, false), (15, false),
        // Committed between; open at the second; not yet drawn.
        (19, false), (20, true), (24, true), (25, false), (29, true), (30, false), (31, false),
    ])
    func `a window holds what the later tick saw and the earlier did not`(
        _ number: Int64,
        _ isInside: Bool
    ) throws {
        let window = try Window(from: Self.from, to: Self.to, for: "the export")
        #expect(window.contains(Stamp(number)) == isInside)
        #expect(window.range == Stamp(10)..<Stamp(30))
        #expect(!isInside || window.range.contains(Stamp(number)))
    }

    @Test(arguments: [(9, true), (10, false), (14, true), (15, false), (19, true), (20, false)])
    func `a tick sees what was committed before it`(_ number: Int64, _ isSeen: Bool) {
        #expect(Self.from.hasSeen(Stamp(number)) == isSeen)
    }

    @Test func `what was left out of one window lies in the next`() throws {
        let last = Self.tick(min: 40, max: 40, open: [])
        let first = try Window(from: .beginning, to: Self.from, for: "the export")
        let second = try Window(from: Self.from, to: Self.to, for: "the export")
        let third = try Window(from: Self.to, to: last, for: "the export")
        for number in Int64(1)..<40 {
            let holders = [first, second, third].filter { $0.contains(Stamp(number)) }
            #expect(holders.count == 1)
        }
    }

    @Test func `a cut-off before its predecessor is refused in words`() {
        let error = #expect(throws: DatabaseError.cutOffBeforePredecessor("export 7")) {
            try Window(from: Self.to, to: Self.from, for: "export 7")
        }
        #expect(error?.description.contains("export 7") == true)
    }

    @Test func `a window between equal ticks is empty`() throws {
        let tick = Self.tick(min: 20, max: 20, open: [])
        let window = try Window(from: tick, to: tick, for: "the export")
        #expect(window.range.isEmpty)
        #expect(!window.contains(Stamp(19)) && !window.contains(Stamp(20)))
    }

    @Test func `a window comes back from its JSON`() throws {
        let window = try Window(from: Self.from, to: Self.to, for: "the export")
        #expect(try JSONText.decode(Window.self, from: JSONText.encode(window)) == window)
    }

    static func tick(min: Int64, max: Int64, open: [Int64]) -> Tick {
        Tick(
            id: max,
            moment: Instant(seconds: max),
            bounds: TickBounds(min: Stamp(min), max: Stamp(max), open: open.map(Stamp.init))
        )
    }
}
