// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation
import TestSupport
import Testing

/// Two nodes on PostgreSQL: nodes are killed and the server crashes; nothing is lost or doubled (R2
/// in the goals).
@Suite(.serialized) struct NodeFailureTests {
    @Test(.timeLimit(.minutes(30)))
    func `after thirty kills of nodes and crashes of the server every ledger closes`() async throws
    {
        let server = try PostgresServer(durable: true)
        // The engine of the scratch is the server of the environment.
        let environment = ["MILLRACE_DATABASE": server.uri()]
        let scenario = try await Scenario.make(.file, environment: environment)
        let storm = try Storm(scenario, server)
        try await storm.prepare()
        for round in 1...30 { try await storm.strike(round) }
        try await storm.settle()
        let most = storm.mostOpen
        #expect(most >= 100, "there were at most \(most) tasks at once")
        try await scenario.runExports()
        try Audit(scenario.scratch).check()
        try ExportAudit(scenario.scratch).check()
        print("node test: \(storm.strikes), at most \(most) tasks at once")
    }
}

/// Two nodes under load, and what happens to them, by a seed that is printed.
///
/// `MILLRACE_TEST_SEED` repeats a run, as far as the machine does.
private final class Storm {
    private(set) var strikes: [String: Int] = [:]
    private(set) var mostOpen = 0
    private let scenario: Scenario
    private let server: PostgresServer
    private let database: Database
    private let nodes: [Node]
    private var random: SeededRandomness
    private var batches = 0

    private static let imports = ["people", "people2", "people3", "people4"]

    init(_ scenario: Scenario, _ server: PostgresServer) throws {
        self.scenario = scenario
        self.server = server
        let given = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 1...1_000_000)
        random = SeededRandomness(seed: seed)
        print("node test: MILLRACE_TEST_SEED=\(seed)")
        database = try scenario.scratch.open()
        nodes = try (0..<2).map { _ in try Node(scenario.scratch) }
    }

    deinit { try? database.close() }

    /// Makes more imports, so that several run beside each other.
    func prepare() async throws {
        for name in Storm.imports.dropFirst() {
            for command in [
                "imports create \(name) --folder incoming-\(name) --pattern people.*[.]csv"
                    + " --stable 0 --afterwards move",
                "imports trigger \(name) --campaign Welcome",
            ] {
                try await scenario.scratch.run(command.split(separator: " ").map(String.init))
            }
        }
    }

    /// Keeps about a hundred tasks open, waits for a random moment in their midst, and strikes.
    func strike(_ round: Int) async throws {
        for node in nodes { try await node.revive() }
        // However fast they are done: a hundred at once in the first round.
        while try openTasks() < (round == 1 ? 100 : 60) { try enqueue() }
        try await nodes[0].wait { try !self.executing().isEmpty }
        let span = Int(pow(2, Double.random(in: 0...11, using: &random)))
        let victim = Int.random(in: 0..<3, using: &random)
        _ = await nodes[0].program.waitForEnd(atMost: span)
        for type in Set(try executing()) { strikes[type, default: 0] += 1 }
        if victim < 2 {
            strikes["node \(victim)", default: 0] += 1
            try await nodes[victim].killAndRestart()
        } else {
            strikes["server", default: 0] += 1
            try server.restart()
        }
    }

    /// Waits until all tasks have ended, and ends the nodes.
    func settle() async throws {
        for node in nodes { try await node.revive() }
        try await nodes[0].wait { try self.openTasks() == 0 }
        for node in nodes { try await node.terminate(within: 60) }
        #expect(try database.count("SELECT count(*) FROM task WHERE status = 'executing'") == 0)
    }

    /// Files for each import, of which one look finds all, and each export several times.
    private func enqueue() throws {
        batches += 1
        for (place, name) in Storm.imports.enumerated() {
            let folder = name == "people" ? "incoming" : "incoming-\(name)"
            for number in 0..<16 {
                let key = batches * 1_000 + place * 100 + number
                let size = number == 5 ? 1_200 : 30
                let start = Int.random(in: 0..<2_000, using: &random)
                try scenario.scratch.drop(
                    Scenario.people(start..<(start + size), round: key),
                    as: "\(folder)/people-\(key).csv"
                )
            }
        }
        try scenario.enqueue(imports: Storm.imports, in: database)
        for _ in 0..<8 { try scenario.enqueueExports(in: database) }
    }

    private func openTasks() throws -> Int {
        let open = try database.count(
            "SELECT count(*) FROM task WHERE status IN ('new', 'executing')"
        )
        mostOpen = max(mostOpen, open)
        return open
    }

    private func executing() throws -> [String] {
        try database.readBlocking { connection in
            try connection.rows("SELECT type FROM task WHERE status = 'executing'")
                .map { try $0.get(0) }
        }
    }
}
