// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Kills processes of the program at random moments, by a seed that is printed.
///
/// `MILLRACE_TEST_SEED` repeats a run, as far as the machine does.
final class Killer {
    /// How many processes were killed in the midst of a task.
    private(set) var kills = 0
    /// What the killed processes were at, by task type; `none` between tasks.
    private(set) var struck: [String: Int] = [:]
    /// How long the program takes to do nothing, in milliseconds: the unit of random spans.
    private let unit: Int
    private let random: SeededRandomness
    private let scratch: Scratch

    init(_ scratch: Scratch) async throws {
        self.scratch = scratch
        let given = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 1...1_000_000)
        random = SeededRandomness(seed: seed)
        print("kill test: MILLRACE_TEST_SEED=\(seed)")
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<3 { try await scratch.run(["workspace", "list"]) }
        unit = max(10, Int((clock.now - start) / .milliseconds(3)))
    }

    /// Starts the program and kills it after a random span, unless it ends before.
    ///
    /// The moments are the span at the least and at the most, in units. Says whether it ended by
    /// itself.
    func disturb(
        _ arguments: [String],
        at moments: ClosedRange<Double> = 0.1...6
    ) async throws -> Bool {
        let program = try scratch.start(arguments)
        var generator = random
        // Roots, squared: more early moments than late ones, for the phases differ in length.
        let roots = moments.lowerBound.squareRoot()...moments.upperBound.squareRoot()
        let root = Double.random(in: roots, using: &generator)
        let span = Int(root * root * Double(unit))
        if await program.waitForEnd(atMost: span) == false { program.kill() }
        let ended = try await program.end()
        guard ended.signal == SIGKILL else { return true }
        let types = try Audit(scratch).texts("SELECT type FROM task WHERE status = 'executing'")
        if !types.isEmpty { kills += 1 }
        for type in types.isEmpty ? ["none"] : types { struck[type, default: 0] += 1 }
        return false
    }

    /// Disturbs the worker until it has ended by itself, and lets it go on after many kills.
    func seeThrough(atMost limit: Int) async throws {
        for _ in 0..<limit where try await disturb(["serve", "--until-idle"]) {
            return
        }
        try await scratch.run(["serve", "--until-idle"])
    }
}
