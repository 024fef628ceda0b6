// SPDX-License-Identifier: Apache-2.0
import Database
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
    private let random: SeededRandomness
    private let scratch: Scratch
    private let database: Database

    /// Makes a killer of an installation's processes.
    init(_ scratch: Scratch) throws {
        self.scratch = scratch
        let given = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 1...1_000_000)
        random = SeededRandomness(seed: seed)
        database = try scratch.open()
        print("kill test: MILLRACE_TEST_SEED=\(seed)")
    }

    deinit { try? database.close() }

    /// Starts the program and kills it, unless it ends before: mostly a random span after it took a
    /// task, one time in five at any moment.
    ///
    /// Says whether it ended by itself.
    func disturb(_ arguments: [String]) async throws -> Bool {
        // A task that an earlier kill left behind keeps its lease until somebody claims it anew.
        let left = Set(try executing().map(\.lease))
        let program = try scratch.start(arguments)
        var generator = random
        if Int.random(in: 1...5, using: &generator) > 1 {
            while try taken(since: left).isEmpty, await program.waitForEnd(atMost: 1) == false {}
        }
        // As many spans between 1 and 2 ms as between 500 and 1,000: the phases differ in length.
        let span = pow(2, Double.random(in: 0...10, using: &generator))
        if await program.waitForEnd(atMost: Int(span)) == false { program.kill() }
        let ended = try await program.end()
        guard ended.signal == SIGKILL else { return true }
        let types = try taken(since: left)
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

    /// The types of the tasks that are taken under other leases than those before.
    private func taken(since leases: Set<String>) throws -> [String] {
        try executing().filter { !leases.contains($0.lease) }.map(\.type)
    }

    /// The tasks that living or dead processes have taken.
    private func executing() throws -> [(type: String, lease: String)] {
        try database.readBlocking { connection in
            try connection.rows("SELECT type, lease FROM task WHERE status = 'executing'")
                .map { (try $0.get(0, as: String.self), try $0.get(1, as: String.self)) }
        }
    }
}
