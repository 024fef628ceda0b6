// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation
import Millrace
import Testing

/// A node of an installation: `millrace serve` as a process of its own, started again when needed.
final class Node {
    private let scratch: Scratch
    private let options: [String]
    private(set) var program: RunningProgram

    /// Starts a node.
    init(_ scratch: Scratch, _ options: [String] = []) throws {
        self.scratch = scratch
        self.options = options
        program = try scratch.start(["serve"] + options)
    }

    deinit { program.kill() }

    /// Kills it as a power cut would, and starts it again.
    func killAndRestart() async throws {
        program.kill()
        let ended = try await program.end()
        try expectUsual(ended)
        program = try scratch.start(["serve"] + options)
    }

    /// Starts it again when it has ended, as a service manager does: a node that is just starting
    /// ends when its server is away.
    func revive() async throws {
        guard await program.waitForEnd(atMost: 0) else { return }
        try expectUsual(try await program.end())
        program = try scratch.start(["serve"] + options)
    }

    private func expectUsual(_ ended: RunningProgram.Ended) throws {
        let isUsual = ended.signal == SIGKILL || ended.error.contains("cannot be reached")
        #expect(isUsual, "it had ended by itself: \(ended.error.suffix(2_000))")
    }

    /// Asks it to end, and expects that it does so in order within some seconds.
    func terminate(within seconds: Int, at place: SourceLocation = #_sourceLocation) async throws {
        program.terminate()
        let isInTime = await program.waitForEnd(atMost: seconds * 1_000)
        if !isInTime { program.kill() }
        let ended = try await program.end()
        #expect(isInTime, "it did not end in time", sourceLocation: place)
        #expect(ended.code == 0, "\(ended.error.suffix(2_000))", sourceLocation: place)
    }

    /// Waits until a condition holds, for as long as the process lives.
    func wait(until isReached: () throws -> Bool) async throws {
        while try !isReached() {
            try #require(await program.waitForEnd(atMost: 5) == false, "the node has ended")
        }
    }
}

extension Database {
    /// The first column of a question's first row.
    func count(_ sql: String) throws -> Int {
        try readBlocking { try $0.value(sql) ?? 0 }
    }
}
